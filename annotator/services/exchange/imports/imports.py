"""Starts imports: from an upload of a person, or from a path by the operator's command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.formats import label_files
from annotator.models import Dataset, Job, Project, Upload
from annotator.services.exchange.imports import coco as coco_imports, opening
from annotator.services.jobs import jobs
from annotator.services.media import uploads
from annotator.services.projects import datasets

KINDS = {"coco": "import_coco"}


def kind_of(format_name: str) -> str:
    """Return the job kind of a format, or Invalid with the known ones."""
    if format_name not in KINDS:
        raise Invalid(f"format must be one of {', '.join(KINDS)}.", field="format")
    return KINDS[format_name]


@transaction.atomic
def start(
    *,
    actor: Actor,
    project: Project,
    upload: Upload,
    dataset: Dataset | None = None,
    new_dataset: str = "",
    format_name: str = "coco",
) -> Job:
    """Queue the import of an uploaded .json, .json.gz or .zip; the upload is used up.

    A file goes into `dataset`, or into a new one of the name `new_dataset`, which must be free. An archive with several
    annotation files makes or completes a dataset for each instead.
    """
    policy.require(actor, project, "import.create")
    if dataset is None:
        new_dataset = datasets.check_name(project=project, name=new_dataset)
    params = take_upload(project, upload, field="upload_id")
    return _start(actor, project, dataset, new_dataset, format_name, params)


def take_upload(project: Project, upload: Upload, *, field: str) -> dict[str, Any]:
    """Use up an upload of the project and return its file as parameters of a job. Raises Invalid, with the caller's `field`."""
    if upload.project_id != project.pk or upload.state != "stored" or upload.blob_id is None:
        raise Invalid("This upload holds no file (any more).", field=field)
    uploads.consume(upload)
    return {"blob": str(upload.blob_id), "name": upload.name}


def check_path(*, path: Path, images: Path | None, format_name: str) -> list[str]:
    """Return the names of the datasets that the several annotation files of a path are for; [] for a single file.

    Raises Invalid or TooLarge when there is nothing to import at a path of the server's own disk. Looks the files through.
    """
    kind_of(format_name)
    if images is not None and not images.is_dir():
        raise Invalid(f"There is no folder {images}.", field="images")
    with opening.open_source(path, images) as opened:
        if len(opened) == 1:
            label_files.check(opened[0].json)
        return [one.split for one in opened if one.split is not None]


@transaction.atomic
def start_from_path(
    *,
    actor: Actor,
    project: Project,
    path: Path,
    dataset: Dataset | None = None,
    new_dataset: str = "",
    images: Path | None = None,
    format_name: str = "coco",
) -> Job:
    """Write the job of an import from the server's own disk. For the operator's commands only: nothing here checks the path.

    `dataset` and `new_dataset` as for `start`, but a dataset of the name may be there.
    """
    policy.require(actor, project, "import.create")
    if dataset is None:
        new_dataset = datasets.check_name(project=project, name=new_dataset, must_be_free=False)
    params = {"path": str(path.resolve()), "images": str(images.resolve()) if images else ""}
    return _start(actor, project, dataset, new_dataset, format_name, params)


def _start(
    actor: Actor,
    project: Project,
    dataset: Dataset | None,
    new_dataset: str,
    format_name: str,
    params: dict[str, str],
) -> Job:
    if dataset is not None:
        coco_imports.check_dataset(project, dataset)
    params |= {"dataset": str(dataset.pk) if dataset else "", "new_dataset": new_dataset}
    return jobs.start(
        actor=actor, workspace=project.workspace, project=project, kind=kind_of(format_name), params=params
    )
