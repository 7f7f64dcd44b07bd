"""Exports: started by people, built by a worker as a zip in flat memory; what a format does not support is reported in it."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.domain.records import ImageRecord, LabelRecord, LossReport
from annotator.domain.text import counted
from annotator.formats import coco, hasty_json
from annotator.models import Concept, Dataset, Job, MediaStatus, Project
from annotator.services import blobs, security_log
from annotator.services.exchange import paths
from annotator.services.exchange.exports import heads as export_heads, losses, rows as export_rows
from annotator.services.exchange.exports.rows import ExportSelection, Keys, MediaRow
from annotator.services.jobs import jobs
from annotator.services.media import names as media_names, urls as media_urls
from annotator.services.media.selection import MediaSelection
from annotator.services.security_log import Kind

FORMATS = ("json_v1.1", "json_coco", "images")
REPORT_NAME = paths.REPORT_NAME
_CHUNK = 1024 * 1024
Progress = Callable[[float, str], None]


@transaction.atomic
def start(
    *,
    actor: Actor,
    project: Project,
    format_name: str,
    selection: MediaSelection,
    label_classes: tuple[uuid.UUID, ...] = (),
    name: str = "export",
    link_origin: str | None = None,
    include_images: bool = False,
) -> Job:
    """Queue an export and return its job; its file is kept EXPORT_DAYS. Allowed with `export.create`.

    Of the selected media's labels those of `label_classes` are written, all when it is empty. `name` is what the file
    is called. With `link_origin` (scheme and host) media carry signed addresses, with `include_images` the zip holds the
    image files too. Invalid for an unknown format and for ids of another project.
    """
    policy.require(actor, project, "export.create")
    if format_name not in FORMATS:
        raise Invalid(f"format must be one of {', '.join(FORMATS)} here, not {format_name}.", field="format")
    wanted = ExportSelection(selection, tuple(label_classes))
    _check_selection(project, wanted)
    clean = text.clean(name or "export", field="export_name", limit=100)
    params = {
        "format": format_name,
        "name": clean,
        "origin": link_origin,
        "include_images": include_images,
        **wanted.as_params(),
    }
    expires = timezone.now() + timedelta(days=settings.EXPORT_DAYS)
    job = jobs.start(
        actor=actor,
        project=project,
        kind="export",
        params=params,
        expires_at=expires,
    )
    details = {"project": str(project.pk), "job": str(job.pk), "format": format_name}
    security_log.record(Kind.EXPORT_STARTED, actor=actor, workspace_id=project.workspace_id, details=details)
    return job


def record_download(job_id: uuid.UUID) -> None:
    """Record in the security log that the file of a job is sent; its signed address names no person."""
    found = Job.all_objects.filter(pk=job_id).values_list("workspace_id", "project_id").first()
    if found is not None:
        details = {"project": str(found[1]), "job": str(job_id)}
        security_log.record(Kind.EXPORT_DOWNLOADED, workspace_id=found[0], details=details)


def _check_selection(project: Project, selection: ExportSelection) -> None:
    media = selection.media
    tables: tuple[tuple[str, Any, tuple[uuid.UUID, ...] | None], ...] = (
        ("dataset_id", Dataset.objects, media.datasets),
        ("tag", Concept.all_objects.filter(on_media=True), media.tags),
        ("class", Concept.all_objects.filter(on_region=True), selection.label_classes),
        ("status", MediaStatus.all_objects, media.statuses),
    )
    for name, rows, wanted in tables:
        if wanted and rows.filter(project=project, pk__in=wanted).count() != len(set(wanted)):
            raise Invalid(f"{name} names something that this project does not have.", field=name)


def file_name(name: str) -> str:
    """Return the name of the zip of an export called `name`."""
    return f"{paths.safe_part(name)}.zip"


@dataclass(slots=True)
class Build:
    """One export under way: its options, its report and its counts."""

    project: Project
    selection: ExportSelection
    name: str
    origin: str | None
    keys: Keys
    report: LossReport
    progress: Progress
    #: Names carry the folder of their dataset, in files of labels and in archives alike.
    has_folders: bool
    images: int = 0
    labels: int = 0
    used_paths: set[str] = field(default_factory=set)
    folded_paths: set[str] = field(default_factory=set)


def build(*, project: Project, params: Mapping[str, Any], path: Path, progress: Progress) -> dict[str, Any]:
    """Write the zip of an export to `path` and return its facts {file_name, format, images, labels, size, report}.

    `progress(fraction, message)` is called often and may raise to stop. A zip with losses holds REPORT_NAME.
    """
    selection = ExportSelection.from_params(params)
    state = _build(project, selection, params["name"], params.get("origin"), progress)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        _WRITERS[params["format"]](state, archive)
        if params.get("include_images") and params["format"] != "images":
            _write_included(state, archive)
        if not state.report.is_empty:
            archive.writestr(REPORT_NAME, orjson.dumps(state.report.as_json(), option=orjson.OPT_INDENT_2))
    return {
        "file_name": file_name(state.name),
        "format": params["format"],
        "images": state.images,
        "labels": state.labels,
        "size": path.stat().st_size,
        "report": state.report.as_json(),
    }


def _build(
    project: Project, selection: ExportSelection, name: str, origin: str | None, progress: Progress
) -> Build:
    keys = Keys(export_rows.selected_media(project, selection))
    has_folders = export_rows.count_datasets(project, selection) > 1
    return Build(project, selection, name, origin, keys, LossReport(), progress, has_folders)


def _write_entry(
    archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], *, is_packed: bool = False
) -> None:
    """Write an archive entry piece by piece; packed content is stored without compression."""
    entry = zipfile.ZipInfo(name, timezone.now().timetuple()[:6])
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as target:
        for piece in pieces:
            target.write(piece)


# --- COCO ---


def _write_coco(state: Build, archive: zipfile.ZipFile) -> None:
    _write_entry(archive, "annotations.json", coco_pieces(state))


def coco_pieces(state: Build) -> Iterator[bytes]:
    """Yield the COCO file of an export, also for the operator's command."""
    classes = export_rows.categories(state.project)
    total = _report_unsupported(state)
    kept = state.project.settings.get("coco") or {}
    numbers = export_rows.Numbers(state.project)
    batches = export_rows.label_records(state.keys, state.selection, classes, numbers, state.report)
    return coco.write(
        categories=[category.as_record() for category in classes.values()],
        images=_coco_images(state),
        labels=chain.from_iterable(_counted(state, batches, total)),
        report=state.report,
        info=kept.get("info"),
        licenses=kept.get("licenses") or (),
        first_number=numbers.first_free,
        with_colors=True,
    )


def _coco_images(state: Build) -> Iterator[ImageRecord]:
    for row in _media(state, 0.0, 0.2):
        kept = dict(row.metadata.get("coco") or {})
        given = kept.pop("file_name", None)
        name = given if given and media_names.below(given) == row.name else row.name
        if state.has_folders:
            name, kept["dataset_name"] = paths.joined(row.dataset, row.name), row.dataset
        if state.origin:
            kept["public_url"] = _link(state, row)
        known = (row.width, row.height) if row.width and row.height else (None, None)
        yield ImageRecord(row.number, name, row.dataset, known[0], known[1], kept)


def _counted(state: Build, batches: Iterator[list[LabelRecord]], total: int) -> Iterator[list[LabelRecord]]:
    for batch in batches:
        state.labels += len(batch)
        state.progress(
            0.2 + 0.8 * min(1.0, state.labels / max(1, total)), counted(state.labels, "label", "labels")
        )
        yield batch


def _report_unsupported(state: Build) -> int:
    """Report what COCO does not support; return the number of labels."""
    words = {
        "z_index": "the z-order is not supported by COCO",
        "external_id": "external ids of labels are not supported by COCO",
        "second_shape": "a label has a mask and a polygon; COCO takes the mask",
        "attributes": "values of attributes are not supported by COCO",
        "tagged": "tags of images are not supported by COCO",
        "statuses": "statuses are not supported by COCO",
        "media_external_id": "external ids of images are not supported by COCO",
    }
    total, counts = losses.count_unsupported(state.project, state.selection)
    for what, count in counts.items():
        if count:
            state.report.add(what, words[what], count=count)
    return total


def write_file(
    *, actor: Actor, project: Project, path: Path, progress: Progress, include_images: bool = False
) -> dict[str, Any]:
    """Write a whole project as COCO to a file of the server's own disk: for the operator's command alone.

    The zip of `build` when the name ends with .zip, else the bare JSON, which cannot include images (Invalid). A file of that name is replaced once the new
    one is whole. Returns the facts of `build`. Allowed with `export.create`.
    """
    policy.require(actor, project, "export.create")
    if include_images and path.suffix.lower() != ".zip":
        raise Invalid("Images can only be included in a file that ends with .zip.", field="output")
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        if path.suffix.lower() == ".zip":
            params = {
                "format": "json_coco",
                "name": path.stem,
                "include_images": include_images,
                **ExportSelection().as_params(),
            }
            facts = build(project=project, params=params, path=part, progress=progress)
        else:
            facts = _write_bare(project, path.stem, part, progress)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return facts


def _write_bare(project: Project, name: str, path: Path, progress: Progress) -> dict[str, Any]:
    state = _build(project, ExportSelection(), name, None, progress)
    with path.open("wb") as target:
        for piece in coco_pieces(state):
            target.write(piece)
    return {"images": state.images, "labels": state.labels, "report": state.report.as_json()}


# --- Hasty's JSON ---


def _write_json(state: Build, archive: zipfile.ZipFile) -> None:
    head = export_heads.head(state.project)
    pieces = hasty_json.write(
        head=head, images=_entries(state), report=state.report, keypoint_names=export_heads.point_names(head)
    )
    _write_entry(archive, f"{paths.safe_part(state.name)}.json", pieces)


def _entries(state: Build) -> Iterator[hasty_json.ImageEntry]:
    names = dict(Concept.all_objects.filter(project=state.project).values_list("pk", "name"))
    words = export_heads.option_texts(state.project)
    has_values = bool(words) or state.project.attributes.exists()
    done = 0
    for chunk in state.keys.chunks():
        rows = export_rows.read_media(chunk)
        tags = export_rows.tags_of(chunk)
        values = export_rows.attributes_of(chunk, words) if has_values else {}
        labels = export_heads.entries(chunk, state.selection.label_classes, names, values, state.report)
        for row in rows:
            own = labels.pop(row.id, [])
            state.labels += len(own)
            state.images += 1
            groups: dict[str, list[str]] = {}
            for tag, group in tags.get(row.id, ()):
                groups.setdefault(group or "Default", []).append(tag)
            yield hasty_json.ImageEntry(
                id=str(row.id), name=row.name, dataset=row.dataset, width=row.width, height=row.height, mode=row.mode,
                status=row.status, labels=own, tags=[tag for tag, _ in tags.get(row.id, ())], tag_groups=groups,
                attributes=values.get(row.id, {}), public_url=_link(state, row) if state.origin else None,
            )  # fmt: skip
        done += len(chunk)
        state.progress(done / len(state.keys), counted(done, "image", "images"))


# --- original files ---


def _write_images(state: Build, archive: zipfile.ZipFile) -> None:
    _write_files(state, archive, _media(state, 0.0, 1.0))


def _write_included(state: Build, archive: zipfile.ZipFile) -> None:
    """Write the images of an export of labels beside them."""
    done = 0
    for chunk in state.keys.chunks():
        _write_files(state, archive, export_rows.read_media(chunk), folder="images/")
        done += len(chunk)
        state.progress(done / len(state.keys), f"{done:,} image files")


def _write_files(
    state: Build, archive: zipfile.ZipFile, rows: Iterable[MediaRow], *, folder: str = ""
) -> None:
    store = blobs.store()
    for row in rows:
        where = folder + _free_path(state, row)
        if row.sha256 is None:
            state.report.add("images", "the file is not kept here", where)
            continue
        try:
            source = store.open(row.sha256)
        except FileNotFoundError:
            state.report.add("images", "the file is not in storage", where)
            continue
        with source:
            _write_entry(archive, where, _pieces(source), is_packed=True)


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: source.read(_CHUNK), b"")


def _free_path(state: Build, row: MediaRow) -> str:
    """Return the path of an image in a zip: its name in safe parts, numbered when another one has exactly this path."""
    name = paths.joined(row.dataset, row.name) if state.has_folders else row.name
    path = paths.safe_path(name)
    stem, dot, ending = path.rpartition(".")
    if not dot or "/" in ending:
        stem, ending = path, ""
    number = 1
    while path in state.used_paths:
        number += 1
        path = f"{stem} ({number}){dot if ending else ''}{ending}"
    if number > 1:
        state.report.add("images", "another image has this path in the archive; this one was renamed", path)
    elif path.casefold() in state.folded_paths:
        words = (
            "the name of another image differs only in upper and lower case: not every system can unpack both"
        )
        state.report.add("images", words, path)
    state.used_paths.add(path)
    state.folded_paths.add(path.casefold())
    return path


# --- shared ---


def _media(state: Build, low: float, high: float) -> Iterator[MediaRow]:
    """Yield the media of an export and report progress from `low` to `high`."""
    for chunk in state.keys.chunks():
        rows = export_rows.read_media(chunk)
        for row in rows:
            state.images += 1
            yield row
        state.progress(
            low + (high - low) * min(1.0, state.images / max(1, len(state.keys))),
            counted(state.images, "image", "images"),
        )


def _link(state: Build, row: MediaRow) -> str | None:
    """Return the absolute signed address of an original, by the host that the export was asked at. No query."""
    address = media_urls.original_of(row.id, row.name, sha256=row.sha256, source_url=row.source_url)
    return f"{state.origin}{address}" if address and address.startswith("/") else address


_WRITERS: dict[str, Callable[[Build, zipfile.ZipFile], None]] = {
    "json_coco": _write_coco,
    "json_v1.1": _write_json,
    "images": _write_images,
}
