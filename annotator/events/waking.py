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
from django.db import transaction

CHANNEL = "annotator.wake"
# How long commits of this process do not try Redis again after it did not answer.
PAUSE_SECONDS = 5.0
_ANSWER_SECONDS = 0.2
_own_id = uuid.uuid4().hex.encode()
_RECHECK = b"!"


class Waker:
    """Wakes this process's poller from any thread; the asyncio loop is known once the server has started."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None
        self._lock = threading.Lock()
        self._has_recheck = False

    def attach(self, loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
        """Tell whom to wake: called by the poller in its own loop."""
        with self._lock:
            self._loop, self._event = loop, event

    def detach(self, event: asyncio.Event) -> None:
        """Wake nobody any more, unless another poller has taken over."""
        with self._lock:
            if self._event is event:
                self._loop = self._event = None

    def request_recheck(self) -> None:
        """Have the poller check the permissions of its sockets before it delivers anything more."""
        self._has_recheck = True
        self.wake()

    def take_recheck(self) -> bool:
        """Return whether a check was requested since the last call."""
        requested, self._has_recheck = self._has_recheck, False
        return requested

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

    def publish(self, message: bytes) -> None:
        """Publish a message once. An outage of Redis costs at most a fifth of a second every PAUSE_SECONDS and raises nothing."""
        if not settings.REDIS_URL or time.monotonic() < self._paused_until:
            return
        from redis import Redis, RedisError

        if self._client is None:
            self._client = Redis.from_url(
                settings.REDIS_URL, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
            )
        try:
            self._client.publish(CHANNEL, message)
        except RedisError:
            self._paused_until = time.monotonic() + PAUSE_SECONDS


waker = Waker()
publisher = Publisher()


def wake() -> None:
    """Wake the pollers of all processes after a commit."""
    waker.wake()
    publisher.publish(_own_id)


def recheck_sockets() -> None:
    """Have all processes check the permissions of their sockets after the present transaction: a session or membership ended.

    Without Redis other processes check by themselves every few seconds.
    """
    transaction.on_commit(_recheck, robust=True)


def _recheck() -> None:
    waker.request_recheck()
    publisher.publish(_own_id + _RECHECK)


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
                    if message["type"] == "message" and not message["data"].startswith(_own_id):
                        if message["data"].endswith(_RECHECK):
                            waker.request_recheck()
                        event.set()
        await asyncio.sleep(1)
