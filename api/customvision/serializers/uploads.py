"""Images that are sent, and what became of them, as Custom Vision names it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from annotator.services.annotations.sample_batches import SampleOutcome
from api.common import fields
from api.common.files import FileParser
from api.common.serializers import ListSerializer, QuerySerializer, Serializer

from ..filters import MAX_TAGS
from .images import ImageSerializer
from .metadata import MetadataField
from .regions import RegionSerializer, normalized_box

MAX_IMAGES = 64
_STATUS = {
    "not_an_image": "ErrorImageFormat",
    "truncated": "ErrorImageFormat",
    "zero_bytes": "ErrorImageFormat",
    "too_large": "ErrorImageSize",
    "file_missing": "ErrorStorage",
}


class ImageDataParser(FileParser):
    """Images as parts of a form, or one as bare bytes."""

    part_name = "imageData"
    max_files = MAX_IMAGES


class CreateImagesQuerySerializer(QuerySerializer):
    """The tags of images that are sent as files."""

    tagIds = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_TAGS, required=False)


class RegionListSerializer(ListSerializer):
    """The regions of an image in a request."""

    child = RegionSerializer()
    max_items = 1_000


def tag_ids(**kwargs: Any) -> fields.ListField:
    """Return a field of ids of tags, which may be left out."""
    options = {"source": "tag_ids", "required": False, **kwargs}
    return fields.ListField(child=fields.UUIDField(), max_items=MAX_TAGS, **options)


class ImageFileCreateEntrySerializer(Serializer):
    """An image in base64."""

    name = fields.LineField(max_length=1_000, required=False)
    contents = fields.TextField(max_length=2**30, help_text="The bytes in base64.")
    tagIds = tag_ids()
    regions = RegionListSerializer(required=False)


class _EntryListSerializer(ListSerializer):
    child = ImageFileCreateEntrySerializer()
    max_items = MAX_IMAGES


class ImageFileCreateBatchSerializer(Serializer):
    """Images in base64, with tags and metadata that all of them get."""

    images = _EntryListSerializer()
    tagIds = tag_ids(help_text="Tags of every image.")
    metadata = MetadataField(required=False, help_text="Metadata of every image.")


class ImageCreateResultSerializer(Serializer):
    """What became of an image that was sent."""

    sourceUrl = fields.TextField(source="name", allow_null=True)
    status = fields.TextField()
    image = ImageSerializer(allow_null=True)


class ImageCreateSummarySerializer(Serializer):
    """What became of a batch of images."""

    isBatchSuccessful = fields.BooleanField(source="is_successful")
    images = ImageCreateResultSerializer(many=True)


def sample_values(entry: dict[str, Any], batch: dict[str, Any]) -> dict[str, Any]:
    """Return an image of a batch under the names of `Sample`."""
    return {
        "name": entry.get("name", ""),
        "chunks": decoded(entry["contents"]),
        "tags": dict.fromkeys([*batch.get("tag_ids", ()), *entry.get("tag_ids", ())]),
        "boxes": [(region["concept_id"], normalized_box(region)) for region in entry.get("regions", ())],
        "texts": batch.get("metadata") or {},
    }


def decoded(text: str) -> Iterator[bytes]:
    """Yield the bytes of a base64 text; one that is not base64 has no bytes, which is no image either."""
    try:
        yield base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return


def status_of(outcome: SampleOutcome) -> str:
    """Return the vendor's word for what became of an image."""
    if outcome.media is None:
        return _STATUS.get(outcome.code, "ErrorUnknown")
    return "OKDuplicate" if outcome.is_known else "OK"
