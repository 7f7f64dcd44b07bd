"""Wakes the pollers of sockets after a commit: this process's at once, those of other processes through Redis when there is one.

Losing a wake costs nothing but time: the pollers look by themselves every settings.LIVE_POLL_SECONDS.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import uuid
from typing import Any

from django.conf import settings

CHANNEL = "annotator.wake"
# How long commits of this process do not try Redis again after it did not answer.
PAUSE_SECONDS = 5.0
_ANSWER_SECONDS = 0.2
_own_id = uuid.uuid4().hex.encode()


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


class Publisher:
    """Tells other processes through Redis that something was committed; does nothing without Redis."""

    def __init__(self) -> None:
        self._client: Any = None
        self._paused_until = 0.0

    def publish(self) -> None:
        """Publish once. An outage of Redis costs at most a fifth of a second every PAUSE_SECONDS and raises nothing."""
        if not settings.REDIS_URL or time.monotonic() < self._paused_until:
            return
        from redis import Redis, RedisError

        if self._client is None:
            self._client = Redis.from_url(
                settings.REDIS_URL, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
            )
        try:
            self._client.publish(CHANNEL, _own_id)
        except RedisError:
            self._paused_until = time.monotonic() + PAUSE_SECONDS


waker = Waker()
publisher = Publisher()


def wake() -> None:
    """Wake the pollers of all processes after a commit."""
    waker.wake()
    publisher.publish()


async def follow_others(event: asyncio.Event) -> None:
    """Set `event` at each wake by another process, until cancelled; return at once without Redis."""
    if not settings.REDIS_URL:
        return
    from redis import RedisError, asyncio as redis

    while True:
        with contextlib.suppress(RedisError, OSError):
            async with redis.from_url(settings.REDIS_URL) as client, client.pubsub() as pubsub:
                await pubsub.subscribe(CHANNEL)
                event.set()  # for commits before the subscription
                async for message in pubsub.listen():
                    if message["type"] == "message" and message["data"] != _own_id:
                        event.set()
        await asyncio.sleep(1)
