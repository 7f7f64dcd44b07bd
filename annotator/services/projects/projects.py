"""Writes of projects, with what every project is born with: its clock and the seven work states."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotator import events, policy
from annotator.db.prepared import visible_one
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing
from annotator.events import kinds, payloads
from annotator.models import ContentType, Media, MediaStatus, Project, ProjectClock, TagGroup, Workspace
from annotator.services import clocks, naming

DEFAULT_STATUSES = MediaStatus.BASES


def _with_workspace() -> QuerySet[Project]:
    return Project.objects.select_related("workspace")


def find(*, actor: Actor, project_id: uuid.UUID) -> Project:
    """Return a project that the actor can see, with its workspace and the actor's role there as `role_of_actor`.

    Raises Missing. One query.
    """
    found: Project | None = visible_one(_with_workspace, actor, pk=project_id)
    if found is None:
        raise Missing("There is no such project.")
    return found


@transaction.atomic
def create(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    description: str = "",
    content_type: str = "IMAGES",
    ref: str = "",
    origin: str = "user",
    settings: dict[str, Any] | None = None,
) -> Project:
    """Make an empty project: no classes, no datasets; the seven states and the group "Default" of tags.

    `settings` are kept as they are, each dialect's under its own name.
    """
    policy.require(actor, workspace, "project.create")
    text.check_choice(content_type, ContentType.values, field="content_type")
    columns = naming.named(name)
    rows = Project.all_objects.filter(workspace=workspace)
    project = Project.all_objects.create(
        workspace=workspace,
        ref=naming.new_ref(rows.filter(trashed_at__isnull=True), ref)
        if ref
        else naming.free_ref(rows, columns["name"], "project"),
        description=text.clean(
            description or "", field="description", limit=2000, required=False, multiline=True
        ),
        content_type=content_type,
        origin=origin,
        settings=settings or {},
        owner_id=actor.user_id,
        **columns,
    )
    ProjectClock.objects.create(project=project)
    MediaStatus.all_objects.bulk_create(
        MediaStatus(project=project, name=base, name_key=text.name_key(base), base=base, order=order)
        for order, base in enumerate(DEFAULT_STATUSES)
    )
    TagGroup.all_objects.create(project=project, is_default=True, order=0, **naming.named("Default"))
    events.record(
        actor=actor,
        kind=kinds.PROJECT_CREATED,
        workspace_id=workspace.pk,
        object_id=project.pk,
        after=payloads.NamedPayload(name=project.name),
    )
    return project


@transaction.atomic
def update(*, actor: Actor, project: Project, changes: dict[str, Any]) -> Project:
    """Change name, description, settings, requires_review; content_type only while the project holds no media."""
    policy.require(actor, project, "project.manage")
    columns: dict[str, Any] = {}
    for field, value in changes.items():
        if field == "name":
            columns |= naming.named(value)
        elif field == "description":
            columns["description"] = text.clean(
                value or "", field="description", limit=2000, required=False, multiline=True
            )
        elif field == "settings":
            columns["settings"] = {**project.settings, **value}
        elif field == "requires_review":
            columns["requires_review"] = bool(value)
        elif field == "content_type":
            columns |= _content_type(project, value)
        else:
            raise ValueError(f"projects have no {field}")
    for field, value in columns.items():
        setattr(project, field, value)
    project.save(update_fields=[*columns, "updated_at"])
    after: payloads.ProjectPayload = {"name": project.name, "description": project.description}
    events.record(
        actor=actor,
        kind=kinds.PROJECT_UPDATED,
        workspace_id=project.workspace_id,
        project_id=project.pk,
        object_id=project.pk,
        after=after,
    )
    return project


def _content_type(project: Project, value: object) -> dict[str, str]:
    value = text.check_choice(value, ContentType.values, field="content_type")
    if value != project.content_type and Media.objects.filter(project=project).exists():
        raise Invalid("content_type can change only while the project is empty.", field="content_type")
    return {"content_type": str(value)}


@transaction.atomic
def trash(*, actor: Actor, project: Project) -> None:
    """Move a project to the trash, where it is purged after some days; its media and annotations go with it."""
    policy.require(actor, project, "project.delete")
    mark_trashed(actor, project)


def mark_trashed(actor: Actor, project: Project) -> None:
    """Move a project to the trash; the caller has asked the policy and holds the transaction."""
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now(), trashed_by_id=actor.user_id)
    events.record(
        actor=actor,
        kind=kinds.PROJECT_TRASHED,
        workspace_id=project.workspace_id,
        project_id=project.pk,
        object_id=project.pk,
    )


@transaction.atomic
def restore(*, actor: Actor, project: Project) -> Project:
    """Take a project out of the trash within TRASH_DAYS; it gets a new ref when its old one is in use.

    Allowed with `project.delete`. Raises Missing when it is not in the trash any more.
    """
    policy.require(actor, project, "project.delete")
    trashed = Project.all_objects.filter(pk=project.pk, trashed_at__gte=clocks.trash_since())
    if trashed.select_for_update().values_list("pk", flat=True).first() is None:
        raise Missing("This project is not in the trash any more.")
    live = Project.objects.filter(workspace_id=project.workspace_id)
    if live.filter(ref=project.ref).exists():
        project.ref = naming.free_ref(live, project.ref, "project")
    project.trashed_at = project.trashed_by = None
    project.save(update_fields=["trashed_at", "trashed_by", "ref", "updated_at"])
    events.record(
        actor=actor,
        kind=kinds.PROJECT_RESTORED,
        workspace_id=project.workspace_id,
        project_id=project.pk,
        object_id=project.pk,
    )
    return project


def keep_settings(*, project: Project, values: dict[str, Any]) -> None:
    """Add to the project's settings what the server itself wants to remember (an import's head, for one)."""
    with transaction.atomic():
        row = Project.objects.select_for_update().get(pk=project.pk)
        row.settings = {**row.settings, **values}
        row.save(update_fields=["settings"])
    project.settings = row.settings
