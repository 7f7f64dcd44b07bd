"""Images that are sent, and what became of them, as Custom Vision names it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from annotator.services.annotations.sample_batches import Sample, SampleOutcome
from api.common import fields
from api.common.files import FileParser
from api.common.serializers import ListSerializer, QuerySerializer, Serializer

from ..filters import MAX_TAGS
from .images import ImageSerializer
from .metadata import MetadataField
from .regions import RegionSerializer, normalized_box

MAX_IMAGES = 64
MAX_IMAGE_REGIONS = 1_000
#: How many regions of an image are read at all; one with more than MAX_IMAGE_REGIONS is refused alone.
_MAX_REGIONS_READ = 10_000
_STATUS = {
    "invalid": "ErrorSource",
    "not_public": "ErrorSource",
    "unreachable": "ErrorSource",
    "not_an_image": "ErrorImageFormat",
    "unsupported_format": "ErrorImageFormat",
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
    max_items = _MAX_REGIONS_READ


def tag_ids(**kwargs: Any) -> fields.ListField:
    """Return a field of ids of tags, which may be left out."""
    options = {"source": "tag_ids", "required": False, **kwargs}
    return fields.ListField(child=fields.UUIDField(), max_items=MAX_TAGS, **options)


class _EntrySerializer(Serializer):
    tagIds = tag_ids(help_text=f"At most {MAX_TAGS} with those of the batch, or the image is refused alone.")
    regions = RegionListSerializer(
        required=False, help_text=f"At most {MAX_IMAGE_REGIONS}, or the image is refused alone."
    )


class ImageFileCreateEntrySerializer(_EntrySerializer):
    """An image in base64."""

    name = fields.LineField(max_length=1_000, required=False)
    contents = fields.TextField(max_length=2**30, help_text="The bytes in base64.")


class ImageUrlCreateEntrySerializer(_EntrySerializer):
    """The address of an image."""

    url = fields.TextField(help_text="One that cannot be fetched is refused alone.")


class _BatchSerializer(Serializer):
    tagIds = tag_ids(help_text="Tags of every image.")
    metadata = MetadataField(required=False, help_text="Metadata of every image.")


class _FileListSerializer(ListSerializer):
    child = ImageFileCreateEntrySerializer()
    max_items = MAX_IMAGES


class ImageFileCreateBatchSerializer(_BatchSerializer):
    """Images in base64, with tags and metadata that all of them get."""

    images = _FileListSerializer()


class _UrlListSerializer(ListSerializer):
    child = ImageUrlCreateEntrySerializer()
    max_items = MAX_IMAGES


class ImageUrlCreateBatchSerializer(_BatchSerializer):
    """Addresses of images, with tags and metadata that all of them get."""

    images = _UrlListSerializer()


class ImageCreateResultSerializer(Serializer):
    """What became of an image that was sent."""

    sourceUrl = fields.TextField(source="name", allow_null=True)
    status = fields.TextField()
    image = ImageSerializer(allow_null=True)


class ImageCreateSummarySerializer(Serializer):
    """What became of a batch of images."""

    isBatchSuccessful = fields.BooleanField(source="is_successful")
    images = ImageCreateResultSerializer(many=True)


def sample_of(entry: dict[str, Any], batch: dict[str, Any]) -> Sample:
    """Return an image of a batch as it is taken into the project; its bytes are in the entry, or at an address."""
    return Sample(
        name=entry.get("name", ""),
        chunks=decoded(entry["contents"]) if "contents" in entry else (),
        tags=dict.fromkeys([*batch.get("tag_ids", ()), *entry.get("tag_ids", ())]),
        boxes=[(region["concept_id"], normalized_box(region)) for region in entry.get("regions", ())],
        texts=batch.get("metadata") or {},
        url=entry.get("url"),
    )


def exceeded_limit(sample: Sample) -> str | None:
    """Return the status of an image that has more tags or regions than one may have, else None."""
    if len(sample.tags) > MAX_TAGS:
        return "ErrorTagLimitExceed"
    return "ErrorRegionLimitExceed" if len(sample.boxes) > MAX_IMAGE_REGIONS else None


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
