"""Wakes the pollers of sockets after a commit, from whatever thread it was made in."""

from __future__ import annotations

import asyncio
import threading


class Waker:
    """Wakes this process's poller from any thread; the asyncio loop is known once the server has started."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None
        self._lock = threading.Lock()

    def attach(self, loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
        """Tell whom to wake: called by the poller in its own loop."""
        with self._lock:
            self._loop, self._event = loop, event

    def detach(self) -> None:
        with self._lock:
            self._loop = self._event = None

    def wake(self) -> None:
        """Set the poller's event, thread-safely; does nothing when no poller runs in this process."""
        with self._lock:
            loop, event = self._loop, self._event
        if loop is not None and event is not None and not loop.is_closed():
            loop.call_soon_threadsafe(event.set)


waker = Waker()


def wake() -> None:
    """Wake the pollers after a commit: this process's at once, others' by their interval or through the channel layer."""
    waker.wake()
