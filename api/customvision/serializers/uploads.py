"""Images that are sent, and what became of them, as Custom Vision names it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any, TypedDict

from annotator.services.annotations.sample_batches import Sample, Taken
from api.common.files import Files
from api.common.shapes import id_field, list_field, map_field, shape, text_field

from .images import ImageOut
from .regions import METADATA, REGION, shares

MAX_IMAGES = 64
MAX_TAGS = 20
_TAG_IDS = list_field(id_field(), limit=MAX_TAGS)
_FILE = shape(
    "ImageFileCreateEntry",
    name=text_field(limit=1_000),
    contents=text_field(limit=2**30, required=True, doc="The bytes in base64."),
    tagIds=_TAG_IDS,
    regions=list_field(REGION, limit=1_000),
)
FILES = shape(
    "ImageFileCreateBatch",
    images=list_field(_FILE, limit=MAX_IMAGES, required=True),
    tagIds=list_field(id_field(), limit=MAX_TAGS, doc="Said of every image."),
    metadata=map_field(METADATA.item, limit=METADATA.limit, doc="Noted beside every image."),
)
DATA = Files("imageData", MAX_IMAGES)
_STATUS = {
    "not_an_image": "ErrorImageFormat",
    "truncated": "ErrorImageFormat",
    "zero_bytes": "ErrorImageFormat",
    "too_large": "ErrorImageSize",
    "file_missing": "ErrorStorage",
}


class ImageCreateResultOut(TypedDict):
    sourceUrl: str | None
    status: str
    image: ImageOut | None


class ImageCreateSummaryOut(TypedDict):
    isBatchSuccessful: bool
    images: list[ImageCreateResultOut]


def entry(item: dict[str, Any], batch: dict[str, Any]) -> dict[str, Any]:
    """Return one file of a batch as the words of `sample_batches.keep`."""
    return {
        "name": item.get("name", ""),
        "chunks": decoded(item["contents"]),
        "tags": dict.fromkeys([*batch.get("tagIds", ()), *item.get("tagIds", ())]),
        "boxes": [(region["tagId"], shares(region)) for region in item.get("regions", ())],
        "texts": batch.get("metadata"),
    }


def decoded(text: str) -> Iterator[bytes]:
    """Yield the bytes of a base64 text; one that is none has no bytes, which no picture has either."""
    try:
        yield base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return


def result(sample: Sample, taken: Taken, image: ImageOut | None) -> ImageCreateResultOut:
    """Return what became of a file."""
    if taken.media is None:
        status = _STATUS.get(taken.code, "ErrorUnknown")
    else:
        status = "OKDuplicate" if taken.is_known else "OK"
    return {"sourceUrl": sample.name, "status": status, "image": image}
