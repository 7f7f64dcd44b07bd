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
from annotator.services import event_rows

from . import access

logger = logging.getLogger(__name__)
CHECK_SECONDS = 5.0
# A socket that has not joined after this long is closed.
JOIN_SECONDS = 60.0
NOT_JOINED = 4408


class Listener(Protocol):
    """A socket of a page, which follows its project once it has joined."""

    project_id: uuid.UUID
    workspace_id: uuid.UUID
    user_id: uuid.UUID
    session_key: str
    auth_hash: str
    opened_at: float
    joined: bool
    seq: int

    async def deliver(self, rows: list[event_rows.Row]) -> None: ...
    async def resync(self, head: int) -> None: ...
    async def end(self, code: int) -> None: ...


class Poller:
    """Runs while there are sockets: every quarter second, and immediately after a commit: of this process, with Redis of any.

    Sessions and members are checked every five seconds, and at once when one of this process ends, with Redis of any;
    so a socket closes within ten seconds of the end of either. The check comes before any delivery.
    """

    def __init__(self) -> None:
        self._open: set[Listener] = set()
        self._listeners: dict[uuid.UUID, set[Listener]] = {}
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    def open(self, listener: Listener) -> None:
        """Check a socket from now on, and start the poller with the first one."""
        self._open.add(listener)
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._wake = asyncio.Event()
            waker.attach(loop, self._wake)
            self._task = asyncio.create_task(self._run())

    def count(self, workspace_id: uuid.UUID) -> int:
        """Return how many sockets a workspace has open in this process."""
        return sum(one.workspace_id == workspace_id for one in self._open)

    def follow(self, listener: Listener) -> None:
        """Deliver to an open socket what happens in its project after its `seq`."""
        self._listeners.setdefault(listener.project_id, set()).add(listener)
        self._wake.set()

    def discard(self, listener: Listener) -> None:
        """Forget a socket; the poller ends with the last one."""
        self._open.discard(listener)
        if not self._open:
            self._wake.set()
        group = self._listeners.get(listener.project_id)
        if group is not None:
            group.discard(listener)
            if not group:
                del self._listeners[listener.project_id]

    async def _run(self) -> None:
        following = asyncio.create_task(follow_others(self._wake))
        try:
            await self._poll()
        finally:
            following.cancel()
            waker.detach(self._wake)

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        check_at = loop.time() + CHECK_SECONDS
        while self._open:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), settings.LIVE_POLL_SECONDS)
            self._wake.clear()
            try:
                if waker.take_recheck() or loop.time() >= check_at:
                    check_at = loop.time()  # until it has succeeded
                    await self._close_refused()
                    check_at = loop.time() + CHECK_SECONDS
                if self._listeners:
                    await self._deliver_new()
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

    async def _close_refused(self) -> None:
        """Close the sockets that may not stay open, and those that have not joined in time."""
        now = asyncio.get_running_loop().time()
        refused = await database_sync_to_async(access.find_refused)(list(self._open))
        late = [
            (one, NOT_JOINED) for one in self._open if not one.joined and now - one.opened_at > JOIN_SECONDS
        ]
        for listener, code in [*refused, *late]:
            await _safely(listener.end, code)


async def _safely(call: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    """Call a listener; a socket that is closing must not stop the delivery to others."""
    try:
        await call(*arguments)
    except Exception:
        logger.debug("an event could not be delivered to a socket", exc_info=True)


poller = Poller()
