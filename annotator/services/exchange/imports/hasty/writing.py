"""Writes the content of a JSON 1.1 file of images: vocabulary, images, labels, tags and attribute values, in short transactions."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.utils import timezone

from annotator import events, policy
from annotator.db import bulk
from annotator.domain import ids, text
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import DomainError
from annotator.domain.keypoints import encode_keypoints, parse_keypoints
from annotator.domain.records import TagRecord
from annotator.domain.text import counted
from annotator.events import kinds, payloads
from annotator.formats.hasty_import import HastyReader, ImageItem, LabelItem
from annotator.models import AttributeValue, Dataset, DatasetItem, Job, Label, Media, Project
from annotator.models.rows import LabelIdentity
from annotator.services.exchange import paths
from annotator.services.exchange.imports import labels as imported_labels, tags as imported_tags
from annotator.services.exchange.imports.hasty import vocabulary
from annotator.services.exchange.imports.hasty.vocabulary import Vocabulary
from annotator.services.exchange.imports.home_datasets import HomeDatasets
from annotator.services.exchange.imports.homes import Homes
from annotator.services.exchange.imports.sources import Images
from annotator.services.import_report import ImportReport
from annotator.services.jobs.steps import Steps
from annotator.services.media import (
    batches as media_batches,
    changes as media_changes,
    names as media_names,
    statuses,
)
from annotator.services.vocabulary import attributes, keypoint_schemas
from annotator.storage.base import Stored

#: Images, and labels, of one step.
CHUNK, ROWS = 100, 500
_YIELD_SECONDS = 0.002  # between two chunks, so that people's writes get in
_COLUMNS = (
    "id", "media_id", "concept_id", "x0", "y0", "x1", "y1", "shape", "points", "mask", "keypoints", "z", "dataset_id", "project_id", "tool",
    "origin", "error", "external_id", "is_crowd", "created_by_id", "updated_by_id", "import_job_id", "created_at", "updated_at", "revision",
)  # fmt: skip


#: The columns of labels, each with what the file says of it and whether its image is new.
Rows = list[tuple[dict[str, Any], LabelItem, bool]]


@dataclass(slots=True)
class _Import:
    """One import under way: whose it is, where it goes, and the vocabulary that its names mean."""

    actor: Actor
    project: Project
    homes: Homes
    job: Job | None
    steps: Steps
    report: ImportReport
    vocabulary: Vocabulary
    #: Whether each image goes into the dataset that it names: a file of several datasets.
    is_spread: bool = False
    began: datetime = field(default_factory=timezone.now)
    home_datasets: HomeDatasets = field(init=False)

    def __post_init__(self) -> None:
        self.home_datasets = HomeDatasets(self.project.pk)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An image of the file and its medium here; `is_new` when this import made it."""

    item: ImageItem
    media_id: uuid.UUID
    is_new: bool


def write(
    *,
    actor: Actor,
    project: Project,
    homes: Homes,
    file: BinaryIO,
    files: Images,
    report: ImportReport,
    others: Collection[str] = (),
    job: Job | None = None,
    steps: Steps | None = None,
    progress: Any = None,
) -> set[uuid.UUID]:
    """Import a file and return its classes and tags. Arguments as for COCO's `write`; allowed with `import.create`.

    Classes, tags, attributes, keypoint schemas and statuses are matched by name, those that are missing are made. Images are
    matched by name in their dataset; an image that was here before gets labels that it does not have yet, and tags, but
    keeps its status and its own attribute values.
    """
    policy.require(actor, project, "import.create")
    reader = HastyReader(file, report=report)
    found = vocabulary.write(actor, project, reader.head, report)
    places = list(reader.places())
    is_spread = len({dataset for dataset, _ in places}) > 1
    files.expect([_path(dataset, name, is_spread) for dataset, name in places], report, others=others)
    state = _Import(actor, project, homes, job, steps or Steps(), report, found, is_spread)
    done = 0
    for chunk in chunks(reader.images(), CHUNK):
        items = [item for item in chunk if item is not None]
        report.images.left_out += len(chunk) - len(items)
        for dataset, group in _by_dataset(state, items):
            placed = _write_images(state, dataset, group, files)
            _write_labels(state, placed)
            _write_tags(state, placed)
        done += len(chunk)
        if progress is not None:
            progress(min(1.0, done / max(1, len(places))), counted(done, "image", "images"))
        time.sleep(_YIELD_SECONDS)
    return {*found.classes.values(), *found.tags.values()}


def _path(dataset: str, name: str, is_spread: bool) -> str:
    """Return where our export of several datasets puts a file, else its name."""
    return paths.joined(dataset, name) if is_spread and dataset else name


def _by_dataset(state: _Import, items: Sequence[ImageItem]) -> Iterator[tuple[Dataset, list[ImageItem]]]:
    groups: dict[str, list[ImageItem]] = {}
    for item in items:
        groups.setdefault(item.dataset if state.is_spread else "", []).append(item)
    for name, group in groups.items():
        try:
            dataset = state.homes.dataset(name or None)
        except DomainError as error:
            state.report.add(
                "images.dataset_name", f"{error.message} The images went into the chosen dataset.", name
            )
            dataset = state.homes.dataset(None)
        yield dataset, group


def _write_images(state: _Import, dataset: Dataset, items: list[ImageItem], files: Images) -> list[_Placed]:
    """Match images by name or make them, with their bytes where the source has them; return them with their media."""
    named = []
    for item in items:
        try:
            named.append((media_names.below(item.name, field="image_name"), item))
        except DomainError as error:
            state.report.add("images.image_name", f"{error.message} The image was left out.", item.name)
            state.report.images.left_out += 1
            state.report.labels.left_out += len(item.labels) + item.left_out
    here = DatasetItem.objects.filter(dataset=dataset, is_home=True, name__in=[name for name, _ in named])
    known = dict(here.values_list("name", "media_id"))
    waiting = set(here.filter(media__blob=None, media__source_url="").values_list("name", flat=True))
    fresh = [(name, item) for name, item in named if name not in known]
    placed = [_Placed(item, known[name], False) for name, item in named if name in known]
    lacking = [
        media_batches.Source(name=name, found=found)
        for name, item in named
        if name in waiting
        and isinstance(found := files.find(_path(item.dataset, item.name, state.is_spread)), Stored)
    ]
    if lacking:
        media_batches.fill_many(actor=state.actor, dataset=dataset, sources=lacking, steps=state.steps)
    sources = [
        media_batches.Source(
            name=name, found=files.find(_path(item.dataset, item.name, state.is_spread)), width=item.width, height=item.height
        )
        for name, item in fresh
    ]  # fmt: skip
    made = media_batches.import_many(
        actor=state.actor, dataset=dataset, sources=sources, job=state.job, steps=state.steps
    )
    for (name, item), outcome in zip(fresh, made, strict=True):
        assert outcome.media is not None
        if outcome.name != name:
            words = "Another image of the file has this name; this one was renamed."
            state.report.add("images.image_name", words, f"{name} -> {outcome.name}", code="name_taken")
        if outcome.media.health == "ERROR":
            state.report.add(
                "images.image_name", outcome.media.health_reason, name, code=outcome.code or "file_missing"
            )
        size = (outcome.media.width, outcome.media.height)
        if outcome.media.blob_id is not None and item.width and size != (item.width, item.height):
            words = "the image has another size than the file says; its own size counts, the labels keep their numbers"
            state.report.add(
                "images.width", words, f"{name}: {item.width} x {item.height}", code="size_differs"
            )
        placed.append(_Placed(item, outcome.media.pk, True))
    _set_statuses(state, [one for one in placed if one.is_new])
    state.report.images.imported += len(placed)
    state.report.images.changed += sum(one.item.is_changed for one in placed)
    return placed


def _set_statuses(state: _Import, placed: Sequence[_Placed]) -> None:
    """Give new images the statuses that the file names."""
    groups: dict[str, list[uuid.UUID]] = {}
    for one in placed:
        groups.setdefault(one.item.status, []).append(one.media_id)
    for name, keys in groups.items():
        status = state.vocabulary.status(name)
        if status is None or status.base == "NEW":
            continue
        with state.steps.step():
            media = list(Media.objects.filter(pk__in=keys).select_related("status"))
            statuses.write_status(actor=state.actor, project_id=state.project.pk, media=media, status=status)


def _write_labels(state: _Import, placed: Sequence[_Placed]) -> None:
    """Write the labels and attribute values of some images, in short transactions with an event each."""
    values: list[AttributeValue] = []
    rows: Rows = []
    for one in placed:
        state.report.labels.left_out += one.item.left_out
        if one.is_new:
            values += _values(state, "IMAGE", one.item.attributes, one.item.name, media_id=one.media_id)
        for item in one.item.labels:
            row = _label(state, one.media_id, item)
            if row is None:
                state.report.labels.left_out += 1
            else:
                rows.append((row, item, one.is_new))
    for part in chunks(_without_known(state, rows), ROWS):
        for row, item, _ in part:
            values += _values(state, "LABEL", item.attributes, item.class_name, label_id=row["id"])
        _insert(state, [row for row, _, _ in part], values)
        state.report.labels.imported += len(part)
        state.report.labels.changed += sum(item.is_changed for _, item, _ in part)
        values = []
    if values:
        _insert(state, [], values)


def _insert(state: _Import, rows: Sequence[dict[str, Any]], values: Sequence[AttributeValue]) -> None:
    """Write labels and values with their one event in a transaction."""
    touched = {row["media_id"] for row in rows} | {value.media_id for value in values if value.media_id}
    with state.steps.step():
        revision, now = events.next_seq(project_id=state.project.pk), timezone.now()
        shared = {
            "project_id": state.project.pk, "tool": "import", "origin": "import", "error": "", "external_id": "", "is_crowd": False,
            "created_by_id": state.actor.user_id, "updated_by_id": state.actor.user_id,
            "import_job_id": state.job.pk if state.job else None, "created_at": now, "updated_at": now, "revision": revision,
        }  # fmt: skip
        homes = state.home_datasets.of(touched, revision)
        whole = (row | shared | {"dataset_id": homes.get(row["media_id"])} for row in rows)
        bulk.insert(Label, _COLUMNS, [[row[name] for name in _COLUMNS] for row in whole])
        bulk.create(values)
        media_changes.mark_labels_trashed(state.project.pk, touched)
        media_ids = [str(key) for key in touched]
        after: payloads.BulkPayload = {"what": "import", "count": len(rows), "media": media_ids}
        events.record(
            actor=state.actor, kind=kinds.BULK, project_id=state.project.pk, after=after, seq=revision
        )


def _label(state: _Import, media_id: uuid.UUID, item: LabelItem) -> dict[str, Any] | None:
    """Return the columns of a label; None, reported, when its class is not in the file."""
    concept = state.vocabulary.classes.get(text.name_key(item.class_name))
    if concept is None:
        state.report.add(
            "labels.class_name", "names no class of the file; the label was left out", item.class_name
        )
        return None
    points = _keypoints(state, concept, item)
    place = item.geometry
    return {
        "id": ids.uuid7(), "media_id": media_id, "concept_id": concept, "x0": place.box.x0, "y0": place.box.y0, "x1": place.box.x1,
        "y1": place.box.y1, "shape": "keypoints" if points and place.shape == "box" else place.shape, "points": place.points,
        "mask": place.mask, "keypoints": points, "z": item.z,
    }  # fmt: skip


def _keypoints(state: _Import, concept: uuid.UUID, item: LabelItem) -> str | None:
    """Return the keypoints of a label as they are stored, and link the class with their schemas."""
    kept: list[dict[str, Any]] = []
    found = state.vocabulary
    for one in item.points:
        schema, key = found.points.get(str(one.get("keypoint_class_id")), (None, None))
        if schema is None:
            words = "names no keypoint class of the file; the point was left out"
            state.report.add("labels.keypoints", words, item.class_name)
            continue
        if (schema, concept) not in found.links:
            links = [keypoint_schemas.Link(schema, concept)]
            keypoint_schemas.link(actor=state.actor, project=state.project, links=links)
            found.links.add((schema, concept))
        native = {
            "keypoint_class": str(key),
            "x": one.get("x"),
            "y": one.get("y"),
            "visible": one.get("visible", True),
        }
        kept.append(native | {"order": one.get("norder", float(len(kept)))})
    try:
        return encode_keypoints(parse_keypoints(kept))
    except DomainError as error:
        state.report.add("labels.keypoints", f"{error.message} They were left out.", item.class_name)
        return None


def _without_known(state: _Import, rows: Rows) -> Rows:
    """Leave out, and report, labels that their images had before this import: a file that comes again doubles nothing."""
    asked = [row for row, _, is_new in rows if not is_new]
    if not asked:
        return rows
    identities = [_identity(row) for row in asked]
    verdicts = imported_labels.are_known(identities, before=state.began)
    known = {row["id"] for row, is_known in zip(asked, verdicts, strict=True) if is_known}
    if known:
        words = "The image already has an identical label; it was not added again."
        state.report.add("labels", words, count=len(known), code="label_known")
        state.report.labels.left_out += len(known)
    return [one for one in rows if one[0]["id"] not in known]


def _identity(row: Mapping[str, Any]) -> LabelIdentity:
    """Return what makes a label the same as another one; what JSON 1.1 does not say is as labels have it by default."""
    defaults: dict[str, Any] = {"score": None, "is_crowd": False}
    return LabelIdentity._make({**defaults, **row}[name] for name in LabelIdentity._fields)


def _values(
    state: _Import, subject: str, given: Mapping[str, Any], where: str, **keys: uuid.UUID
) -> list[AttributeValue]:
    """Return the attribute values of an image or label; what an attribute refuses is reported."""
    found = []
    for name, value in given.items():
        if value is None:
            continue
        attribute = state.vocabulary.attribute(subject, name)
        if attribute is None:
            state.report.add("attributes", "names no attribute of the file; the value was left out", name)
            continue
        try:
            stored = attributes.parse_value(attribute, state.vocabulary.options[attribute.pk], value)
        except DomainError as error:
            state.report.add(f"attributes.{name}", f"{error.message} The value was left out.", where)
            continue
        found.append(AttributeValue(attribute=attribute, value=stored, **keys))
    return found


def _write_tags(state: _Import, placed: Sequence[_Placed]) -> None:
    """Tag images as the file says."""
    records = []
    for one in placed:
        for group, name in one.item.tags:
            concept = state.vocabulary.tag(group, name)
            if concept is None:
                state.report.tags.left_out += 1
            else:
                records.append((one.media_id, concept, TagRecord(0, 0)))
    if records:
        with state.steps.step():
            imported_tags.write(
                actor=state.actor, project=state.project, job=state.job, report=state.report, records=records
            )
