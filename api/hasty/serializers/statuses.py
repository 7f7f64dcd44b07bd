"""Statuses of images as Hasty names them."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import Serializer


class StatusSerializer(Serializer):
    """A status in a response."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    is_default = fields.BooleanField()
    color = fields.TextOrNullField()
    norder = fields.NumberField(source="order")


class StatusInSerializer(Serializer):
    """What creates or changes a status."""

    name = fields.NameField(max_length=60)
    color = fields.ColorField(required=False, allow_null=True)
    norder = fields.NumberField(source="order", required=False)
