"""The only module that writes Event rows; called last in a service, inside its transaction."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from annotator.db import bulk, counters
from annotator.domain.actor import Actor
from annotator.models import Event, Project, ProjectClock, WorkspaceClock

from .kinds import Before, Kind, Payload
from .waking import wake

# Interactive changes of up to this many objects carry before and after; larger ones are bulk: "fetch again".
EXACT_LIMIT = 200


def encode(value: Any) -> str | None:
    """Return JSON text for `before`/`after`; text is taken as already encoded."""
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value, default=str).decode()


def next_seq(*, project_id: uuid.UUID) -> int:
    """Take the next sequence number of a project ahead of `record(seq=...)`, for rows that carry it as their revision.

    Locks the project's clock until commit: call it after all checks.
    """
    return counters.increment(ProjectClock, project_id, "seq")


def record(
    *,
    actor: Actor | None,
    kind: Kind[Payload, Before],
    workspace_id: uuid.UUID | None = None,
    project_id: uuid.UUID | None = None,
    media_id: uuid.UUID | None = None,
    object_id: uuid.UUID | None = None,
    before: Before | None = None,
    after: Payload | None = None,
    client: str = "",
    ops: Sequence[str] = (),
    seq: int | None = None,
) -> int:
    """Write one event and return its sequence number in its stream.

    The stream is the project's, or the workspace's when `project_id` is None. Sequence numbers have
    no gaps and follow commit order; `seq` is one taken by `next_seq` in the same transaction. `before`/`after` are JSON-able or JSON text; labels are lists of
    native label objects, keyed by id: one missing in `before` was created, one missing in `after` deleted.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("events.record must be called inside the service's transaction")
    if project_id is not None:
        seq = next_seq(project_id=project_id) if seq is None else seq
        workspace_id = workspace_id or workspace_of(project_id)
    elif workspace_id is not None:
        seq = counters.increment(WorkspaceClock, workspace_id, "seq")
    else:
        raise ValueError("an event belongs to a project or to a workspace")
    values = {
        "workspace_id": workspace_id,
        "project_id": project_id,
        "seq": seq,
        "kind": kind.name,
        "version": kind.version,
        "actor_id": actor.user_id if actor else None,
        "media_id": media_id,
        "object_id": object_id,
        "before": encode(before),
        "after": encode(after),
        "client": client[:64],
        "ops": orjson.dumps([str(op) for op in ops]).decode(),
        "at": timezone.now(),
    }
    bulk.insert(Event, tuple(values), [tuple(values.values())])
    transaction.on_commit(wake, robust=True)
    return seq


@functools.lru_cache(10_000)
def workspace_of(project_id: uuid.UUID) -> uuid.UUID:
    """Return the workspace of a project; a project never changes its workspace, so the answer is kept."""
    return Project.all_objects.values_list("workspace_id", flat=True).get(pk=project_id)
