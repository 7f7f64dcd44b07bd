"""Turns at something scarce, served in rotation among callers: requests wait for one without a thread, threads as they are."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager


class NoRoom(Exception):
    """Too many requests wait already; `is_own` when they are the caller's own."""

    def __init__(self, *, is_own: bool) -> None:
        super().__init__()
        self.is_own = is_own


class Turns:
    """At most `places` requests at a time, `places_each` of one caller; `waiting` and `waiting_each` may wait for a place.

    Whoever waits alone is next after one request of each other caller, however many those have in line.
    """

    def __init__(
        self, places: int, *, places_each: int | None = None, waiting: int, waiting_each: int
    ) -> None:
        self._free = places
        self._places_each = places_each or places
        self._most, self._most_each = waiting, waiting_each
        self._held: Counter[str] = Counter()
        # One line for each caller that waits, the one to be served next first.
        self._lines: dict[str, deque[Future[None]]] = {}
        # Guards all of the above; held for moments only, so the event loop may wait for it.
        self._lock = threading.Lock()

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Wait for a place without a thread and hold it in the block. Raises NoRoom at once when too many wait."""
        place = self._stand_in_line(caller)
        try:
            if not place.done():
                await asyncio.wrap_future(place)
            yield
        finally:
            self._leave(caller, place)

    @contextmanager
    def hold(self, caller: str, seconds: float) -> Iterator[None]:
        """Wait for a place in this thread and hold it in the block. Raises NoRoom, and TimeoutError after `seconds`."""
        place = self._stand_in_line(caller)
        try:
            place.result(seconds)
            yield
        finally:
            self._leave(caller, place)

    def _stand_in_line(self, caller: str) -> Future[None]:
        """Return a place to come, which is done when its turn is there. Raises NoRoom."""
        with self._lock:
            line = self._lines.get(caller, ())
            is_free = self._free > 0 and self._held[caller] < self._places_each
            if not is_free and len(line) >= self._most_each:
                raise NoRoom(is_own=True)
            if not is_free and sum(map(len, self._lines.values())) >= self._most:
                raise NoRoom(is_own=False)
            place: Future[None] = Future()
            self._lines.setdefault(caller, deque()).append(place)
            self._serve()
        return place

    def _leave(self, caller: str, place: Future[None]) -> None:
        """Give a place back, or leave the line when it never came."""
        with self._lock:
            if place.done() and not place.cancelled():
                self._held[caller] -= 1
                if not self._held[caller]:
                    del self._held[caller]
                self._free += 1
                self._serve()
            elif place in self._lines.get(caller, ()):
                self._lines[caller].remove(place)
                if not self._lines[caller]:
                    del self._lines[caller]

    def _serve(self) -> None:
        """Give the free places to those who wait, one caller after the other."""
        while self._free:
            caller = next((name for name in self._lines if self._held[name] < self._places_each), None)
            if caller is None:
                return
            line = self._lines.pop(caller)
            place = line.popleft()
            if line:
                self._lines[caller] = line  # behind the others
            if (
                place.set_running_or_notify_cancel()
            ):  # else its request was cancelled and has not run yet to leave the line
                self._free -= 1
                self._held[caller] += 1
                place.set_result(None)
