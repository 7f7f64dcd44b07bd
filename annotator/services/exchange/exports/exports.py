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
from annotator.models import Concept, Dataset, Job, MediaStatus, Project
from annotator.services import security_log
from annotator.services.exchange import paths
from annotator.services.exchange.exports import coco, hasty, originals
from annotator.services.exchange.exports.building import Build, Progress, begin
from annotator.services.exchange.exports.rows import ExportSelection
from annotator.services.jobs import jobs
from annotator.services.media.selection import MediaSelection
from annotator.services.security_log import Kind

FORMATS = ("json_v1.1", "json_coco", "images")
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


def build(*, project: Project, params: Mapping[str, Any], path: Path, progress: Progress) -> dict[str, Any]:
    """Write the zip of an export to `path` and return its facts {file_name, format, images, labels, size, report}.

    `progress(fraction, message)` is called often and may raise to stop. A zip with losses holds REPORT_NAME.
    """
    selection = ExportSelection.from_params(params)
    state = begin(project, selection, params["name"], params.get("origin"), progress)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        _WRITERS[params["format"]](state, archive)
        if params.get("include_images") and params["format"] != "images":
            originals.write_included(state, archive)
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
    state = begin(project, ExportSelection(), name, None, progress)
    with path.open("wb") as target:
        for piece in coco.pieces(state):
            target.write(piece)
    return {"images": state.images, "labels": state.labels, "report": state.report.as_json()}


_WRITERS: dict[str, Callable[[Build, zipfile.ZipFile], None]] = {
    "json_coco": coco.write,
    "json_v1.1": hasty.write,
    "images": originals.write,
}
