"""Writes of work states: which state a medium is in, and a project's own states."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, F, Value, When
from django.utils import timezone

from annotator import events, policy
from annotator.domain import palette, text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.domain.text import counted
from annotator.events import kinds, payloads
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


def check_move(*, role: str, project: Project, media: Media, status: MediaStatus) -> None:
    """Raise Denied or Conflict when `role` may not move a medium of the project from its state to another."""
    policy.check_status(role, status.base, media.status.base, requires_review=project.requires_review)
    if is_complete(status.base) and media.health == "ERROR":
        raise Conflict(
            "This image could not be read, so it cannot be submitted or finished. Skip it or replace its file.",
            code="image_unreadable",
        )


def may_move(*, role: str, project: Project, media: Media, base: str, current: str) -> bool:
    """Return whether `check_move` lets a medium in a state with base `current` go to one with `base`."""
    if is_complete(base) and media.health == "ERROR":
        return False
    return policy.may_set_status(role, base, current, requires_review=project.requires_review)


def is_complete(base: str) -> bool:
    """Return whether a state says that the annotations are complete: submitted for review, or finished."""
    return base == "TO REVIEW" or base in policy.FINISHED


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

    All or nothing: Denied when the role may not move one of them there, or not without review where the project
    requires it. Frozen media, and unreadable ones that would be submitted or finished, are Conflict.
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
        check_move(role=role, project=project, media=medium, status=status)
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
    reason: str = "",
) -> int:
    """The write behind `set_status`, without asking policy: for automatic moves inside another service's transaction.

    With a `reason` the media are sent back. It stays with them until they are finished, or until its author submits
    them: so it is there again when a labeler takes their submission back.
    """
    if not media:
        return 0
    now = timezone.now()
    before = {str(medium.pk): medium.status.name for medium in media}
    rows = Media.objects.filter(pk__in=[medium.pk for medium in media])
    rows.update(
        status=status, status_at=now, status_by_id=actor.user_id, updated_at=now, updated_by_id=actor.user_id,
        **_rejection(actor, status, reason, now),
    )  # fmt: skip
    after: payloads.StatusValue = {"id": str(status.pk), "name": status.name, "base": status.base}
    only = media[0].pk if len(media) == 1 else None
    if len(media) > events.EXACT_LIMIT:
        return events.record(
            actor=actor,
            kind=kinds.BULK,
            project_id=project_id,
            client=client,
            ops=ops,
            after=payloads.BulkPayload(what="status", count=len(media)),
        )
    return events.record(
        actor=actor, kind=kinds.STATUS_CHANGED, project_id=project_id, media_id=only, client=client, ops=ops,
        before=payloads.StatusBefore(status=before), after=_payload(after, list(before), reason),
    )  # fmt: skip


def _payload(status: payloads.StatusValue, media: list[str], reason: str) -> payloads.StatusPayload:
    payload = payloads.StatusPayload(status=status, media=media)
    if reason:
        payload["reason"] = reason
    return payload


def _rejection(actor: Actor, status: MediaStatus, reason: str, now: datetime) -> dict[str, Any]:
    """Return what a move changes of the columns that say why a medium was sent back."""
    if reason:
        return {"rejection": reason, "rejected_at": now, "rejected_by_id": actor.user_id}
    if status.base in policy.FINISHED:
        return {"rejection": None}
    if status.base == "TO REVIEW":  # one query for all: whoever sent it back has withdrawn it by this
        nothing = Value(None, output_field=CharField())
        return {"rejection": Case(When(rejected_by_id=actor.user_id, then=nothing), default=F("rejection"))}
    return {}


def parse_reason(role: str, status: MediaStatus, value: object) -> str:
    """Return the reason that goes with a move, "" without one; Invalid unless it sends media back, Denied for a labeler."""
    if value is None:
        return ""
    reason = text.clean(value, field="reason", limit=1000, multiline=True)
    if status.base != "IN PROGRESS":
        raise Invalid("A reason goes with a move back to IN PROGRESS.", field="reason")
    if not policy.may_review(role):
        raise Denied("Only reviewers and above may send an image back with a reason.", code="role")
    return reason


@transaction.atomic
def create(
    *, actor: Actor, project: Project, name: str, color: str = "", order: float | None = None, **columns: Any
) -> MediaStatus:
    """Add a state of the project's own; it counts as IN PROGRESS for permissions and progress. `columns`: an id to have."""
    policy.require(actor, project, "project.manage")
    clean = text.clean(name, field="name", limit=60)
    rows = MediaStatus.all_objects.filter(project=project)
    if rows.filter(name_key=text.name_key(clean)).exists():
        raise Invalid(f"There is already a status {clean!r}.", field="name")
    made = MediaStatus.all_objects.create(
        project=project, name=clean, name_key=text.name_key(clean), base="IN PROGRESS",
        color=palette.parse_color(color) if color else "", order=rows.count() if order is None else order, is_default=False,
        **columns,
    )  # fmt: skip
    events.record(
        actor=actor,
        kind=kinds.STATUSES_CHANGED,
        project_id=project.pk,
        object_id=made.pk,
        after=payloads.NamedPayload(name=clean),
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
        after=payloads.NamedPayload(name=status.name),
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
            f"{counted(used, 'image is', 'images are')} in the status {status.name!r}: move them first.",
            code="status_used",
        )
    project_id, key = status.project_id, status.pk
    status.delete()
    events.record(actor=actor, kind=kinds.STATUSES_CHANGED, project_id=project_id, object_id=key)


def _require_own(status: MediaStatus) -> None:
    if status.is_default:
        raise Conflict(
            f"{status.name} is one of the seven statuses that every project has.", code="default_status"
        )
