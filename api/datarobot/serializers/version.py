"""The version of the API."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import Serializer


class VersionSerializer(Serializer):
    """The version: the client refuses a major number that is not its own."""

    major = fields.IntegerField()
    minor = fields.IntegerField()
    versionString = fields.TextField()
