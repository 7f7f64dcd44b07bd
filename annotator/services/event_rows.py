"""Reads of the event stream for pages and sockets: exact payloads for one medium, a line for the others; no writes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from annotator.events import kinds
from annotator.models import Event, ProjectClock, User
from annotator.models.rows import EventRow

PAGE = 500
# Further behind than this a page is told to fetch afresh, which is cheaper for both sides.
TOO_FAR = 5000


class Row(NamedTuple):
    """One event as read once for all listeners, with the name of its actor."""

    event: EventRow
    actor_name: str


def head(project_id: uuid.UUID) -> int:
    """Return the sequence number of the project's newest event, 0 when there is none."""
    return ProjectClock.objects.filter(pk=project_id).values_list("seq", flat=True).first() or 0


def heads(project_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the newest sequence number of each project; one query for all joined streams."""
    return dict(ProjectClock.objects.filter(pk__in=list(project_ids)).values_list("pk", "seq"))


def since(project_id: uuid.UUID, seq: int, limit: int = PAGE) -> list[Row]:
    """Return up to `limit` events after `seq`, in order, with the names of their actors. Two queries."""
    rows = Event.all_objects.filter(project_id=project_id, seq__gt=seq).order_by("seq")
    found = list(map(EventRow._make, rows.values_list(*EventRow._fields)[:limit]))
    people = {event.actor_id for event in found if event.actor_id}
    names: dict[uuid.UUID | None, str] = {}
    if people:
        names = {user.pk: user.shown_name for user in User.objects.filter(pk__in=people)}
    return [Row(event, names.get(event.actor_id, "")) for event in found]


def render(row: Row, media_id: uuid.UUID | None) -> dict[str, Any]:
    """Return the event as a page showing `media_id` gets it (see docs/editor-protocol.md); JSON text is spliced."""
    event = row.event
    if event.media_id is not None and event.media_id != media_id and event.kind not in kinds.WHOLE:
        return {"seq": event.seq, "media": event.media_id, "kind": event.kind}
    return {
        "seq": event.seq,
        "kind": event.kind,
        "version": event.version,
        "media": event.media_id,
        "object": event.object_id,
        "actor": {"id": event.actor_id, "name": row.actor_name},
        "client": event.client,
        "ops": orjson.Fragment(event.ops),
        "before": None if event.before is None else orjson.Fragment(event.before),
        "after": None if event.after is None else orjson.Fragment(event.after),
    }


def page(project_id: uuid.UUID, seq: int, media_id: uuid.UUID | None, limit: int = PAGE) -> dict[str, Any]:
    """Return {events, head, more} after `seq`, or {resync, head} when the page is too far behind or ahead of the stream."""
    newest = head(project_id)
    if seq > newest or newest - seq > TOO_FAR:
        return {"resync": True, "head": newest}
    limit = max(1, min(limit, PAGE))
    rows = since(project_id, seq, limit)
    return {
        "events": [render(row, media_id) for row in rows],
        "head": newest,
        "more": len(rows) == limit and rows[-1].event.seq < newest,
    }
