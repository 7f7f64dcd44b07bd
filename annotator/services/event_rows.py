"""Reads of the event stream for pages and sockets: exact payloads for one medium, a line for the others; no writes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from annotator.events import kinds
from annotator.models import Event, ProjectClock, User

PAGE = 500
# Further behind than this a page is told to fetch afresh, which is cheaper for both sides.
TOO_FAR = 5000
_COLUMNS = (
    "seq",
    "kind",
    "version",
    "media_id",
    "actor_id",
    "client",
    "ops",
    "before",
    "after",
    "at",
    "object_id",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One event as read once for all listeners; `before` and `after` are JSON text."""

    seq: int
    kind: str
    version: int
    media_id: uuid.UUID | None
    actor_id: uuid.UUID | None
    client: str
    ops: str
    before: str | None
    after: str | None
    at: Any
    object_id: uuid.UUID | None
    actor_name: str = ""


def head(project_id: uuid.UUID) -> int:
    """Return the sequence number of the project's newest event, 0 when there is none."""
    return ProjectClock.objects.filter(pk=project_id).values_list("seq", flat=True).first() or 0


def heads(project_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the newest sequence number of each project; one query for all joined streams."""
    return dict(ProjectClock.objects.filter(pk__in=list(project_ids)).values_list("pk", "seq"))


def since(project_id: uuid.UUID, seq: int, limit: int = PAGE) -> list[Row]:
    """Return up to `limit` events after `seq`, in order, with the names of their actors. Two queries."""
    rows = list(
        Event.all_objects.filter(project_id=project_id, seq__gt=seq)
        .order_by("seq")
        .values_list(*_COLUMNS)[:limit]
    )
    people = {row[4] for row in rows if row[4]}
    names = {user.pk: user.shown_name for user in User.objects.filter(pk__in=people)} if people else {}
    return [Row(*row, names.get(row[4], "")) for row in rows]  # type: ignore[call-arg]


def render(row: Row, media_id: uuid.UUID | None) -> dict[str, Any]:
    """Return the event as a page showing `media_id` gets it (see docs/editor-protocol.md); JSON text is spliced."""
    if row.media_id is not None and row.media_id != media_id and row.kind not in kinds.WHOLE:
        return {"seq": row.seq, "media": row.media_id, "kind": row.kind}
    return {
        "seq": row.seq,
        "kind": row.kind,
        "version": row.version,
        "media": row.media_id,
        "object": row.object_id,
        "actor": {"id": row.actor_id, "name": row.actor_name},
        "client": row.client,
        "ops": orjson.Fragment(row.ops),
        "before": None if row.before is None else orjson.Fragment(row.before),
        "after": None if row.after is None else orjson.Fragment(row.after),
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
        "more": len(rows) == limit and rows[-1].seq < newest,
    }
