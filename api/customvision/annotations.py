"""The tags and regions of images, read past the ORM; a region is a box normalized to the image's size."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from annotator.db.plain_rows import fetch, id_text, json_value
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


class AnnotatedImage(NamedTuple):
    """An image with its tags, regions, metadata and absolute links; times are as the database has them, without a zone UTC."""

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
    sizes = {pk: (row.width, row.height) for pk, row in found.items()}
    tags, regions = _tags_and_regions(keys, sizes)
    return [
        _annotated(key, found[each], list(tags[each].values()), regions[each], absolute)
        for each, key in stored.items()
        if each in found
    ]


def _tags_and_regions(
    keys: Sequence[uuid.UUID], sizes: Mapping[Any, tuple[int, int]]
) -> tuple[dict[Any, dict[Any, TagRow]], dict[Any, list[Region]]]:
    """Return the tags, by class, and the regions of images of these sizes, all by ids as the database has them. Two queries."""
    texts = _Texts()
    tags: dict[Any, dict[Any, TagRow]] = defaultdict(dict)
    regions: dict[Any, list[Region]] = defaultdict(list)
    given = Tag.all_objects.filter(media__in=keys).order_by("created_at", "id").values_list(*_TAG)
    for image_id, concept_id, name, created_at in fetch(given):
        tags[image_id].setdefault(concept_id, TagRow(image_id, texts[concept_id], name, created_at))
    drawn = Label.all_objects.filter(media__in=keys).order_by("z", "created_at", "id").values_list(*_LABEL)
    for image_id, label_id, concept_id, name, created_at, x0, y0, x1, y1 in fetch(drawn):
        if image_id not in sizes:
            continue
        concept, width, height = texts[concept_id], *sizes[image_id]
        if concept_id not in tags[image_id]:
            tags[image_id][concept_id] = TagRow(image_id, concept, name, created_at)
        if (box := to_normalized((x0, y0, x1, y1), width, height)) is not None:
            regions[image_id].append(Region(image_id, id_text(label_id), concept, name, created_at, *box))
    return tags, regions


class _Texts(dict[Any, str]):
    """Ids as text: the same classes come again with every label."""

    def __missing__(self, stored: Any) -> str:
        text = self[stored] = id_text(stored)
        return text


def _annotated(
    key: uuid.UUID,
    row: ImageRow,
    tags: Sequence[TagRow],
    regions: Sequence[Region],
    absolute: Callable[[str], str],
) -> AnnotatedImage:
    sha256, source, text = row.blob__sha256, row.source_url, str(key)
    original = urls.original_of(text, row.name, sha256=sha256, source_url=source)
    is_decoded = row.health != "ERROR" and row.width > 0 and bool(sha256 or source)
    resized, thumbnail = (
        urls.fitted_of(text, side, sha256=sha256) if is_decoded else None for side in (RESIZED, THUMBNAIL)
    )
    return AnnotatedImage(
        id=key,
        created_at=row.created_at,
        width=row.width,
        height=row.height,
        tags=tags,
        regions=regions,
        metadata=metadata.texts_in(json_value(row.metadata)),
        resized_link=resized and absolute(resized),
        thumbnail_link=thumbnail and absolute(thumbnail),
        original_link=original and absolute(original),
    )
