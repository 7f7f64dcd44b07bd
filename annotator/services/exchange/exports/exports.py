"""Exports: started by people, built by a worker as a zip in flat memory; what a format does not support is reported in it."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.formats import semantic_png
from annotator.models import Concept, ContentType, Dataset, Job, MediaStatus, Project
from annotator.services import security_log
from annotator.services.exchange import paths
from annotator.services.exchange.exports import coco, drawn, hasty, originals, rows as export_rows, videos
from annotator.services.exchange.exports.building import Build, Progress, begin
from annotator.services.exchange.exports.rows import ExportSelection
from annotator.services.jobs import jobs
from annotator.services.media.selection import MediaSelection
from annotator.services.security_log import Kind

#: What projects of images and of addresses are exported as, and what projects of videos are.
IMAGE_FORMATS = ("json_v1.1", "semantic_png", "json_coco", "pascal", "yolo", "images")
VIDEO_FORMATS = ("json_v1.1", "videos")
FORMATS = (*IMAGE_FORMATS, "videos")
REPORT_NAME = paths.REPORT_NAME


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
    semantic_format: str | None = None,
    labels_order: tuple[str, ...] = (),
) -> Job:
    """Queue an export and return its job; its file is kept EXPORT_DAYS. Allowed with `export.create`.

    Of the selected media's labels those of `label_classes` are written, all when it is empty. `name` is what the file
    is called. With `link_origin` (scheme and host) media carry signed addresses, with `include_images` the zip holds the
    image files too. Class maps are written as `semantic_format` (gs_asc), their labels drawn in the order of `labels_order`
    (z_index), what comes later on top. Invalid for an unknown format or option and for ids of another project.
    """
    policy.require(actor, project, "export.create")
    _check_format(format_name, semantic_format, labels_order)
    _check_content_type(project, format_name)
    wanted = ExportSelection(selection, tuple(label_classes))
    _check_selection(project, wanted)
    clean = text.clean(name or "export", field="export_name", limit=100)
    params = {
        "format": format_name,
        "name": clean,
        "origin": link_origin,
        "include_images": include_images,
        "semantic_format": semantic_format,
        "labels_order": list(labels_order),
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


def count(
    *, actor: Actor, project: Project, selection: MediaSelection, label_classes: tuple[uuid.UUID, ...] = ()
) -> tuple[int, int]:
    """Return how many images and labels, or videos and segments, an export of this selection would hold now. Two queries.

    Allowed with `export.create`. Invalid for ids of another project.
    """
    policy.require(actor, project, "export.create")
    wanted = ExportSelection(selection, tuple(label_classes))
    _check_selection(project, wanted)
    media = export_rows.selected_media(project, wanted)
    if project.content_type == ContentType.VIDEOS:
        return media.order_by().count(), export_rows.selected_segments(project, wanted).count()
    return media.order_by().count(), export_rows.selected_labels(project, wanted).order_by().count()


def record_download(job_id: uuid.UUID) -> None:
    """Record in the security log that the file of a job is sent; its signed address names no person."""
    found = Job.all_objects.filter(pk=job_id).values_list("workspace_id", "project_id").first()
    if found is not None:
        details = {"project": str(found[1]), "job": str(job_id)}
        security_log.record(Kind.EXPORT_DOWNLOADED, workspace_id=found[0], details=details)


def _check_format(name: str, semantic_format: str | None, labels_order: tuple[str, ...]) -> None:
    if name not in FORMATS:
        raise Invalid(f"format must be one of {', '.join(FORMATS)} here, not {name}.", field="format")
    if semantic_format is not None and semantic_format not in semantic_png.ENCODINGS:
        raise Invalid(
            f"semantic_format must be one of {', '.join(semantic_png.ENCODINGS)}.", field="semantic_format"
        )
    if not set(labels_order) <= drawn.LABEL_ORDERS.keys() or len(set(labels_order)) < len(labels_order):
        raise Invalid(
            f"labels_order must name each of {', '.join(drawn.LABEL_ORDERS)} at most once.",
            field="labels_order",
        )


def formats_of(project: Project) -> tuple[str, ...]:
    """Return the formats that a project can be exported as."""
    return VIDEO_FORMATS if project.content_type == ContentType.VIDEOS else IMAGE_FORMATS


def _check_content_type(project: Project, name: str) -> None:
    if name not in formats_of(project):
        allowed = ", ".join(formats_of(project))
        raise Invalid(
            f"A project with content type {project.content_type} is exported as {allowed}, not as {name}.",
            field="format",
        )


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


def build(*, project: Project, params: Mapping[str, Any], path: Path, progress: Progress) -> dict[str, Any]:
    """Write the zip of an export to `path` and return its facts {file_name, format, images, labels, size, report}.

    Of a project of videos `videos` and `segments` are counted. `progress(fraction, message)` is called often and may raise to stop. A zip with losses holds REPORT_NAME.
    """
    state = begin(project, params, progress)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        _WRITERS[params["format"]](state, archive)
        if state.include_images and params["format"] in _WITHOUT_IMAGES:
            originals.write_included(state, archive)
        if not state.report.is_empty:
            archive.writestr(REPORT_NAME, orjson.dumps(state.report.as_json(), option=orjson.OPT_INDENT_2))
    return {
        "file_name": file_name(state.name),
        "format": params["format"],
        **_counts(state),
        "size": path.stat().st_size,
        "report": state.report.as_json(),
    }


def _counts(state: Build) -> dict[str, int]:
    if state.is_video:
        return {"videos": state.images, "segments": state.labels}
    return {"images": state.images, "labels": state.labels}


def write_file(
    *,
    actor: Actor,
    project: Project,
    path: Path,
    progress: Progress,
    format_name: str = "json_coco",
    selection: ExportSelection | None = None,
    options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write an export to a file of the server's own disk: for the operator's command alone.

    The zip of `build`; the bare JSON of COCO when the name does not end with .zip, which includes no images; other formats
    need a zip (Invalid). `options` are those of `start` by their names in parameters. A file of that name is replaced once
    the new one is whole. Returns the facts of `build`. Allowed with `export.create`.
    """
    policy.require(actor, project, "export.create")
    wanted = selection or ExportSelection()
    params = {"format": format_name, "name": path.stem, **wanted.as_params(), **(options or {})}
    _check_format(format_name, params.get("semantic_format"), tuple(params.get("labels_order") or ()))
    _check_content_type(project, format_name)
    _check_selection(project, wanted)
    is_zip = path.suffix.lower() == ".zip"
    if format_name != "json_coco" and not is_zip:
        raise Invalid(f"{format_name} is written to a file that ends with .zip.", field="output")
    if params.get("include_images") and not is_zip:
        raise Invalid("Images can only be included in a file that ends with .zip.", field="output")
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        write = build if is_zip else _write_bare
        facts = write(project=project, params=params, path=part, progress=progress)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return facts


def _write_bare(
    *, project: Project, params: Mapping[str, Any], path: Path, progress: Progress
) -> dict[str, Any]:
    state = begin(project, params, progress)
    with path.open("wb") as target:
        for piece in coco.pieces(state):
            target.write(piece)
    return {"images": state.images, "labels": state.labels, "report": state.report.as_json()}


def _write_json(state: Build, archive: zipfile.ZipFile) -> None:
    (videos if state.is_video else hasty).write(state, archive)


_WRITERS: dict[str, Callable[[Build, zipfile.ZipFile], None]] = {
    "json_coco": coco.write,
    "json_v1.1": _write_json,
    "videos": videos.write_files,
    "semantic_png": drawn.write_semantic,
    "pascal": drawn.write_pascal,
    "yolo": drawn.write_yolo,
    "images": originals.write,
}
# Formats whose writers leave the images that are to be included to a pass of their own.
_WITHOUT_IMAGES = ("json_coco", "json_v1.1")
