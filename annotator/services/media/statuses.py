"""Writes of work states: which state a medium is in, and a project's own states."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator import events, policy
from annotator.domain import palette, text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.events import kinds
from annotator.models import Media, MediaStatus, Project


def find(
    *, project_id: uuid.UUID, name: str | None = None, status_id: uuid.UUID | None = None
) -> MediaStatus:
    """Return a state of the project by name (any case) or id; Invalid with the allowed names otherwise."""
    rows = MediaStatus.all_objects.filter(project_id=project_id)
    found = (
        rows.filter(pk=status_id).first()
        if status_id
        else rows.filter(name_key=text.name_key(str(name))).first()
    )
    if found is None:
        allowed = ", ".join(rows.order_by("order").values_list("name", flat=True))
        raise Invalid(f"status must be one of {allowed}.", field="status_id" if status_id else "status")
    return found


def check_unlocked(media: Media) -> None:
    """Raise Conflict for an image that was locked."""
    if media.is_frozen:
        raise Conflict("This image is locked.", code="image_locked")


@transaction.atomic
def set_status(
    *,
    actor: Actor,
    project: Project,
    media: Sequence[Media],
    status: MediaStatus,
    client: str = "",
    ops: Sequence[str] = (),
) -> int:
    """Move media of one project to a state and return the event's sequence number (0 when nothing changed).

    All or nothing: Denied when the role may not move one of them there. Frozen media are Conflict.
    Up to 200 media give an exact event each batch, more a bulk event. Media are locked by id order.
    """
    role = policy.require(actor, project, "status.write")
    ids = sorted({medium.pk for medium in media})
    locked = list(
        Media.objects.select_for_update(of=("self",))
        .filter(project=project, pk__in=ids)
        .select_related("status")
        .order_by("pk")
    )
    if len(locked) != len(ids):
        raise Missing("One of these images is no longer there.")
    changed = [medium for medium in locked if medium.status_id != status.pk]
    for medium in changed:
        check_unlocked(medium)
        if not policy.may_set_status(role, status.base, medium.status.base):
            raise Denied(
                f"Your role may not move an image from {medium.status.name} to {status.name}.", code="role"
            )
    return write_status(
        actor=actor, project_id=project.pk, media=changed, status=status, client=client, ops=ops
    )


def write_status(
    *,
    actor: Actor,
    project_id: uuid.UUID,
    media: Sequence[Media],
    status: MediaStatus,
    client: str = "",
    ops: Sequence[str] = (),
) -> int:
    """The write behind `set_status`, without asking policy: for automatic moves inside another service's transaction."""
    if not media:
        return 0
    now = timezone.now()
    before = {str(medium.pk): medium.status.name for medium in media}
    Media.objects.filter(pk__in=[medium.pk for medium in media]).update(
        status=status, status_at=now, status_by_id=actor.user_id, updated_at=now, updated_by_id=actor.user_id
    )
    after: kinds.StatusValue = {"id": str(status.pk), "name": status.name, "base": status.base}
    only = media[0].pk if len(media) == 1 else None
    if len(media) > events.EXACT_LIMIT:
        return events.record(
            actor=actor,
            kind=kinds.BULK,
            project_id=project_id,
            client=client,
            ops=ops,
            after=kinds.BulkPayload(what="status", count=len(media)),
        )
    return events.record(
        actor=actor, kind=kinds.STATUS_CHANGED, project_id=project_id, media_id=only, client=client, ops=ops,
        before=kinds.StatusBefore(status=before), after=kinds.StatusPayload(status=after, media=list(before)),
    )  # fmt: skip


@transaction.atomic
def create(
    *, actor: Actor, project: Project, name: str, color: str = "", order: float | None = None
) -> MediaStatus:
    """Add a state of the project's own; it counts as IN PROGRESS for permissions and progress."""
    policy.require(actor, project, "project.manage")
    clean = text.clean(name, field="name", limit=60)
    rows = MediaStatus.all_objects.filter(project=project)
    if rows.filter(name_key=text.name_key(clean)).exists():
        raise Invalid(f"There is already a status {clean!r}.", field="name")
    made = MediaStatus.all_objects.create(
        project=project, name=clean, name_key=text.name_key(clean), base="IN PROGRESS",
        color=palette.parse_color(color) if color else "", order=rows.count() if order is None else order, is_default=False,
    )  # fmt: skip
    events.record(
        actor=actor,
        kind=kinds.STATUSES_CHANGED,
        project_id=project.pk,
        object_id=made.pk,
        after=kinds.NamedPayload(name=clean),
    )
    return made


@transaction.atomic
def update(*, actor: Actor, status: MediaStatus, changes: dict[str, Any]) -> MediaStatus:
    """Change name, color, order of a state of the project's own. Conflict for one of the seven."""
    policy.require(actor, status.project, "project.manage")
    _require_own(status)
    columns: dict[str, Any] = {}
    if "name" in changes:
        columns["name"] = text.clean(changes["name"], field="name", limit=60)
        columns["name_key"] = text.name_key(columns["name"])
        if (
            MediaStatus.all_objects.filter(project=status.project, name_key=columns["name_key"])
            .exclude(pk=status.pk)
            .exists()
        ):
            raise Invalid(f"There is already a status {columns['name']!r}.", field="name")
    if "color" in changes:
        columns["color"] = palette.parse_color(changes["color"]) if changes["color"] else ""
    if changes.get("order") is not None:
        columns["order"] = text.check_float(changes["order"], field="norder")
    for column, value in columns.items():
        setattr(status, column, value)
    status.save(update_fields=[*columns, "updated_at"])
    events.record(
        actor=actor,
        kind=kinds.STATUSES_CHANGED,
        project_id=status.project_id,
        object_id=status.pk,
        after=kinds.NamedPayload(name=status.name),
    )
    return status


@transaction.atomic
def delete(*, actor: Actor, status: MediaStatus) -> None:
    """Remove a state of the project's own. Conflict for one of the seven, and while media are in it, also in the trash."""
    policy.require(actor, status.project, "project.manage")
    _require_own(status)
    used = Media.all_objects.filter(project_id=status.project_id, status=status).count()
    if used:
        raise Conflict(
            f"{used:,} images are in the status {status.name!r}: move them first.", code="status_used"
        )
    project_id, key = status.project_id, status.pk
    status.delete()
    events.record(actor=actor, kind=kinds.STATUSES_CHANGED, project_id=project_id, object_id=key)


def _require_own(status: MediaStatus) -> None:
    if status.is_default:
        raise Conflict(
            f"{status.name} is one of the seven statuses that every project has.", code="default_status"
        )
