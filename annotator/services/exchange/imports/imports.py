"""Starts imports: from an upload of a person, or from a path by the operator's command."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.domain.records import LossReport
from annotator.formats.coco import CocoReader
from annotator.models import Dataset, Job, Project, Upload
from annotator.services.exchange.imports import coco as coco_imports, sources as import_sources
from annotator.services.jobs import jobs
from annotator.services.media import uploads

KINDS = {"coco": "import_coco"}


def kind_of(format_name: str) -> str:
    """Return the job kind of a format, or Invalid with the known ones."""
    if format_name not in KINDS:
        raise Invalid(f"format must be one of {', '.join(KINDS)}.", field="format")
    return KINDS[format_name]


@transaction.atomic
def start(
    *, actor: Actor, project: Project, dataset: Dataset, upload: Upload, format_name: str = "coco"
) -> Job:
    """Queue the import of an uploaded .json or .zip; the upload is used up."""
    policy.require(actor, project, "import.create")
    coco_imports.check_dataset(project, dataset)
    if upload.project_id != project.pk or upload.state != "stored" or upload.blob_id is None:
        raise Invalid("This upload holds no file (any more).", field="upload_id")
    uploads.consume(upload)
    params = {"blob": str(upload.blob_id), "name": upload.name, "dataset": str(dataset.pk)}
    return jobs.start(
        actor=actor, workspace=project.workspace, project=project, kind=kind_of(format_name), params=params
    )


def check_path(*, path: Path, images: Path | None, format_name: str) -> None:
    """Raise Invalid or TooLarge when there is nothing to import at a path of the server's own disk. Looks the file through."""
    kind_of(format_name)
    if images is not None and not images.is_dir():
        raise Invalid(f"There is no folder {images}.", field="images")
    with import_sources.open_source(path, images) as opened:
        CocoReader(opened.json, report=LossReport())


@transaction.atomic
def start_from_path(
    *,
    actor: Actor,
    project: Project,
    dataset: Dataset,
    path: Path,
    images: Path | None = None,
    format_name: str = "coco",
) -> Job:
    """Write the job of an import from the server's own disk. For the operator's commands only: nothing here checks the path."""
    policy.require(actor, project, "import.create")
    coco_imports.check_dataset(project, dataset)
    params = {
        "path": str(path.resolve()),
        "images": str(images.resolve()) if images else "",
        "dataset": str(dataset.pk),
    }
    return jobs.start(
        actor=actor, workspace=project.workspace, project=project, kind=kind_of(format_name), params=params
    )
