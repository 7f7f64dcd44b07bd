"""Reads of an export: the selected media and their labels in chunks, as records of the formats; memory stays flat."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import orjson
from django.db import connection
from django.db.models import F, QuerySet

from annotator.db.prepared import stored_ids
from annotator.domain import keypoints
from annotator.domain.records import CategoryRecord, LabelRecord, LossReport, ShapeRecord
from annotator.models import (
    Blob,
    Concept,
    Dataset,
    DatasetItem,
    KeypointBinding,
    KeypointClass,
    Label,
    Media,
    MediaStatus,
    Project,
    Segment,
    SkeletonEdge,
)
from annotator.models.rows import DrawnLabelRow, NumberedLabelRow
from annotator.services.exchange.imports.labels import read_given
from annotator.services.media.selection import MediaSelection

# Media of one step: their labels are read together.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class ExportSelection:
    """What an export holds: the selected media, and of their labels those of `label_classes` (all when empty).

    Media without a label that is wanted stay.
    """

    media: MediaSelection = field(default_factory=MediaSelection)
    label_classes: tuple[uuid.UUID, ...] = ()

    def as_params(self) -> dict[str, Any]:
        """Return JSON values for the parameters of a job."""
        return {
            "selection": self.media.as_params(),
            "label_classes": [str(key) for key in self.label_classes],
        }

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ExportSelection:
        """Return what `as_params` has written."""
        classes = tuple(uuid.UUID(key) for key in params.get("label_classes", ()))
        return cls(MediaSelection.from_params(params.get("selection", {})), classes)


class MediaRow(NamedTuple):
    """One medium of an export."""

    id: uuid.UUID
    metadata: Any  # the parsed object; JSON text as the database gives it
    number: int
    name: str
    dataset: str
    width: int
    height: int
    mode: str
    status: str
    sha256: str | None
    kind: str
    source_url: str


# Labels in hand at once, however many the media of a step have.
_ROWS = 2_000


def selected_media(project: Project, selection: ExportSelection) -> QuerySet[Media]:
    """Return the media of an export."""
    return selection.media.apply(Media.objects.filter(project=project), project.pk)


def count_datasets(project: Project, selection: ExportSelection) -> int:
    """Return how many datasets the media of an export are in."""
    rows = DatasetItem.objects.filter(media__in=selected_media(project, selection), is_home=True)
    return rows.order_by().values("dataset").distinct().count()


def selected_labels(project: Project, selection: ExportSelection) -> QuerySet[Label]:
    """Return the labels of an export."""
    rows = Label.all_objects.filter(project=project, media__in=selected_media(project, selection))
    return rows.filter(concept__in=selection.label_classes) if selection.label_classes else rows


def selected_segments(project: Project, selection: ExportSelection) -> QuerySet[Segment]:
    """Return the segments of an export."""
    return Segment.all_objects.filter(project=project, media__in=selected_media(project, selection))


class Keys:
    """The ids of the selected media in list order, 16 bytes each: fixed once, so that all parts of a file agree."""

    def __init__(self, rows: QuerySet[Media]) -> None:
        ordered = rows.order_by("list_key", "id").values_list("pk", flat=True)
        self._bytes = bytearray()
        for key in ordered.iterator(chunk_size=5_000):
            self._bytes += key.bytes

    def __len__(self) -> int:
        return len(self._bytes) // 16

    def chunks(self) -> Iterator[list[uuid.UUID]]:
        """Yield CHUNK ids at a time."""
        step = CHUNK * 16
        for start in range(0, len(self._bytes), step):
            part = self._bytes[start : start + step]
            yield [uuid.UUID(bytes=bytes(part[at : at + 16])) for at in range(0, len(part), 16)]


# The reads of media and of labels for numbers go past the ORM: writing the SQL of a step and making objects of every id
# would take half the time of an export.


def _among(column: str, values: Sequence[Any]) -> str:
    return f"{column} IN ({', '.join(['%s'] * len(values))})"


_COLUMN_OF = {
    "id": "media.id", "metadata": "media.metadata", "name": "item.name", "dataset": "dataset.name", "status": "status.name",
}  # fmt: skip
_MEDIA = f"""
    SELECT {", ".join(_COLUMN_OF.get(name, name) for name in MediaRow._fields)}
    FROM {Media._meta.db_table} media
    JOIN {DatasetItem._meta.db_table} item ON item.media_id = media.id AND item.is_home
    JOIN {Dataset._meta.db_table} dataset ON dataset.id = item.dataset_id
    JOIN {MediaStatus._meta.db_table} status ON status.id = media.status_id
    LEFT JOIN {Blob._meta.db_table} blob ON blob.id = media.blob_id
    WHERE media.trashed_at IS NULL AND """  # noqa: S608 (names of ours)


def read_media(keys: Sequence[uuid.UUID]) -> list[MediaRow]:
    """Return media in the order of their ids; what is gone meanwhile is left out. One query."""
    stored = stored_ids(keys)
    with connection.cursor() as cursor:
        cursor.execute(_MEDIA + _among("media.id", stored), stored)
        found = {row.id: row for row in map(MediaRow._make, cursor)}
    return [
        found[stored_id]._replace(id=key, metadata=orjson.loads(found[stored_id].metadata))
        for key, stored_id in zip(keys, stored, strict=True)
        if stored_id in found
    ]


def read_labels(
    keys: Sequence[uuid.UUID], concepts: Iterable[uuid.UUID], columns: Sequence[str]
) -> Iterator[Any]:
    """Yield columns of the labels of some media, medium by medium in drawing order. One query."""
    rows = Label.all_objects.filter(media__in=keys)
    wanted = list(concepts)
    if wanted:
        rows = rows.filter(concept__in=wanted)
    yield from (
        rows.order_by("media_id", "z", "created_at", "id").values_list(*columns).iterator(chunk_size=2_000)
    )


# --- vocabulary ---


@dataclass(frozen=True, slots=True)
class Category:
    """A class of regions with the keypoint classes of its schema by index."""

    concept: Concept
    points: tuple[KeypointClass, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()
    indexes: Mapping[uuid.UUID, int] = field(default_factory=dict)
    number: int = field(init=False)

    def __post_init__(self) -> None:
        # A field, not a property: it is read for every label.
        object.__setattr__(self, "number", self.concept.number)

    def as_record(self) -> CategoryRecord:
        """Return the class as a record of the formats, with the fields kept from an import."""
        kept = dict(self.concept.extra.get("coco") or {})
        return CategoryRecord(
            number=self.concept.number,
            name=self.concept.name,
            supercategory=kept.pop("supercategory", None),
            color=self.concept.color or None,
            keypoints=tuple(point.name for point in self.points),
            skeleton=self.skeleton,
            extra=kept,
        )


def categories(project: Project) -> dict[uuid.UUID, Category]:
    """Return the classes of a project in their order, each with its first keypoint schema. Four queries."""
    rows = Concept.all_objects.filter(project=project, on_region=True)
    ordered = list(rows.order_by(F("region_order").asc(nulls_last=True), "sort_key", "id"))
    schema_of: dict[uuid.UUID, uuid.UUID] = {}
    bindings = KeypointBinding.all_objects.filter(schema__project=project).order_by(
        "schema__order", "schema__name_key"
    )
    for concept_id, schema_id in bindings.values_list("concept_id", "schema_id"):
        schema_of.setdefault(concept_id, schema_id)
    points: dict[uuid.UUID, list[KeypointClass]] = defaultdict(list)
    for point in KeypointClass.all_objects.filter(schema__project=project).order_by(
        "order", "name_key", "id"
    ):
        points[point.schema_id].append(point)
    edges: dict[uuid.UUID, list[SkeletonEdge]] = defaultdict(list)
    for edge in SkeletonEdge.all_objects.filter(schema__project=project).order_by("order", "id"):
        edges[edge.schema_id].append(edge)
    return {row.pk: _category(row, points, edges, schema_of.get(row.pk)) for row in ordered}


def _category(
    concept: Concept,
    points: Mapping[uuid.UUID, list[KeypointClass]],
    edges: Mapping[uuid.UUID, list[SkeletonEdge]],
    schema_id: uuid.UUID | None,
) -> Category:
    if schema_id is None or not points.get(schema_id):
        return Category(concept)
    own = tuple(points[schema_id])
    indexes = {point.pk: index for index, point in enumerate(own)}
    skeleton = tuple((indexes[edge.a_id], indexes[edge.b_id]) for edge in edges.get(schema_id, ()))
    return Category(concept, own, skeleton, indexes)


# --- labels as records ---


class Numbers:
    """The numbers that imports gave to a project's labels; 8 bytes each while they are looked through, once."""

    def __init__(self, project: Project) -> None:
        rows = Label.all_objects.filter(concept__project=project, number__isnull=False).order_by()
        given = np.fromiter(rows.values_list("number", flat=True).iterator(chunk_size=10_000), np.int64)
        given.sort()
        #: The first number above all of them.
        self.first_free = max(1, int(given[-1]) + 1) if given.size else 1
        self._repeated = np.unique(given[1:][given[1:] == given[:-1]])
        self._is_used = np.zeros(self._repeated.size, bool)

    def once(self, number: int | None, report: LossReport) -> int | None:
        """Return the number, or None (reported) for one that another label has used already, as imported files may share it."""
        if number is None or not self._repeated.size:
            return number
        index = int(np.searchsorted(self._repeated, number))
        if index == self._repeated.size or self._repeated[index] != number:
            return number
        if self._is_used[index]:
            report.add("annotations.id", "the number is another label's too; this one got a new one", number)
            return None
        self._is_used[index] = True
        return number


def label_records(
    keys: Keys,
    selection: ExportSelection,
    classes: Mapping[uuid.UUID, Category],
    numbers: Numbers,
    report: LossReport,
) -> Iterator[list[LabelRecord]]:
    """Yield the labels of an export for a format of numbers, some thousand at a time, medium by medium in drawing order."""
    by_key = dict(zip(stored_ids(classes), classes.values(), strict=True))
    wanted = stored_ids(selection.label_classes)
    for chunk in keys.chunks():
        images = _numbers_and_sizes(stored_ids(chunk))
        for rows in _stored_labels(NumberedLabelRow, list(images), wanted):
            yield list(_records(map(NumberedLabelRow._make, rows), images, by_key, numbers, report))


def _numbers_and_sizes(media: Sequence[Any]) -> dict[Any, tuple[int, tuple[int, int] | None]]:
    """Return (number, size or None) of those media that are still there, by id as the database has it."""
    statement = f"SELECT id, number, width, height FROM {Media._meta.db_table} WHERE {_among('id', media)} AND trashed_at IS NULL"  # noqa: S608 (names of ours)
    with connection.cursor() as cursor:
        cursor.execute(statement, media)
        return {
            key: (number, (width, height) if width and height else None)
            for key, number, width, height in cursor
        }


def _stored_labels(
    row: type[NumberedLabelRow] | type[DrawnLabelRow],
    media: Sequence[Any],
    concepts: Sequence[Any],
    order: Sequence[str] = (),
) -> Iterator[list[Any]]:
    """Yield tuples of the columns of `row` as the driver gives them, _ROWS at a time; ids go in and come out as the database has them.

    `order` are terms (of label and concept) that go before the drawing order of the labels of a medium.
    """
    if not media:
        return
    where = _among("media_id", media) + (f" AND {_among('concept_id', concepts)}" if concepts else "")
    source = f"{Label._meta.db_table} label"
    if order:
        source += f" JOIN {Concept._meta.db_table} concept ON concept.id = label.concept_id"
    terms = ", ".join(["media_id", *order, "z", "label.created_at", "label.id"])
    columns = ", ".join(f"label.{name}" for name in row._fields)
    statement = f"SELECT {columns} FROM {source} WHERE {where} ORDER BY {terms}"  # noqa: S608 (names of ours)
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, [*media, *concepts])
        while rows := cursor.fetchmany(_ROWS):
            yield rows


def shapes_by_media(
    keys: Sequence[uuid.UUID],
    selection: ExportSelection,
    indexes: Mapping[uuid.UUID, int],
    order: Sequence[str] = (),
) -> Iterator[tuple[uuid.UUID, Iterator[ShapeRecord]]]:
    """Yield the labels of each of some media that has any, to be read before the next. One query. `order` as in _stored_labels."""
    stored = stored_ids(keys)
    key_of = dict(zip(stored, keys, strict=True))
    index_of = dict(zip(stored_ids(indexes), indexes.values(), strict=True))
    rows = chain.from_iterable(
        _stored_labels(DrawnLabelRow, stored, stored_ids(selection.label_classes), order)
    )
    for media, own in groupby(map(DrawnLabelRow._make, rows), key=itemgetter(0)):
        yield key_of[media], _shapes(own, index_of)


def _shapes(rows: Iterable[DrawnLabelRow], index_of: Mapping[Any, int]) -> Iterator[ShapeRecord]:
    for _, concept, x0, y0, x1, y1, points, mask, is_crowd in rows:
        index = index_of.get(concept)
        if index is not None:
            packed = None if mask is None else bytes(mask)
            yield ShapeRecord(index, (x0, y0, x1, y1), points, packed, bool(is_crowd))


def listed_classes(project: Project, selection: ExportSelection) -> list[Concept]:
    """Return the classes of regions that an export is about, in their order: those selected, or all. One query."""
    rows = Concept.all_objects.filter(project=project, on_region=True)
    if selection.label_classes:
        rows = rows.filter(pk__in=selection.label_classes)
    return list(rows.order_by(F("region_order").asc(nulls_last=True), "sort_key", "id"))


def _records(
    rows: Iterable[NumberedLabelRow],
    images: Mapping[Any, tuple[int, tuple[int, int] | None]],
    classes: Mapping[Any, Category],
    numbers: Numbers,
    report: LossReport,
) -> Iterator[LabelRecord]:
    for row in rows:
        category = classes.get(row.concept_id)
        if category is None:
            continue
        image, size = images[row.media_id]
        number = None if row.number is None else numbers.once(row.number, report)
        given = area = found = None
        if row.given is not None:
            given, area, no_points = read_given(row.given)
            found = () if no_points else None
        if row.keypoints is not None:
            found = _points(row.keypoints, category, image, report)
        mask = None if row.mask is None else bytes(row.mask)
        yield LabelRecord(
            number, image, category.number, (row.x0, row.y0, row.x1, row.y1), row.points, mask, found, row.is_crowd, area, given,
            row.score, size,
        )  # fmt: skip


def _points(text: str, category: Category, image: int, report: LossReport) -> tuple[Any, ...] | None:
    """Return the points that the category has; those of other schemas and second ones of a class are reported."""
    stored = keypoints.decode_keypoints(text)
    converted = keypoints.to_records(stored, category.indexes)
    if len(converted) < len(stored):
        lost = len(stored) - len(converted)
        report.add(
            "keypoints",
            "a point is not one of the category's, or the second of its kind",
            f"image {image}",
            count=lost,
        )
    return converted if category.points else None
