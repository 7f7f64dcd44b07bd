"""The metadata beside images: texts under names that callers choose."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.common import fields
from api.common.serializers import Serializer

MAX_ENTRIES = 50
MAX_TEXT = 512


class MetadataField(fields.MapField):
    """Texts by name; an error is one of `value`, whatever the caller called it."""

    child: fields.TextField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"child": fields.ParagraphField(max_length=MAX_TEXT), "max_items": MAX_ENTRIES, **kwargs}
        )

    def run_child_validation(self, data: Any) -> dict[str, str]:
        try:
            return {name: self._text(value) for name, value in data.items()}
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"value": error.detail}) from None

    def _text(self, value: Any) -> str:
        if value is None:
            self.child.fail("invalid")
        text: str = self.child.run_validation(value)
        return text


class MetadataSerializer(serializers.BaseSerializer[Any]):
    """Metadata as the body of a request."""

    content = {
        "application/json": {
            "type": "object",
            "additionalProperties": {
                "type": "string", "maxLength": MAX_TEXT, "pattern": fields.ParagraphField.pattern,
            },
            "maxProperties": MAX_ENTRIES,
        }
    }  # fmt: skip

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Return the texts by name."""
        return MetadataField().run_validation(data)  # type: ignore[no-any-return]

    def run_validation(self, data: Any = None) -> dict[str, str]:
        return self.to_internal_value(data)


class ImageMetadataUpdateEntrySerializer(Serializer):
    """What became of the metadata of an image."""

    imageId = fields.UUIDField(source="image_id")
    status = fields.TextField()
    metadata = fields.MapField(child=fields.TextField(), allow_null=True)


class ImageMetadataUpdateSummarySerializer(Serializer):
    """What became of a batch of metadata."""

    isBatchSuccessful = fields.BooleanField(source="is_successful")
    images = ImageMetadataUpdateEntrySerializer(many=True)
