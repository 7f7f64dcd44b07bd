"""Datasets as Hasty names them."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import Serializer


class DatasetSerializer(Serializer):
    """A dataset in a response."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    norder = fields.NumberField(source="order", allow_null=True)
    project_id = fields.UUIDField()


class DatasetInSerializer(Serializer):
    """What creates or changes a dataset."""

    name = fields.NameField(max_length=500)
    norder = fields.NumberField(
        source="order",
        required=False,
        allow_null=True,
        help_text="Default after the last one; null: after all that have one.",
    )
