"""Writes the content of a COCO file: classes, images, labels; in many short transactions whose rows carry the import's job."""

from __future__ import annotations

import functools
import operator
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, repeat
from typing import Any, BinaryIO

from django.utils import timezone

from annotator import events, policy
from annotator.db import bulk
from annotator.domain import ids, keypoints
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import DomainError, Invalid
from annotator.domain.records import ImageRecord, LabelRecord, TagRecord
from annotator.domain.text import counted
from annotator.events import kinds, payloads
from annotator.formats.coco import CocoReader
from annotator.models import (
    Dataset,
    DatasetItem,
    Job,
    Label,
    Media,
    Project,
)
from annotator.models.rows import ImportedLabelRow, LabelIdentity
from annotator.services.exchange.imports import (
    classes as imported_classes,
    labels as imported_labels,
    panoptic,
    sizes as decoded_sizes,
    tags as imported_tags,
)
from annotator.services.exchange.imports.classes import Classes
from annotator.services.exchange.imports.home_datasets import HomeDatasets
from annotator.services.exchange.imports.homes import Homes, path_of
from annotator.services.exchange.imports.sizes import Sizes
from annotator.services.exchange.imports.sources import Images, NoImages
from annotator.services.import_report import ImportReport
from annotator.services.jobs.steps import Steps
from annotator.services.media import (
    batches as media_batches,
    changes as media_changes,
    names as media_names,
    rows as media_rows,
)
from annotator.services.media.rows import Outcome
from annotator.services.projects import projects
from annotator.storage.base import Stored

CHUNK = 1000
_PARTS_MISSING = "Its image or category could not be imported."
_YIELD_SECONDS = 0.002  # between two chunks, so that people's writes get in
Progress = Callable[[float, str], None]


@dataclass(slots=True)
class _Import:
    """One import under way: whose it is, where it goes, what numbers of the file became."""

    actor: Actor
    project: Project
    homes: Homes
    job: Job | None
    steps: Steps
    report: ImportReport
    media_of: dict[int, uuid.UUID] = field(default_factory=dict)
    names: set[tuple[uuid.UUID, str]] = field(default_factory=set)
    #: Images that were here before this import, which may have its labels already, and since when they are others' work.
    older: set[uuid.UUID] = field(default_factory=set)
    began: datetime = field(default_factory=timezone.now)
    classes: Classes = field(init=False)
    sizes: Sizes = field(init=False)
    home_datasets: HomeDatasets = field(init=False)

    def __post_init__(self) -> None:
        self.home_datasets = HomeDatasets(self.project.pk)
        self.classes = Classes(self.actor, self.project, self.report)
        self.sizes = Sizes(self.report)


def run(
    *,
    actor: Actor,
    project: Project,
    dataset: Dataset,
    file: BinaryIO,
    files: Images | None = None,
    job: Job | None = None,
    steps: Steps | None = None,
    progress: Progress | None = None,
    report: ImportReport | None = None,
) -> dict[str, Any]:
    """Import a COCO file into a dataset and return {classes, ...} with the facts of its report.

    `files` are the images of the source. Where it has no file for an image, the image of this name in the dataset is used,
    else a row without bytes is made with health ERROR; a later import completes it.
    Ids of categories, images and annotations become numbers, unless they are in use, and are exported again. A label that its
    image had before the import, with the same class and geometry, is reported and not added again. A broken item goes to the
    report and never ends the import; Invalid only when the file is not COCO. Several files of one import share a `report`.
    """
    report = ImportReport() if report is None else report
    classes = write(
        actor=actor, project=project, homes=Homes(actor, project, dataset), file=file,
        files=NoImages() if files is None else files, report=report, job=job, steps=steps, progress=progress,
    )  # fmt: skip
    return {"classes": len(classes), **report.facts()}


def write(
    *,
    actor: Actor,
    project: Project,
    homes: Homes,
    file: BinaryIO,
    files: Images,
    report: ImportReport,
    masks: Callable[[], Images] = NoImages,
    others: Collection[str] = (),
    job: Job | None = None,
    steps: Steps | None = None,
    progress: Progress | None = None,
) -> set[uuid.UUID]:
    """Import a COCO file as `run` does and return its classes; `others` are files that belong to images of other JSON.

    `homes` are the datasets that its images go into; `masks` returns where the PNGs of a panoptic file are.
    """
    policy.require(actor, project, "import.create")
    report_progress = progress or (lambda share, message: None)
    state = _Import(actor, project, homes, job, steps or Steps(), report)
    reader = CocoReader(file, report=report)
    imported_classes.write(state.classes, reader.categories, "media" if reader.has_tags else "region")
    _keep_head(state, reader)
    files.expect(reader.image_names(), report, others=others)
    images = _write_images(state, reader.images(), files, report_progress)
    reader.correct_sizes(state.sizes.decoded)
    pngs = masks() if reader.is_panoptic else NoImages()
    pngs.expect(reader.mask_names, report)
    records = reader.labels(functools.partial(panoptic.read, pngs))
    labels, tags = _write_labels(state, state.sizes.upright(records), report_progress)
    report.images.left_out += reader.image_count - images
    report.labels.left_out += reader.label_count - labels - tags
    report_progress(1.0, "")
    return state.classes.found


def _keep_head(state: _Import, reader: CocoReader) -> None:
    """Keep info and licenses of the first file imported, for later exports."""
    if (reader.info or reader.licenses) and "coco" not in state.project.settings:
        projects.keep_settings(
            project=state.project, values={"coco": {"info": reader.info, "licenses": reader.licenses}}
        )


def _image_names(state: _Import, records: Iterable[ImageRecord]) -> dict[int, str]:
    """Return the allowed names of images by number; one whose name cannot be kept is reported and left out."""
    names = {}
    for record in records:
        try:
            names[record.number] = media_names.below(record.name, field="file_name")
        except DomainError as error:
            state.report.add("images.file_name", error.message, record.external_id or record.number)
    return names


def _write_images(
    state: _Import, records: Iterator[ImageRecord], files: Images, report_progress: Progress
) -> int:
    """Make or match the images; those with a file are decoded, the others are rows that wait for their bytes."""
    total = 0
    for chunk in chunks(records, 100):
        for dataset, group in state.homes.by_dataset(chunk):
            total += _write_group(state, dataset, group, files)
        report_progress(0.02, counted(total, "image", "images"))
    return total


def _write_group(state: _Import, dataset: Dataset, records: list[ImageRecord], files: Images) -> int:
    """Make or match some images of a dataset and return how many there are; what became of them is reported."""
    names = _image_names(state, records)
    records = [record for record in records if record.number in names]
    items = DatasetItem.objects.filter(dataset=dataset, is_home=True, name__in=names.values())
    known = dict(items.values_list("name", "media_id"))
    are_waiting = items.filter(media__blob=None, media__source_url="")
    waiting = set(are_waiting.values_list("media_id", flat=True)) if known else set()
    # Two images of one name in the file stay two; an existing one counts as the first.
    new, lacking = [], []
    for record in records:
        name = names[record.number]
        if (dataset.pk, name) in state.names or name not in known:
            new.append(record)
        else:
            state.media_of[record.number] = known[name]
            state.older.add(known[name])
            found = files.find(path_of(record)) if known[name] in waiting else None
            if isinstance(found, Stored):
                lacking.append(media_batches.Source(name=name, found=found))
        state.names.add((dataset.pk, name))
    if lacking:
        media_batches.fill_many(actor=state.actor, dataset=dataset, sources=lacking, steps=state.steps)
    sources = [
        media_batches.Source(
            name=names[record.number], found=files.find(path_of(record)),
            number=None if record.external_id else record.number, external_id=imported_classes.fitting(record.external_id, Media),
            width=record.width or 0, height=record.height or 0, metadata={"coco": {"file_name": record.name, **record.extra}},
        )
        for record in new
    ]  # fmt: skip
    made = media_batches.import_many(
        actor=state.actor, dataset=dataset, sources=sources, job=state.job, steps=state.steps
    )
    state.home_datasets.note((outcome.media.pk for outcome in made if outcome.media), dataset.pk)
    changed = {record.number for record in records if record.is_changed}
    for record, source, outcome in zip(new, sources, made, strict=True):
        if _tell_outcome(state, record, source, outcome):
            changed.add(record.number)
    without_bytes = {
        record.number for record, source in zip(new, sources, strict=True) if source.found is None
    }
    decoded = decoded_sizes.read(
        state.media_of[record.number] for record in records if record.number not in without_bytes
    )
    for record in records:
        size = decoded.get(state.media_of[record.number])
        if size is not None and state.sizes.compare(record, names[record.number], size):
            changed.add(record.number)
    state.report.images.imported += len(records)
    state.report.images.changed += len(changed)
    return len(records)


def _tell_outcome(
    state: _Import, record: ImageRecord, source: media_batches.Source, outcome: Outcome
) -> bool:
    """Note the medium of a new image and report what is not as the file says; return whether its name or number changed."""
    medium, is_changed = outcome.media, False
    assert medium is not None
    state.media_of[record.number] = medium.pk
    if outcome.name != source.name:
        words = "Another image of the file has this name; this one was renamed."
        state.report.add("images.file_name", words, f"{source.name} -> {outcome.name}", code="name_taken")
        is_changed = True
    if medium.number != source.number:
        is_fit = 0 <= record.number < media_rows.END_OF_NUMBERS
        reason = imported_classes.new_number_reason("image", record.external_id, is_fit)
        number = record.external_id or record.number
        state.report.add("images.id", reason, f"{number} -> {medium.number}")
        is_changed = True
    if medium.health == "ERROR":
        code = outcome.code or "file_missing"
        state.report.add("images.file_name", medium.health_reason, source.name, code=code)
    return is_changed


_identity_values = operator.attrgetter(*LabelIdentity._fields)


def _write_labels(
    state: _Import, records: Iterator[LabelRecord | TagRecord], report_progress: Progress
) -> tuple[int, int]:
    """Write labels and tags in short transactions; return how many labels are new and how many tags were read."""
    total = tags = 0
    for mixed in chunks(records, CHUNK):
        chunk = [record for record in mixed if isinstance(record, LabelRecord)]
        if len(chunk) < len(mixed):
            tags += _write_tags(state, [record for record in mixed if isinstance(record, TagRecord)])
        imported_classes.ensure_role(state.classes, {record.category_number for record in chunk}, "region")
        keys = ids.uuid7s(len(chunk))
        changed = {key for key, record in zip(keys, chunk, strict=True) if record.is_changed}
        made = map(_label, repeat(state), keys, chunk)
        rows = _without_known(state, [row for row in made if row is not None])
        if rows:
            _insert(state, rows)
        state.report.labels.imported += len(rows)
        state.report.labels.changed += sum(row.id in changed for row in rows) if changed else 0
        total += len(rows)
        report_progress(0.1 + 0.9 * (1 - 1 / (1 + total / 20_000)), counted(total, "label", "labels"))
        time.sleep(_YIELD_SECONDS)
    return total, tags


def _write_tags(state: _Import, records: list[TagRecord]) -> int:
    """Write a chunk's tags and return their number; those without image or class are reported."""
    tag_of = imported_classes.ensure_role(
        state.classes, {record.category_number for record in records}, "media"
    )
    found = []
    for record in records:
        medium, concept = state.media_of.get(record.image_number), tag_of.get(record.category_number)
        if medium is None or concept is None:
            state.report.add("annotations", _PARTS_MISSING)
        else:
            found.append((medium, concept, record))
    with state.steps.step():
        imported_tags.write(
            actor=state.actor, project=state.project, job=state.job, report=state.report, records=found
        )
    state.report.tags.left_out += len(records) - len(found)
    return len(records)


def _insert(state: _Import, rows: list[ImportedLabelRow]) -> None:
    """Write labels and their one event in a transaction."""
    touched = {media_id for media_id, _ in groupby(row.media_id for row in rows)}
    media_ids = [str(key) for key in touched] if len(touched) <= 100 else None
    with state.steps.step():
        revision = events.next_seq(project_id=state.project.pk)
        shared = _shared_columns(state, revision)
        homes = state.home_datasets.of(touched, revision)
        columns = dict(zip(ImportedLabelRow._fields, zip(*rows, strict=True), strict=True))
        columns["dataset_id"] = tuple(map(homes.get, columns["media_id"]))
        bulk.insert_columns(Label, columns, shared)
        media_changes.mark_labels_trashed(state.project.pk, touched)
        summary: payloads.BulkPayload = {"what": "import", "count": len(rows), "media": media_ids}
        events.record(
            actor=state.actor, kind=kinds.BULK, project_id=state.project.pk, after=summary, seq=revision
        )


def _shared_columns(state: _Import, revision: int) -> dict[str, Any]:
    now, user = timezone.now(), state.actor.user_id
    return {
        "project_id": state.project.pk, "z": 0, "tool": "import", "origin": "import", "error": "", "created_by_id": user,
        "updated_by_id": user, "import_job_id": state.job.pk if state.job else None, "created_at": now, "updated_at": now,
        "revision": revision,
    }  # fmt: skip


def _label(state: _Import, key: uuid.UUID, record: LabelRecord) -> ImportedLabelRow | None:
    """Return the row of a label, or None (reported) when its image or class is not here."""
    medium, concept = (
        state.media_of.get(record.image_number),
        state.classes.concept_of.get(record.category_number),
    )
    if medium is None or concept is None:
        state.report.add("annotations", _PARTS_MISSING, record.number)
        return None
    points = _keypoints(state, record) if record.keypoints else None
    x0, y0, x1, y1 = record.box
    return ImportedLabelRow(
        id=key, media_id=medium, concept_id=concept, number=record.number, x0=x0, y0=y0, x1=x1, y1=y1, shape=record.shape,
        points=record.points, mask=record.mask, keypoints=points, given=imported_labels.keep_given(record), score=record.score,
        is_crowd=record.is_crowd, external_id=record.external_id,
    )  # fmt: skip


def _keypoints(state: _Import, record: LabelRecord) -> str | None:
    classes = state.classes.points_of.get(record.category_number, [])
    return keypoints.encode_keypoints(
        keypoints.Keypoint(ids.uuid7(), classes[p.place], p.x, p.y, p.visible, float(p.place))
        for p in record.keypoints or ()
    )


def _without_known(state: _Import, rows: list[ImportedLabelRow]) -> list[ImportedLabelRow]:
    """Leave out, and report, labels that their images had before this import: a file that comes again doubles nothing."""
    asked = [row for row in rows if row.media_id in state.older]
    if not asked:
        return rows
    labels = [LabelIdentity._make(_identity_values(row)) for row in asked]
    verdicts = zip(asked, imported_labels.are_known(labels, before=state.began), strict=True)
    known = {row.id: row.number for row, is_known in verdicts if is_known}
    for number in known.values():
        reason = "The image already has an identical label; it was not added again."
        state.report.add("annotations", reason, "" if number is None else number)
    return [row for row in rows if row.id not in known]


def check_dataset(project: Project, dataset: Dataset) -> None:
    """Refuse a dataset of another project."""
    if dataset.project_id != project.pk:
        raise Invalid("The dataset belongs to another project.", field="dataset_id")
