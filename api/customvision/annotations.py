"""The tags and regions of images, read past the ORM; a region is a box normalized to the image's size."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from annotator.domain.geometry import Box
from annotator.domain.shares import to_normalized
from annotator.models import Label, Media, Tag
from annotator.services.annotations import metadata
from annotator.services.media import urls

RESIZED, THUMBNAIL = 1024, 200


class LabelRow(NamedTuple):
    """A label, as it is read for a region."""

    image_id: uuid.UUID
    label_id: uuid.UUID
    concept_id: uuid.UUID
    concept_name: str
    created_at: datetime
    x0: float
    y0: float
    x1: float
    y1: float


class TagRow(NamedTuple):
    """A concept that an image is tagged with, or that one of its labels has."""

    image_id: uuid.UUID
    concept_id: uuid.UUID
    concept_name: str
    created_at: datetime


class Region(NamedTuple):
    """A label normalized to the image's size."""

    image_id: uuid.UUID
    label_id: uuid.UUID
    concept_id: uuid.UUID
    concept_name: str
    created_at: datetime
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class AnnotatedImage:
    """An image with its tags, regions, metadata and absolute links."""

    media: Media
    tags: Sequence[TagRow]
    regions: Sequence[Region]
    metadata: dict[str, str]
    resized_link: str | None
    thumbnail_link: str | None
    original_link: str | None


_LABEL = ("media_id", "pk", "concept_id", "concept__name", "created_at", "x0", "y0", "x1", "y1")
_TAG = ("media_id", "concept_id", "concept__name", "created_at")


def annotate(images: Sequence[Any], absolute: Callable[[str], str]) -> list[AnnotatedImage]:
    """Return images that were read with their home and bytes, with what they are annotated with. Two queries.

    The tags of an image are those of the whole image and the classes of its labels, each once. Labels of all shapes are
    regions by their box, as far as it is inside the image; one that is wholly outside (the image was replaced) is none.
    """
    keys = [image.pk for image in images]
    labels, tags = defaultdict(list), defaultdict(list)
    rows = Label.all_objects.filter(media__in=keys).order_by("z", "created_at", "id")
    for label in map(LabelRow._make, rows.values_list(*_LABEL)):
        labels[label.image_id].append(label)
    for values in Tag.all_objects.filter(media__in=keys).order_by("created_at", "id").values_list(*_TAG):
        tags[values[0]].append(TagRow._make(values))
    return [_annotated(image, labels[image.pk], tags[image.pk], absolute) for image in images]


def _annotated(
    media: Any, labels: Sequence[LabelRow], tags: Sequence[TagRow], absolute: Callable[[str], str]
) -> AnnotatedImage:
    original = urls.addresses(media, name=media.name).original
    resized, thumbnail = urls.fitted(media, RESIZED), urls.fitted(media, THUMBNAIL)
    return AnnotatedImage(
        media=media,
        tags=_all_tags(labels, tags),
        regions=[found for label in labels if (found := region_of(label, media)) is not None],
        metadata=metadata.texts_of(media),
        resized_link=resized and absolute(resized),
        thumbnail_link=thumbnail and absolute(thumbnail),
        original_link=original and absolute(original),
    )


def _all_tags(labels: Iterable[LabelRow], tags: Iterable[TagRow]) -> list[TagRow]:
    """Return the tags of an image and the classes of its labels, each once."""
    found: dict[uuid.UUID, TagRow] = {}
    for tag in tags:
        found.setdefault(tag.concept_id, tag)
    for label in labels:
        if label.concept_id not in found:
            found[label.concept_id] = TagRow(label.image_id, *label[2:5])
    return list(found.values())


def region_of(label: LabelRow, media: Media) -> Region | None:
    """Return a label as a region of its image; None when nothing of it is inside."""
    normalized = to_normalized(Box(label.x0, label.y0, label.x1, label.y1), media.width, media.height)
    return None if normalized is None else Region(*label[:5], *normalized)
