"""Writes the content of a COCO file: classes, images, labels; in many short transactions whose rows carry the import's job."""

from __future__ import annotations

import operator
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from annotator import events, policy
from annotator.db import bulk
from annotator.domain import ids, keypoints, text
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import DomainError, Invalid
from annotator.domain.records import CategoryRecord, ImageRecord, LabelRecord, TagRecord
from annotator.events import kinds
from annotator.formats.coco import CocoReader
from annotator.models import (
    Concept,
    Dataset,
    DatasetItem,
    Job,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    Label,
    Media,
    Project,
    SkeletonEdge,
)
from annotator.models.rows import ImportedLabelRow, LabelIdentity
from annotator.services import naming
from annotator.services.exchange.imports import (
    labels as imported_labels,
    sizes as decoded_sizes,
    tags as imported_tags,
)
from annotator.services.exchange.imports.sizes import Sizes
from annotator.services.exchange.imports.sources import Images, NoImages
from annotator.services.import_report import ImportReport
from annotator.services.media import batches as media_batches, names as media_names, rows as media_rows
from annotator.services.projects import projects
from annotator.services.vocabulary import concepts
from annotator.storage.base import Stored

CHUNK = 500
_END_OF_CLASSES = 2**31
_PARTS_MISSING = "Its image or category could not be imported."
_YIELD_SECONDS = 0.002  # between two chunks, so that people's writes get in
Progress = Callable[[float, str], None]


@dataclass(slots=True)
class _Import:
    """One import under way: whose it is, where it goes, what numbers of the file became."""

    actor: Actor
    project: Project
    dataset: Dataset
    job: Job | None
    report: ImportReport
    #: Classes of regions and tags by the category of the file; one of the two is filled when it is needed.
    concept_of: dict[int, uuid.UUID] = field(default_factory=dict)
    tag_of: dict[int, uuid.UUID] = field(default_factory=dict)
    points_of: dict[int, list[uuid.UUID]] = field(default_factory=dict)
    media_of: dict[int, uuid.UUID] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    #: Images that were here before this import, which may have its labels already, and since when they are others' work.
    older: set[uuid.UUID] = field(default_factory=set)
    began: datetime = field(default_factory=timezone.now)
    sizes: Sizes = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = Sizes(self.report)


def run(
    *,
    actor: Actor,
    project: Project,
    dataset: Dataset,
    file: BinaryIO,
    files: Images | None = None,
    job: Job | None = None,
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
    policy.require(actor, project, "import.create")
    report_progress = progress or (lambda share, message: None)
    report = ImportReport() if report is None else report
    state = _Import(actor, project, dataset, job, report)
    reader = CocoReader(file, report=report)
    _write_categories(state, reader.categories, "media" if reader.has_tags else "region")
    _keep_head(state, reader)
    files = NoImages() if files is None else files
    files.expect(reader.image_names(), report)
    images = _write_images(state, reader.images(), files, report_progress)
    reader.correct_sizes(state.sizes.decoded)
    labels, tags = _write_labels(state, state.sizes.upright(reader.labels()), report_progress)
    report.images.left_out += reader.image_count - images
    report.labels.left_out += reader.label_count - labels - tags
    report_progress(1.0, "")
    return {"classes": len({*state.concept_of.values(), *state.tag_of.values()}), **report.facts()}


def _keep_head(state: _Import, reader: CocoReader) -> None:
    """Keep info and licenses of the first file imported, for later exports."""
    if (reader.info or reader.licenses) and "coco" not in state.project.settings:
        projects.keep_settings(
            project=state.project, values={"coco": {"info": reader.info, "licenses": reader.licenses}}
        )


@transaction.atomic
def _write_categories(state: _Import, records: Iterable[CategoryRecord], role: str) -> None:
    """Match categories to classes by name, make those that are missing, with the file's numbers where they are free.

    `role` is what most of the file's annotations need: "region" or "media".
    """
    project = state.project
    # Of two rows of one name, the one with the role comes last and counts.
    here = list(Concept.all_objects.filter(project=project).order_by(f"on_{role}", "pk"))
    rows, used = {row.name_key: row for row in here}, {row.number for row in here}
    seen: set[uuid.UUID] = set()
    of_role = state.concept_of if role == "region" else state.tag_of
    for record in records:
        try:
            name = text.clean(record.name, field="name", limit=200)
        except DomainError as error:
            state.report.add("categories.name", error.message, record.external_id or record.number)
            continue
        concept = rows.get(text.name_key(name))
        if concept is not None and concept.pk in seen:
            words = "Another category has this name; case and spaces around it do not count. Both became one class."
            place = f"{record.number} ({record.name}) -> {concept.name}"
            state.report.add("categories.name", words, place, code="categories_merged")
        elif concept is not None and concept.number != record.number and not record.external_id:
            state.report.add(
                "categories.id",
                "The class is here under another number.",
                f"{record.number} -> {concept.number}",
            )
        if concept is None:
            is_fit = 0 <= record.number < _END_OF_CLASSES
            number = record.number if is_fit and record.number not in used else None
            if number is None:
                reason = _new_number_reason("class", record.external_id, is_fit)
                state.report.add("categories.id", reason, record.external_id or record.number)
            extra = {"coco": {"supercategory": record.supercategory, **record.extra}}
            concept = concepts.create(
                actor=state.actor, project=project, name=name, roles=(role,), number=number, color=record.color, extra=extra,
                external_id=_fitting(record.external_id, Concept),
            )  # fmt: skip
            rows[concept.name_key] = concept
            used.add(concept.number)
        else:
            _tell_unlike(state, concept, record)
            if not getattr(concept, f"on_{role}"):
                concepts.give_role(actor=state.actor, concept=concept, role=role)
        of_role[record.number] = concept.pk
        seen.add(concept.pk)
        if record.keypoints:
            state.points_of[record.number] = _keypoint_classes(state, concept, record)


def _ensure_roles(state: _Import, numbers: Iterable[int], role: str) -> dict[int, uuid.UUID]:
    """Return the classes of a role by category; gives it to those of `numbers` that have the other role so far."""
    here, there = (state.concept_of, state.tag_of) if role == "region" else (state.tag_of, state.concept_of)
    for number in {number for number in numbers if number not in here and number in there}:
        concept = Concept.all_objects.get(pk=there[number])
        rows = Concept.all_objects.filter(project=state.project, name_key=concept.name_key)
        same = rows.filter(**{f"on_{role}": True}).first()
        here[number] = (same or concepts.give_role(actor=state.actor, concept=concept, role=role)).pk
    return here


def _new_number_reason(noun: str, external_id: str, is_fit: bool) -> str:
    """Return why an object does not have the number of the file."""
    if external_id:
        return f"The id is text: the {noun} got a number and keeps the text as its external ID."
    return (
        f"The number is already used by another {noun}." if is_fit else "The number is negative or too large."
    )


def _fitting(external_id: str, model: type[Concept | Media]) -> str:
    """Return the id of a file if the column holds it."""
    limit = model._meta.get_field("external_id").max_length or 0
    return external_id if len(external_id) <= limit else ""


def _tell_unlike(state: _Import, concept: Concept, record: CategoryRecord) -> None:
    """Report fields of the file that an existing class lacks or has with another value."""
    kept = concept.extra.get("coco") or {}
    values = {**record.extra, "supercategory": record.supercategory}
    if record.color:
        values["color"] = (
            record.color
        )  # `extra` has it as the file writes it: in capitals, or as three numbers
    for key, value in values.items():
        here = concept.color.lower() if key == "color" and record.color else kept.get(key)
        if value is not None and value != here:
            state.report.add(
                f"categories.{key}", "The class is here already and stays as it is.", concept.name
            )


def _keypoint_classes(state: _Import, concept: Concept, record: CategoryRecord) -> list[uuid.UUID]:
    """Return the ids of the category's keypoint classes by index; makes a schema of the class's name when there is none."""
    binding = (
        KeypointBinding.all_objects.filter(concept=concept).select_related("schema").order_by("order").first()
    )
    names = _point_names(state, record)
    if binding is not None:
        stored = {row.name_key: row.pk for row in KeypointClass.all_objects.filter(schema=binding.schema)}
        if all(text.name_key(name) in stored for name in names):
            found = [stored[text.name_key(name)] for name in names]
            edges = SkeletonEdge.all_objects.filter(schema=binding.schema).values_list("a_id", "b_id")
            if {(found[a], found[b]) for a, b in record.skeleton} != set(edges):
                reason = "The class has a skeleton already and keeps it."
                state.report.add("categories.skeleton", reason, concept.name)
            return found
    rows = KeypointSchema.all_objects.filter(project=state.project)
    title = naming.free_name(rows, concept.name)
    schema = KeypointSchema.all_objects.create(
        project=state.project,
        name=title,
        name_key=text.name_key(title),
        kind="pose",
        created_by_id=state.actor.user_id,
    )
    made = [
        KeypointClass(
            schema=schema,
            name=name,
            name_key=text.name_key(name),
            order=float(index),
            created_by_id=state.actor.user_id,
        )
        for index, name in enumerate(names)
    ]
    KeypointClass.all_objects.bulk_create(made)
    SkeletonEdge.all_objects.bulk_create(
        SkeletonEdge(schema=schema, a=made[a], b=made[b], order=index)
        for index, (a, b) in enumerate(record.skeleton)
    )
    KeypointBinding.all_objects.create(schema=schema, concept=concept)
    return [row.pk for row in made]


def _point_names(state: _Import, record: CategoryRecord) -> list[str]:
    """Return the names of a category's points, each allowed and unlike the others; what had to change is reported."""
    names: list[str] = []
    used: set[str] = set()
    for index, given in enumerate(record.keypoints, 1):
        try:
            wanted = text.clean(given, field="keypoints", limit=200)
        except DomainError as error:
            state.report.add("categories.keypoints", error.message, given)
            wanted = f"point {index}"
        name = naming.free_among(used, wanted)
        if name != wanted:
            state.report.add("categories.keypoints", "Another point has this name.", f"{given} -> {name}")
        used.add(text.name_key(name))
        names.append(name)
    return names


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
        names = _image_names(state, chunk)
        chunk = [record for record in chunk if record.number in names]
        items = DatasetItem.objects.filter(dataset=state.dataset, is_home=True, name__in=names.values())
        known = dict(items.values_list("name", "media_id"))
        waiting = set(items.filter(media__blob=None).values_list("media_id", flat=True))
        # Two images of one name in the file stay two; an existing one counts as the first.
        new, lacking = [], []
        for record in chunk:
            name = names[record.number]
            if name in state.names or name not in known:
                new.append(record)
            else:
                state.media_of[record.number] = known[name]
                state.older.add(known[name])
                found = files.find(record.name) if known[name] in waiting else None
                if isinstance(found, Stored):
                    lacking.append(media_batches.Source(name=name, found=found))
            state.names.add(name)
        if lacking:
            media_batches.fill_many(actor=state.actor, dataset=state.dataset, sources=lacking)
        sources = [
            media_batches.Source(
                name=names[record.number], found=files.find(record.name),
                number=None if record.external_id else record.number, external_id=_fitting(record.external_id, Media),
                width=record.width or 0, height=record.height or 0, metadata={"coco": {"file_name": record.name, **record.extra}},
            )
            for record in new
        ]  # fmt: skip
        made = media_batches.import_many(
            actor=state.actor, dataset=state.dataset, sources=sources, job=state.job
        )
        changed = {record.number for record in chunk if record.is_changed}
        for record, source, outcome in zip(new, sources, made, strict=True):
            medium = outcome.media
            assert medium is not None
            state.media_of[record.number] = medium.pk
            if outcome.name != source.name:
                words = "Another image of the file has this name; this one was renamed."
                state.report.add(
                    "images.file_name", words, f"{source.name} -> {outcome.name}", code="name_taken"
                )
                changed.add(record.number)
            if medium.number != source.number:
                is_fit = 0 <= record.number < media_rows.END_OF_NUMBERS
                reason = _new_number_reason("image", record.external_id, is_fit)
                number = record.external_id or record.number
                state.report.add("images.id", reason, f"{number} -> {medium.number}")
                changed.add(record.number)
            if medium.health == "ERROR":
                state.report.add(
                    "images.file_name", medium.health_reason, source.name, code=outcome.code or "file_missing"
                )
        decoded = decoded_sizes.read(state.media_of[record.number] for record in chunk)
        for record in chunk:
            size = decoded.get(state.media_of[record.number])
            if size is not None and state.sizes.compare(record, names[record.number], size):
                changed.add(record.number)
        state.report.images.imported += len(chunk)
        state.report.images.changed += len(changed)
        total += len(chunk)
        report_progress(0.02, f"{total:,} images")
    return total


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
        _ensure_roles(state, {record.category_number for record in chunk}, "region")
        keys = ids.uuid7s(len(chunk))
        changed = {key for key, record in zip(keys, chunk, strict=True) if record.is_changed}
        made = map(_label, repeat(state), keys, chunk)
        rows = _without_known(state, [row for row in made if row is not None])
        if rows:
            _insert(state, rows)
        state.report.labels.imported += len(rows)
        state.report.labels.changed += sum(row.id in changed for row in rows) if changed else 0
        total += len(rows)
        report_progress(0.1 + 0.9 * (1 - 1 / (1 + total / 20_000)), f"{total:,} labels")
        time.sleep(_YIELD_SECONDS)
    return total, tags


def _write_tags(state: _Import, records: list[TagRecord]) -> int:
    """Write a chunk's tags and return their number; those without image or class are reported."""
    tag_of = _ensure_roles(state, {record.category_number for record in records}, "media")
    found = []
    for record in records:
        medium, concept = state.media_of.get(record.image_number), tag_of.get(record.category_number)
        if medium is None or concept is None:
            state.report.add("annotations", _PARTS_MISSING)
        else:
            found.append((medium, concept, record))
    imported_tags.write(
        actor=state.actor, project=state.project, job=state.job, report=state.report, records=found
    )
    state.report.tags.left_out += len(records) - len(found)
    return len(records)


def _insert(state: _Import, rows: list[ImportedLabelRow]) -> None:
    """Write labels and their one event in a transaction."""
    touched = {row.media_id for row in rows}
    media_ids = [str(key) for key in touched] if len(touched) <= 100 else None
    with transaction.atomic():
        revision = events.next_seq(project_id=state.project.pk)
        shared = _shared_columns(state, revision)
        columns = (*ImportedLabelRow._fields, *shared)
        bulk.insert(Label, columns, [(*row, *shared.values()) for row in rows])
        summary: kinds.BulkPayload = {"what": "import", "count": len(rows), "media": media_ids}
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
    medium, concept = state.media_of.get(record.image_number), state.concept_of.get(record.category_number)
    if medium is None or concept is None:
        state.report.add("annotations", _PARTS_MISSING, record.number)
        return None
    points = None
    if record.keypoints:
        classes = state.points_of.get(record.category_number, [])
        points = keypoints.encode_keypoints(
            keypoints.Keypoint(ids.uuid7(), classes[p.place], p.x, p.y, p.visible, float(p.place))
            for p in record.keypoints
        )
    x0, y0, x1, y1 = record.box
    return ImportedLabelRow(
        id=key, media_id=medium, concept_id=concept, number=record.number, x0=x0, y0=y0, x1=x1, y1=y1, shape=record.shape,
        points=record.points, mask=record.mask, keypoints=points, given=imported_labels.keep_given(record), score=record.score,
        is_crowd=record.is_crowd, external_id=record.external_id,
    )  # fmt: skip


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
