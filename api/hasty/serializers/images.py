"""Images and upload slots as Hasty names them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from annotator.models import Media, Upload
from annotator.services.media import urls as media_urls
from api.common.shapes import bool_field, id_field, int_field, shape, text_field

from .plain import or_none

IMAGE = shape(
    "ImageIn",
    dataset_id=id_field(required=True),
    filename=text_field(doc="May be left out with url: then it is the last part of it."),
    upload_id=id_field(doc="A slot that holds the file; one of upload_id and url is needed."),
    url=text_field(doc="An http or https address to fetch the picture from."),
    copy_original=bool_field(doc="With url: keep the bytes (default) or only the link."),
    bucket_id=id_field(doc="With url: the key of a file in this bucket."),
    external_id=text_field(null=True),
)
CONTENT = shape(
    "ImageContentIn",
    upload_id=id_field(required=True),
    filename=text_field(required=True),
    external_id=text_field(null=True),
)
PLACE = shape("ImagePlaceIn", filename=text_field(to="name"), dataset_id=id_field())
SLOTS = shape("UploadsIn", count=int_field(low=1, high=50, required=True))


class Exif(TypedDict):
    orientation: str | None


class ImageOut(TypedDict):
    id: uuid.UUID
    name: str
    dataset_id: uuid.UUID
    dataset_name: str
    width: int
    height: int
    format: str
    mode: str
    health_status: str
    status: str
    status_id: uuid.UUID
    is_locked: bool
    url: str | None
    public_url: str | None
    thumbnail_url: str | None
    uploaded_on: datetime
    update_date: datetime
    updated_by: uuid.UUID | None
    external_id: str | None
    queue_ids: list[uuid.UUID]
    exif: Exif


class OffsetOut(TypedDict):
    offset: int


class SlotOut(TypedDict):
    id: uuid.UUID
    url: str


def out(row: Any, view: Any) -> ImageOut:
    """Return an image that was read with its home, status and bytes; addresses work without a key for a day at least."""
    media: Media = row
    found = media_urls.addresses(media, name=row.name)
    original = None if found.original is None else view.absolute(found.original)
    return {
        "id": media.pk,
        "name": row.name,
        "dataset_id": row.dataset_id,
        "dataset_name": row.dataset_name,
        "width": media.width,
        "height": media.height,
        "format": media.format,
        "mode": media.mode,
        "health_status": media.health,
        "status": media.status.name,
        "status_id": media.status_id,
        "is_locked": media.is_frozen,
        "url": original,
        "public_url": original,
        "thumbnail_url": None if found.thumbnail is None else view.absolute(found.thumbnail),
        "uploaded_on": media.created_at,
        "update_date": media.updated_at,
        "updated_by": media.updated_by_id,
        "external_id": or_none(media.external_id),
        "queue_ids": [],
        "exif": {"orientation": or_none(media.orientation)},
    }


def slot(row: Upload, view: Any) -> SlotOut:
    """Return an upload slot and the address that takes its bytes."""
    return {"id": row.pk, "url": view.absolute(media_urls.upload(row))}
