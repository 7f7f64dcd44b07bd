"""What the page of statuses writes in one step: the order of all, and deleting one in use with its undo."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.domain.ids import parse_uuid
from annotator.domain.text import counted
from annotator.events import kinds
from annotator.models import Media, MediaStatus, Project
from annotator.services.media import bulk, statuses
from annotator.services.ordering import put_in_order


def find(project: Project, status_id: uuid.UUID) -> MediaStatus:
    """Return a status of a project or raise Missing."""
    found = MediaStatus.all_objects.filter(project=project, pk=status_id).select_related("project").first()
    if found is None:
        raise Missing("There is no such status in this project.")
    return found


@transaction.atomic
def reorder(*, actor: Actor, project: Project, ids: Sequence[uuid.UUID]) -> None:
    """Put the statuses of a project in an order, the seven that every project has among them; `ids` names all."""
    policy.require(actor, project, "project.manage")
    outdated = Invalid("The statuses have changed. Reload the page.", field="ids", code="outdated")
    put_in_order(MediaStatus, project, ids, outdated=outdated)
    events.record(actor=actor, kind=kinds.STATUSES_CHANGED, project_id=project.pk)


def delete(*, actor: Actor, status: MediaStatus, target: MediaStatus | None) -> dict[str, Any]:
    """Delete a status of the project's own, after its media have got the status `target`; return what `restore` takes.

    Conflict when media are in it and there is no target, when one of them cannot get it, and for more than
    `bulk.AT_ONCE` media: those are moved by a job first. Media move in short transactions, as by hand; the status
    goes last, so an interruption leaves it with the rest. Trashed media get the target as well.
    """
    policy.require(actor, status.project, "project.manage")
    kept = {"id": str(status.pk), "name": status.name, "color": status.color, "order": status.order}
    if target is None or not Media.all_objects.filter(project_id=status.project_id, status=status).exists():
        statuses.delete(actor=actor, status=status)
        return {**kept, "change": None}
    if target.pk == status.pk:
        raise Invalid("Choose another status for the images.", field="target")
    change = bulk.change_of("status", target.pk)
    media = _movable(status, target)
    if media:
        bulk.apply(actor=actor, project=status.project, change=change, media=media)
    with transaction.atomic():
        trashed = Media.all_objects.filter(project_id=status.project_id, status=status)
        trashed.filter(trashed_at__isnull=False).update(status=target)
        statuses.delete(actor=actor, status=status)
    return {**kept, "change": str(change.id) if media else None}


def _movable(status: MediaStatus, target: MediaStatus) -> list[uuid.UUID]:
    """Return the live media of a status; Conflict when there are too many or one of them cannot get the target."""
    rows = Media.objects.filter(project_id=status.project_id, status=status)
    media = list(rows.order_by("pk").values_list("pk", flat=True)[: bulk.AT_ONCE + 1])
    if len(media) > bulk.AT_ONCE:
        raise Conflict(
            f"More than {bulk.AT_ONCE:,} images are in the status {status.name!r}: move them on the media page first.",
            code="status_used",
        )
    stuck = Q(is_frozen=True)
    if statuses.is_complete(target.base):
        stuck |= Q(health="ERROR")
    count = rows.filter(stuck).count()
    if count:
        raise Conflict(
            f"{counted(count, 'image', 'images')} cannot get the status {target.name!r}: locked, or not readable and"
            " then not complete. Choose another status, or unlock them.",
            code="status_used",
        )
    return media


def restore(*, actor: Actor, project: Project, kept: Mapping[str, Any]) -> MediaStatus:
    """Recreate a deleted status under its id, and move those media back that still have the status they got."""
    key = parse_uuid(kept.get("id"))
    if key is None or MediaStatus.all_objects.filter(pk=key).exists():
        raise Conflict("This status exists again already.")
    status = statuses.create(
        actor=actor,
        project=project,
        name=kept.get("name") or "",
        color=kept.get("color") or "",
        order=text.check_float(kept.get("order", 0), field="order"),
        id=key,
    )
    change_id = parse_uuid(kept.get("change"))
    if change_id is not None:
        bulk.undo_change(actor=actor, project=project, change_id=change_id, what="status")
    return status
