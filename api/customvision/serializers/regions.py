"""Batches of regions, tags and metadata as Custom Vision names them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypedDict

from annotator.domain.shares import Shares
from api.common.shapes import MapOf, id_field, list_field, number_field, shape, text_field

MAX_REGIONS = 64
MAX_TAGS = 128

_BOX = {
    "left": number_field(required=True, doc="0..1 of the width."),
    "top": number_field(required=True, doc="0..1 of the height."),
    "width": number_field(required=True),
    "height": number_field(required=True),
}
REGION = shape("Region", tagId=id_field(required=True), **_BOX)
_REGION_ENTRY = shape(
    "NewImageRegion", imageId=id_field(required=True), tagId=id_field(required=True), **_BOX
)
REGIONS = shape("ImageRegionCreateBatch", regions=list_field(_REGION_ENTRY, limit=MAX_REGIONS, required=True))
_TAG_ENTRY = shape("NewImageTag", imageId=id_field(required=True), tagId=id_field(required=True))
TAGS = shape("ImageTagCreateBatch", tags=list_field(_TAG_ENTRY, limit=MAX_TAGS, required=True))
METADATA = MapOf(text_field(limit=100_000, required=True), limit=50)


class ImageRegionCreateEntryOut(TypedDict):
    imageId: uuid.UUID
    tagId: uuid.UUID
    left: float
    top: float
    width: float
    height: float


class ImageRegionCreateResultOut(TypedDict):
    imageId: uuid.UUID
    regionId: uuid.UUID
    tagName: str
    created: datetime
    tagId: uuid.UUID
    left: float
    top: float
    width: float
    height: float


class ImageRegionCreateSummaryOut(TypedDict):
    created: list[ImageRegionCreateResultOut]
    duplicated: list[ImageRegionCreateEntryOut]
    exceeded: list[ImageRegionCreateEntryOut]


class ImageTagCreateEntryOut(TypedDict):
    imageId: uuid.UUID
    tagId: uuid.UUID


class ImageTagCreateSummaryOut(TypedDict):
    created: list[ImageTagCreateEntryOut]
    duplicated: list[ImageTagCreateEntryOut]
    exceeded: list[ImageTagCreateEntryOut]


class ImageMetadataUpdateEntryOut(TypedDict):
    imageId: uuid.UUID
    status: str
    metadata: dict[str, str] | None


class ImageMetadataUpdateSummaryOut(TypedDict):
    isBatchSuccessful: bool
    images: list[ImageMetadataUpdateEntryOut]


def shares(entry: ImageRegionCreateEntryOut) -> Shares:
    """Return the box of a region that was sent."""
    return entry["left"], entry["top"], entry["width"], entry["height"]
