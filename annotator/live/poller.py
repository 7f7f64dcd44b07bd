"""One poller per server process: reads the new events of followed projects once and delivers them to the local sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from channels.db import database_sync_to_async
from django.conf import settings

from annotator.events import follow_others, waker
from annotator.models import Membership
from annotator.services import event_rows

logger = logging.getLogger(__name__)
CHECK_MEMBERS_SECONDS = 5.0


class Listener(Protocol):
    """A socket that follows a project."""

    project_id: uuid.UUID
    workspace_id: uuid.UUID
    user_id: uuid.UUID
    seq: int

    async def deliver(self, rows: list[event_rows.Row]) -> None: ...
    async def resync(self, head: int) -> None: ...
    async def removed(self) -> None: ...


class Poller:
    """Runs while there are sockets: every quarter second, and immediately after a commit: of this process, with Redis of any.

    Members are checked every five seconds, so a removed member's socket closes within ten.
    """

    def __init__(self) -> None:
        self._listeners: dict[uuid.UUID, set[Listener]] = {}
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    def add(self, listener: Listener) -> None:
        """Follow the listener's project from its `seq` on; starts the poller with the first one."""
        self._listeners.setdefault(listener.project_id, set()).add(listener)
        if self._task is None or self._task.done():
            self._wake = asyncio.Event()
            waker.attach(asyncio.get_running_loop(), self._wake)
            self._task = asyncio.create_task(self._run())
        self._wake.set()

    def discard(self, listener: Listener) -> None:
        """Stop following; the poller ends with the last one."""
        group = self._listeners.get(listener.project_id)
        if group is not None:
            group.discard(listener)
            if not group:
                del self._listeners[listener.project_id]
        if not self._listeners and self._task is not None:
            waker.detach()
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        following = asyncio.create_task(follow_others(self._wake))
        try:
            await self._poll()
        finally:
            following.cancel()

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        check_at = loop.time() + CHECK_MEMBERS_SECONDS
        while self._listeners:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), settings.LIVE_POLL_SECONDS)
            self._wake.clear()
            try:
                await self._deliver_new()
                if loop.time() >= check_at:
                    check_at = loop.time() + CHECK_MEMBERS_SECONDS
                    await self._close_removed()
            except asyncio.CancelledError:
                raise
            except Exception:  # a database error must not end the poller: it retries
                logger.exception("reading events failed")
                await asyncio.sleep(1)

    async def _deliver_new(self) -> None:
        heads = await database_sync_to_async(event_rows.heads)(list(self._listeners))
        for project_id, head in heads.items():
            outdated = [listener for listener in self._listeners.get(project_id, ()) if listener.seq != head]
            if outdated:
                await self._catch_up(project_id, head, outdated)

    async def _catch_up(self, project_id: uuid.UUID, head: int, outdated: list[Listener]) -> None:
        too_far_behind = [one for one in outdated if one.seq > head or head - one.seq > event_rows.TOO_FAR]
        for listener in too_far_behind:
            listener.seq = head
            await _safely(listener.resync, head)
        following = [one for one in outdated if one not in too_far_behind]
        while following:
            start = min(one.seq for one in following)
            rows = await database_sync_to_async(event_rows.since)(project_id, start)
            if not rows:
                return
            for listener in following:
                rows_after = [row for row in rows if row.event.seq > listener.seq]
                if rows_after:
                    listener.seq = rows_after[-1].event.seq
                    await _safely(listener.deliver, rows_after)
            following = [one for one in following if one.seq < head and len(rows) == event_rows.PAGE]

    async def _close_removed(self) -> None:
        listeners = [listener for group in self._listeners.values() for listener in group]
        pairs = await database_sync_to_async(_memberships)({one.user_id for one in listeners})
        for listener in listeners:
            if (listener.workspace_id, listener.user_id) not in pairs:
                await _safely(listener.removed)


def _memberships(user_ids: set[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    return set(
        Membership.objects.filter(user_id__in=user_ids, user__is_active=True).values_list(
            "workspace_id", "user_id"
        )
    )


async def _safely(call: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    """Call a listener; a socket that is closing must not stop the delivery to others."""
    try:
        await call(*arguments)
    except Exception:
        logger.debug("an event could not be delivered to a socket", exc_info=True)


poller = Poller()
