"""Datasets of an account: each in a hidden project of its own (origin "catalog"), and projects that are made of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing
from annotator.models import Blob, ContentType, Dataset, Job, Project, Workspace
from annotator.services import addresses
from annotator.services.jobs import jobs
from annotator.services.media import archives
from annotator.services.projects import datasets, projects

ORIGIN = "catalog"
#: The job that copies a dataset into a project.
ADOPT = "adopt_dataset"
#: The tag group of the folders of an archive, when no other is named.
CLASS_GROUP = "class"
_MOST_NAME = 200


def visible(actor: Actor) -> QuerySet[Dataset]:
    """Return the datasets of the catalog that the actor sees, with their projects."""
    found: QuerySet[Dataset] = Dataset.objects.visible_to(actor).filter(project__origin=ORIGIN)
    return found.select_related("project")


def find(*, actor: Actor, dataset_id: uuid.UUID) -> Dataset:
    """Return a dataset that the actor sees, of the catalog or of a project, with its project. Raises Missing."""
    rows = Dataset.objects.visible_to(actor).select_related("project")
    found: Dataset | None = rows.filter(pk=dataset_id).first()
    if found is None:
        raise Missing("There is no such dataset.")
    return found


@transaction.atomic
def create(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    description: str = "",
    metadata: Mapping[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
) -> Dataset:
    """Make an empty dataset in a hidden project of its own. Allowed with `project.create`."""
    project = projects.create(
        actor=actor,
        workspace=workspace,
        name=name[:_MOST_NAME],
        description=description,
        origin=ORIGIN,
        settings=settings,
    )
    return datasets.create(
        actor=actor, project=project, name=name, description=description, metadata=metadata
    )


@transaction.atomic
def update(*, actor: Actor, dataset: Dataset, changes: Mapping[str, Any]) -> Dataset:
    """Change name and description of a dataset, and of its hidden project. Allowed with `dataset.write`."""
    changed = datasets.update(actor=actor, dataset=dataset, changes=changes)
    if dataset.project.origin == ORIGIN:
        values = {"name": changed.name[:_MOST_NAME]} if "name" in changes else {}
        values |= {"description": changed.description} if "description" in changes else {}
        projects.update(actor=actor, project=dataset.project, changes=values)
    return changed


def delete(*, actor: Actor, dataset: Dataset) -> None:
    """Move a dataset to the trash, one of the catalog with its hidden project. Allowed with `media.delete`."""
    if dataset.project.origin != ORIGIN:
        datasets.trash(actor=actor, dataset=dataset)
        return
    policy.require(actor, dataset.project, "media.delete")
    with transaction.atomic():
        projects.mark_trashed(actor, dataset.project)


def create_from_archive(
    *, actor: Actor, workspace: Workspace, name: str, source: Blob | str, file_name: str = ""
) -> tuple[Dataset, Job]:
    """Make a dataset and start the import of an archive of class folders into it; `source` is its bytes or address.

    Allowed with `project.create`. Raises Invalid for an address that may not be asked.
    """
    _check(source)
    with transaction.atomic():
        dataset = create(actor=actor, workspace=workspace, name=name)
        return dataset, _start(actor, dataset, source, file_name or name)


def create_project_from_archive(
    *, actor: Actor, workspace: Workspace, name: str, source: Blob | str, file_name: str = ""
) -> tuple[Project, Job]:
    """Make a project with one dataset and start the import of an archive of class folders into it.

    As `create_from_archive`. A job that fails leaves the project, empty, and says why.
    """
    _check(source)
    with transaction.atomic():
        project = projects.create(actor=actor, workspace=workspace, name=name)
        dataset = datasets.create(actor=actor, project=project, name=file_name or name)
        return project, _start(actor, dataset, source, file_name or name)


@transaction.atomic
def create_project(
    *, actor: Actor, dataset: Dataset, name: str, settings: dict[str, Any] | None = None
) -> tuple[Project, Job]:
    """Make a project of a dataset and start the job that copies its images into it; the dataset stays as it is.

    Images keep their names, numbers, metadata and tags, and share their bytes with the dataset. Allowed with
    `project.create` in the dataset's workspace. Raises Invalid for a dataset of videos.
    """
    if dataset.project.content_type != ContentType.IMAGES:
        raise Invalid("Only datasets of images can become a project.", field="dataset", code="content_type")
    workspace = dataset.project.workspace
    policy.require(actor, workspace, "project.create")
    project = projects.create(actor=actor, workspace=workspace, name=name, settings=settings)
    copy = datasets.create(
        actor=actor,
        project=project,
        name=dataset.name,
        description=dataset.description,
        metadata=dataset.metadata,
    )
    params = {"name": dataset.name, "source": str(dataset.pk), "dataset": str(copy.pk)}
    return project, jobs.start(actor=actor, project=project, kind=ADOPT, params=params)


def _check(source: Blob | str) -> None:
    if isinstance(source, str):
        addresses.check(source)


def _start(actor: Actor, dataset: Dataset, source: Blob | str, name: str) -> Job:
    return archives.start(
        actor=actor, dataset=dataset, source=source, name=name, on_clash="number", tag_group=CLASS_GROUP
    )
