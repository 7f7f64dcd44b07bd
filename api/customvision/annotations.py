"""The tags and regions of images, read past the ORM; a region is a box normalized to the image's size."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from annotator.db.plain_rows import fetch, id_text, json_value, utc
from annotator.db.prepared import stored_ids
from annotator.domain.shares import to_normalized
from annotator.models import DatasetItem, Label, Tag
from annotator.services.annotations import metadata
from annotator.services.media import urls

RESIZED, THUMBNAIL = 1024, 200
# Ids are UUIDs or their text: both are written alike.
Id = uuid.UUID | str


class ImageRow(NamedTuple):
    """An image, as it is read for a response; the id is as the database has it."""

    pk: Any
    created_at: datetime
    width: int
    height: int
    health: str
    source_url: str
    metadata: Any
    blob__sha256: str | None
    name: str


class LabelRow(NamedTuple):
    """A label, as it is read for a region."""

    image_id: Id
    label_id: Id
    concept_id: Id
    concept_name: str
    created_at: datetime
    x0: float
    y0: float
    x1: float
    y1: float


class TagRow(NamedTuple):
    """A concept that an image is tagged with, or that one of its labels has."""

    image_id: Id
    concept_id: Id
    concept_name: str
    created_at: datetime


class Region(NamedTuple):
    """A label normalized to the image's size."""

    image_id: Id
    label_id: Id
    concept_id: Id
    concept_name: str
    created_at: datetime
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class AnnotatedImage:
    """An image with its tags, regions, metadata and absolute links."""

    id: uuid.UUID
    created_at: datetime
    width: int
    height: int
    tags: Sequence[TagRow]
    regions: Sequence[Region]
    metadata: dict[str, str]
    resized_link: str | None
    thumbnail_link: str | None
    original_link: str | None


_LABEL = ("media_id", "pk", "concept_id", "concept__name", "created_at", "x0", "y0", "x1", "y1")
_TAG = ("media_id", "concept_id", "concept__name", "created_at")
_NAME = Subquery(DatasetItem.all_objects.filter(media=OuterRef("pk"), is_home=True).values("name")[:1])


def annotate(
    images: QuerySet[Any], keys: Sequence[uuid.UUID], absolute: Callable[[str], str]
) -> list[AnnotatedImage]:
    """Return those of `images` that have these ids, in the order of the ids, with what they are annotated with. Three queries.

    The tags of an image are those of the whole image and the classes of its labels, each once. Labels of all shapes are
    regions by their box, as far as it is inside the image; one that is wholly outside (the image was replaced) is none.
    """
    stored = dict(zip(stored_ids(keys), keys, strict=True))
    rows = fetch(images.filter(pk__in=keys).annotate(name=_NAME).order_by().values_list(*ImageRow._fields))
    found = {row.pk: row for row in map(ImageRow._make, rows)}
    labels, tags = _labels_of(keys), _tags_of(keys)
    return [
        _annotated(key, found[each], labels[each], tags[each], absolute)
        for each, key in stored.items()
        if each in found
    ]


def _labels_of(keys: Sequence[uuid.UUID]) -> dict[Any, list[LabelRow]]:
    """Return the labels of images by the ids of these, as the database has them."""
    texts, found = _Texts(), defaultdict(list)
    rows = Label.all_objects.filter(media__in=keys).order_by("z", "created_at", "id").values_list(*_LABEL)
    for image_id, label_id, concept_id, name, created_at, x0, y0, x1, y1 in fetch(rows):
        row = LabelRow(image_id, id_text(label_id), texts[concept_id], name, utc(created_at), x0, y0, x1, y1)
        found[image_id].append(row)
    return found


def _tags_of(keys: Sequence[uuid.UUID]) -> dict[Any, list[TagRow]]:
    texts, found = _Texts(), defaultdict(list)
    rows = Tag.all_objects.filter(media__in=keys).order_by("created_at", "id").values_list(*_TAG)
    for image_id, concept_id, name, created_at in fetch(rows):
        found[image_id].append(TagRow(image_id, texts[concept_id], name, utc(created_at)))
    return found


class _Texts(dict[Any, str]):
    """Ids as text: the same classes come again with every label."""

    def __missing__(self, stored: Any) -> str:
        text = self[stored] = id_text(stored)
        return text


def _annotated(
    key: uuid.UUID,
    row: ImageRow,
    labels: Sequence[LabelRow],
    tags: Sequence[TagRow],
    absolute: Callable[[str], str],
) -> AnnotatedImage:
    sha256, source = row.blob__sha256, row.source_url
    original = urls.original_of(key, row.name, sha256=sha256, source_url=source)
    is_decoded = row.health != "ERROR" and row.width > 0 and bool(sha256 or source)
    resized, thumbnail = (
        urls.fitted_of(key, side, sha256=sha256) if is_decoded else None for side in (RESIZED, THUMBNAIL)
    )
    return AnnotatedImage(
        id=key,
        created_at=utc(row.created_at),
        width=row.width,
        height=row.height,
        tags=_all_tags(labels, tags),
        regions=[found for each in labels if (found := region_of(each, row.width, row.height)) is not None],
        metadata=metadata.texts_in(json_value(row.metadata)),
        resized_link=resized and absolute(resized),
        thumbnail_link=thumbnail and absolute(thumbnail),
        original_link=original and absolute(original),
    )


def _all_tags(labels: Iterable[LabelRow], tags: Iterable[TagRow]) -> list[TagRow]:
    """Return the tags of an image and the classes of its labels, each once."""
    found: dict[Id, TagRow] = {}
    for tag in tags:
        found.setdefault(tag.concept_id, tag)
    for label in labels:
        if label.concept_id not in found:
            found[label.concept_id] = TagRow(label.image_id, *label[2:5])
    return list(found.values())


def region_of(label: LabelRow, width: int, height: int) -> Region | None:
    """Return a label as a region of its image of this size; None when nothing of it is inside."""
    normalized = to_normalized(label[5:], width, height)
    return None if normalized is None else Region(*label[:5], *normalized)
