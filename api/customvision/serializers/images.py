"""Images, their tags and regions as Custom Vision names them; regions are boxes in shares of the picture."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from annotator.domain.geometry import Box
from annotator.domain.shares import to_shares
from annotator.models import Label, Media, Tag
from annotator.services.media import changes as media_changes, urls as media_urls


class ImageTagOut(TypedDict):
    tagId: uuid.UUID
    tagName: str
    created: datetime


class ImageRegionOut(TypedDict):
    regionId: uuid.UUID
    tagName: str
    created: datetime
    tagId: uuid.UUID
    left: float
    top: float
    width: float
    height: float


class ImageOut(TypedDict):
    id: uuid.UUID
    created: datetime
    width: int
    height: int
    resizedImageUri: str | None
    thumbnailUri: str | None
    originalImageUri: str | None
    tags: list[ImageTagOut]
    regions: list[ImageRegionOut]
    metadata: dict[str, str]


_LABEL = ("media_id", "pk", "concept_id", "concept__name", "created_at", "x0", "y0", "x1", "y1")
_TAG = ("media_id", "concept_id", "concept__name", "created_at")


def images(rows: Sequence[Any], view: Any) -> list[ImageOut]:
    """Return images that were read with their home and bytes; two queries for what is said of them all.

    A tag is what is said of the whole image, and the class of every label, each once. Labels of all shapes are regions
    by their box, as far as it is inside the picture; one that is wholly outside (of a picture that was replaced) is none.
    """
    keys = [row.pk for row in rows]
    marks = Label.all_objects.filter(media__in=keys).order_by("z", "created_at", "id")
    labels, tags = defaultdict(list), defaultdict(list)
    for mark in marks.values_list(*_LABEL):
        labels[mark[0]].append(mark)
    for tag in Tag.all_objects.filter(media__in=keys).order_by("created_at", "id").values_list(*_TAG):
        tags[tag[0]].append(tag)
    return [_image(row, labels[row.pk], tags[row.pk], view) for row in rows]


def _image(media: Any, labels: Sequence[Any], tags: Sequence[Any], view: Any) -> ImageOut:
    regions = [_region(media, *label[1:]) for label in labels]
    said: dict[uuid.UUID, ImageTagOut] = {}
    for _, concept, name, created in (*tags, *((0, *label[2:5]) for label in labels)):
        said.setdefault(concept, {"tagId": concept, "tagName": name, "created": created})
    original = media_urls.addresses(media, name=media.name).original
    resized, thumbnail = media_urls.fitted(media, 1024), media_urls.fitted(media, 200)
    return {
        "id": media.pk,
        "created": media.created_at,
        "width": media.width,
        "height": media.height,
        "resizedImageUri": resized and view.absolute(resized),
        "thumbnailUri": thumbnail and view.absolute(thumbnail),
        "originalImageUri": original and view.absolute(original),
        "tags": list(said.values()),
        "regions": [region for region in regions if region is not None],
        "metadata": media_changes.texts_of(media),
    }


def _region(
    media: Media,
    key: uuid.UUID,
    concept: uuid.UUID,
    name: str,
    created: datetime,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
) -> ImageRegionOut | None:
    shares = to_shares(Box(x0, y0, x1, y1), media.width, media.height)
    if shares is None:
        return None
    left, top, width, height = shares
    return {
        "regionId": key, "tagName": name, "created": created, "tagId": concept,
        "left": left, "top": top, "width": width, "height": height,
    }  # fmt: skip


def region(label: Label, media: Media, name: str) -> ImageRegionOut | None:
    """Return a label whose class is called `name` as a region of its image."""
    box = (label.x0, label.y0, label.x1, label.y1)
    return _region(media, label.pk, label.concept_id, name, label.created_at, *box)
