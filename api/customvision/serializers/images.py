"""Images, their tags and regions as Custom Vision names them; regions are boxes normalized to the image's size."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

from ..iterations import IterationQuerySerializer
from ..pagination import MAX_TAKE


class ImageTagSerializer(Serializer):
    """A tag of an image."""

    tagId = fields.UUIDField(source="concept_id")
    tagName = fields.TextField(source="concept_name")
    created = fields.DateTimeField(source="created_at")


class ImageRegionSerializer(Serializer):
    """A region of an image."""

    regionId = fields.UUIDField(source="label_id")
    tagName = fields.TextField(source="concept_name")
    created = fields.DateTimeField(source="created_at")
    tagId = fields.UUIDField(source="concept_id")
    left = fields.NumberField()
    top = fields.NumberField()
    width = fields.NumberField()
    height = fields.NumberField()


class ImageSerializer(Serializer):
    """An annotated image."""

    id = fields.UUIDField()
    created = fields.DateTimeField(source="created_at")
    width = fields.IntegerField()
    height = fields.IntegerField()
    resizedImageUri = fields.TextField(source="resized_link", allow_null=True)
    thumbnailUri = fields.TextField(source="thumbnail_link", allow_null=True)
    originalImageUri = fields.TextField(source="original_link", allow_null=True)
    tags = ImageTagSerializer(many=True)
    regions = ImageRegionSerializer(many=True)
    metadata = fields.MapField(child=fields.TextField())


def _image_ids(**kwargs: bool) -> fields.QueryListField:
    return fields.QueryListField(child=fields.UUIDField(), max_items=MAX_TAKE, **kwargs)


class ImagesByIdQuerySerializer(IterationQuerySerializer):
    """Which images are read."""

    imageIds = _image_ids(required=False)


class DeleteImagesQuerySerializer(QuerySerializer):
    """Which images are deleted."""

    imageIds = _image_ids(required=False)
    allImages = fields.QueryBooleanField(required=False)
    allIterations = fields.QueryBooleanField(required=False)


class ImageMetadataQuerySerializer(QuerySerializer):
    """Which images get metadata."""

    imageIds = _image_ids()
