"""What the commands of the operator find or make by name: a workspace's project, a dataset, and the account they act as."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing
from annotator.models import Concept, Dataset, MediaStatus, Project, Role, Workspace
from annotator.services.accounts import operators
from annotator.services.projects import datasets, projects
from annotator.services.workspaces import members, workspaces


def workspace(ref: str) -> tuple[Actor, Workspace]:
    """Return the workspace of this ref, made when missing, and its service account as the one who acts."""
    workspace_row = Workspace.all_objects.filter(ref=ref).first() or workspaces.create(name=ref, ref=ref)
    account = operators.ensure_service(workspace=workspace_row)
    members.ensure(workspace=workspace_row, user=account, role=Role.OWNER)
    return Actor(user_id=account.pk, workspace_id=workspace_row.pk, via="command"), workspace_row


def project(*, workspace_ref: str, name: str, must_exist: bool = False) -> tuple[Actor, Project]:
    """Return the project of this name in a workspace (any case), made when missing unless it must exist."""
    if must_exist and not Workspace.all_objects.filter(ref=workspace_ref).exists():
        raise Missing(f"There is no workspace {workspace_ref!r}.")
    actor, workspace_row = workspace(workspace_ref)
    found = (
        Project.objects.filter(workspace=workspace_row, name_key=text.name_key(name))
        .select_related("workspace")
        .order_by("created_at")
        .first()
    )
    if found is None and must_exist:
        raise Missing(f"There is no project {name!r} in the workspace {workspace_ref!r}.")
    return actor, found or projects.create(actor=actor, workspace=workspace_row, name=name)


def dataset(*, actor: Actor, project: Project, name: str) -> Dataset:
    """Return the project's dataset of this name, made when missing."""
    return datasets.ensure(actor=actor, project=project, name=name)


def ids_by_name(project: Project, *, kind: str, names: Iterable[str]) -> tuple[uuid.UUID, ...]:
    """Return the ids of a project's datasets, tags, classes or statuses (`kind`) by name, in any case. Missing for an unknown one."""
    tables: dict[str, QuerySet[Any]] = {
        "dataset": Dataset.objects.all(),
        "tag": Concept.all_objects.filter(on_media=True),
        "class": Concept.all_objects.filter(on_region=True),
        "status": MediaStatus.all_objects.all(),
    }
    rows = list(tables[kind].filter(project=project).values_list("name", "pk"))
    known = {text.name_key(name): key for name, key in rows} | dict(rows)
    found = {name: known.get(name, known.get(text.name_key(name))) for name in names}
    for name, key in found.items():
        if key is None:
            raise Missing(f"There is no {kind} {name!r} in the project {project.name!r}.")
    return tuple(key for key in found.values() if key is not None)


def target(path: Path) -> Path:
    """Return where a file that is asked for is to be written, links followed; a regular file there will be replaced.

    Invalid for a folder, for what is no regular file (a device would be replaced too), and when the folder is not there.
    """
    found = path.resolve()
    if found.exists() and not found.is_file():
        raise Invalid(f"{path} is a folder." if found.is_dir() else f"{path} is no regular file.")
    if not found.parent.is_dir():
        raise Invalid(f"There is no folder {found.parent}.")
    return found
