"""The wake through Redis: what it costs while Redis does not answer, and whose wakes a process follows."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from redis.asyncio import from_url

from annotator.events import waking
from tests import servers


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    port = servers.free_port()
    with servers.redis_on(port):
        yield f"redis://127.0.0.1:{port}/0"


class Counted(asyncio.Event):
    """Counts how often it is set."""

    times = 0

    def set(self) -> None:
        self.times += 1
        super().set()


async def test_a_process_follows_the_wakes_of_others_and_not_its_own(redis: str, settings: Any) -> None:
    settings.REDIS_URL = redis
    event = Counted()
    task = asyncio.create_task(waking.follow_others(event))
    try:
        await asyncio.wait_for(event.wait(), 10)
        assert event.times == 1  # it has subscribed
        event.clear()
        await asyncio.to_thread(waking.Publisher().publish, waking._own_id)
        async with from_url(redis) as other:
            await other.publish(waking.CHANNEL, "another process")
        await asyncio.wait_for(event.wait(), 10)
        assert event.times == 2  # its own came before and was passed over
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def test_an_outage_raises_nothing_and_is_not_waited_for_at_each_commit(settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{servers.free_port()}/0"
    publisher = waking.Publisher()
    publisher.publish(b"wake")
    assert publisher._paused_until > time.monotonic()
    tried: list[str] = []
    publisher._client.publish = lambda *_: tried.append("again")
    publisher.publish(b"wake")
    assert tried == []
    publisher._paused_until = 0.0
    publisher.publish(b"wake")
    assert tried == ["again"]


async def test_without_redis_nobody_listens(settings: Any) -> None:
    settings.REDIS_URL = ""
    await asyncio.wait_for(waking.follow_others(asyncio.Event()), 10)
    waking.Publisher().publish(b"wake")
