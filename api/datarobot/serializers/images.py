"""Images, duplicates and bins as DataRobot names them, and the parameters of their lists."""

from __future__ import annotations

import re
import uuid
from typing import Any, NamedTuple

from annotator.domain.errors import Invalid
from annotator.services.insight import features
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

_NUMBER = re.compile(r"[+-]?(\d{1,19}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
_TARGET_VALUE = {
    "anyOf": [{"type": "string"}, {"type": "number"}, {"type": "array", "items": {"type": "string"}}]
}


class Image(NamedTuple):
    """A row: the image that stands for its bytes, its size and its target value."""

    image_id: uuid.UUID
    height: int
    width: int
    target_value: Any = None


class ImageSerializer(Serializer):
    """An image in a response."""

    imageId = fields.UUIDField(source="image_id", help_text="Rows of equal bytes have the same.")
    height = fields.IntegerField()
    width = fields.IntegerField()
    targetValue = fields.JSONField(
        source="target_value", schema=_TARGET_VALUE, allow_null=True, help_text="Null without a target."
    )


class BinSerializer(Serializer):
    """A bin with an image that stands for it."""

    imageId = fields.UUIDField()
    height = fields.IntegerField()
    width = fields.IntegerField()
    targetBinRowCount = fields.IntegerField()
    targetBinStart = fields.IntegerField(allow_null=True)
    targetBinEnd = fields.IntegerField(allow_null=True)
    targetValue = fields.JSONField(schema=_TARGET_VALUE)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return a pair of an image and its bin."""
        image, each = instance
        return {
            "imageId": image.image_id,
            "height": image.height,
            "width": image.width,
            "targetBinRowCount": each.count,
            "targetBinStart": each.start,
            "targetBinEnd": each.end,
            "targetValue": each.value,
        }


class DuplicateSerializer(Serializer):
    """An image that is there more than once."""

    imageId = fields.UUIDField(source="media_id")
    rowCount = fields.IntegerField(source="rows")


class ImageColumnField(fields.QueryTextField):
    """The name of a column of images. Raises Invalid for any other."""

    def to_internal_value(self, data: Any) -> str:
        found = super().to_internal_value(data)
        if not features.is_image_column(found):
            raise Invalid(f"{self.field_name} must be an image feature of this project: {features.IMAGE}.")
        return found


class QueryNumberField(fields.NumberField):
    """A number in decimal digits."""

    def to_internal_value(self, data: Any) -> float:
        if not _NUMBER.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(float(data))


class FeatureQuerySerializer(QuerySerializer):
    """The parameter of lists that are about a column of images."""

    featureName = ImageColumnField()


class ImageQuerySerializer(QuerySerializer):
    """The parameters of the list of images."""

    column = ImageColumnField(required=False)
    targetValue = fields.QueryTextField(
        required=False,
        help_text="Classification: images of this class. Repeated for Multilabel: images of all of these classes.",
    )
    targetBinStart = QueryNumberField(required=False, help_text="Regression: this value or more.")
    targetBinEnd = QueryNumberField(required=False, help_text="Regression: less than this value.")

    def to_internal_value(self, data: Any) -> Any:
        """Return the parameters, all values of targetValue as a list. Raises Invalid for those that exclude each other."""
        found = super().to_internal_value(data)
        names = [text for text in data.getlist("targetValue") if text]
        start, end = found.get("targetBinStart"), found.get("targetBinEnd")
        if (start is None) != (end is None):
            raise Invalid("targetBinStart and targetBinEnd need each other.", field="targetBinStart")
        if names and start is not None:
            raise Invalid("Ask for targetValue or for a target bin, not for both.", field="targetValue")
        if start is not None and start > end:
            raise Invalid("targetBinStart must not be greater than targetBinEnd.", field="targetBinStart")
        return found | {"targetValue": names}
