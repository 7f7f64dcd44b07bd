"""Turns at something scarce: requests wait for one without holding a thread, and callers are served in rotation."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class NoRoom(Exception):
    """Too many requests wait already; `is_own` when they are the caller's own."""

    def __init__(self, *, is_own: bool) -> None:
        super().__init__()
        self.is_own = is_own


class Turns:
    """At most `places` requests at a time, `places_each` of one caller; `waiting` and `waiting_each` may wait for a place.

    Whoever waits alone is next after one request of each other caller, however many those have in line.
    For one event loop: nothing here is safe for threads.
    """

    def __init__(
        self, places: int, *, places_each: int | None = None, waiting: int, waiting_each: int
    ) -> None:
        self._free = places
        self._places_each = places_each or places
        self._most, self._most_each = waiting, waiting_each
        self._held: Counter[str] = Counter()
        # One line for each caller that waits, the one to be served next first.
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Wait for a place and hold it in the block. Raises NoRoom at once when too many wait."""
        await self._take(caller)
        try:
            yield
        finally:
            self._give_back(caller)

    async def _take(self, caller: str) -> None:
        line = self._lines.get(caller, ())
        is_free = self._free > 0 and self._held[caller] < self._places_each
        if not is_free and len(line) >= self._most_each:
            raise NoRoom(is_own=True)
        if not is_free and sum(map(len, self._lines.values())) >= self._most:
            raise NoRoom(is_own=False)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(caller, deque()).append(future)
        self._serve()
        try:
            await future
        except asyncio.CancelledError:
            if future.cancelled():
                self._leave(caller, future)
            else:  # the turn came at the moment of leaving
                self._give_back(caller)
            raise

    def _give_back(self, caller: str) -> None:
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]
        self._free += 1
        self._serve()

    def _leave(self, caller: str, future: asyncio.Future[None]) -> None:
        line = self._lines.get(caller)
        if line is not None and future in line:
            line.remove(future)
            if not line:
                del self._lines[caller]

    def _serve(self) -> None:
        """Give the free places to those who wait, one caller after the other."""
        while self._free:
            caller = next((name for name in self._lines if self._held[name] < self._places_each), None)
            if caller is None:
                return
            line = self._lines.pop(caller)
            future = line.popleft()
            if line:
                self._lines[caller] = line  # behind the others
            if not future.done():  # else its request was cancelled and has not run yet to leave the line
                self._free -= 1
                self._held[caller] += 1
                future.set_result(None)
