"""Batches of regions and of tags of images as Custom Vision names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.domain.shares import NormalizedBox
from api.common import fields
from api.common.serializers import ListSerializer, QuerySerializer, Serializer

from ..filters import MAX_TAGS
from .images import ImageRegionSerializer

MAX_REGIONS = 64
MAX_IMAGE_TAGS = 128
MAX_UNTAGGED = 64


class _ImageIdSerializer(Serializer):
    imageId = fields.UUIDField(source="image_id")


class _ImageTagSerializer(_ImageIdSerializer):
    tagId = fields.UUIDField(source="concept_id")


class BoundingBoxSerializer(Serializer):
    """A box, as shares of the image."""

    left = fields.NumberField()
    top = fields.NumberField()
    width = fields.NumberField()
    height = fields.NumberField()


class RegionSerializer(Serializer):
    """A region in a request."""

    tagId = fields.UUIDField(source="concept_id")
    left = fields.NumberField(help_text="0..1 of the width.")
    top = fields.NumberField(help_text="0..1 of the height.")
    width = fields.NumberField(help_text="Larger than 0, of the width.")
    height = fields.NumberField(help_text="Larger than 0, of the height.")


class NewImageRegionSerializer(_ImageIdSerializer, RegionSerializer):
    """A region of an image in a request."""


class _RegionListSerializer(ListSerializer):
    child = NewImageRegionSerializer()
    max_items = MAX_REGIONS


class ImageRegionCreateBatchSerializer(Serializer):
    """Regions of several images."""

    regions = _RegionListSerializer()


class NewImageTagSerializer(_ImageTagSerializer):
    """A tag of an image in a request."""


class _TagListSerializer(ListSerializer):
    child = NewImageTagSerializer()
    max_items = MAX_IMAGE_TAGS


class ImageTagCreateBatchSerializer(Serializer):
    """Tags of several images."""

    tags = _TagListSerializer()


class ImageRegionCreateEntrySerializer(_ImageTagSerializer, BoundingBoxSerializer):
    """A region as it was sent."""


class ImageRegionCreateResultSerializer(_ImageIdSerializer, ImageRegionSerializer):
    """A region that was created."""


class ImageRegionCreateSummarySerializer(Serializer):
    """What became of a batch of regions."""

    created = ImageRegionCreateResultSerializer(many=True)
    duplicated = ImageRegionCreateEntrySerializer(many=True)
    exceeded = ImageRegionCreateEntrySerializer(many=True)


class ImageTagCreateEntrySerializer(_ImageTagSerializer):
    """A tag of an image as it was sent."""


class ImageTagCreateSummarySerializer(Serializer):
    """What became of a batch of tags."""

    created = ImageTagCreateEntrySerializer(many=True)
    duplicated = ImageTagCreateEntrySerializer(many=True)
    exceeded = ImageTagCreateEntrySerializer(many=True)


class DeleteRegionsQuerySerializer(QuerySerializer):
    """Which regions are deleted."""

    regionIds = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_REGIONS)


class DeleteImageTagsQuerySerializer(QuerySerializer):
    """Which tags are taken from which images."""

    imageIds = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_UNTAGGED)
    tagIds = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_TAGS)


def normalized_box(region: Mapping[str, Any]) -> NormalizedBox:
    """Return the box of a region that was sent."""
    return region["left"], region["top"], region["width"], region["height"]
