"""Turns at something scarce: who is next, who is refused, what a request that leaves gives back."""

from __future__ import annotations

import asyncio

import pytest

from annotator.server.turns import NoRoom, Turns


class Work:
    """Requests that hold a turn until they are told to end."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.begun: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}

    async def request(self, name: str) -> None:
        """Take a turn for the caller whose name is the first letter."""
        self.ends[name] = asyncio.Event()
        async with self.turns.turn(name[0]):
            self.begun.append(name)
            await self.ends[name].wait()

    async def start(self, *names: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.request(name)) for name in names]
        await settle()
        return tasks

    async def end(self, name: str) -> None:
        self.ends[name].set()
        await settle()


async def settle() -> None:
    """Let all tasks run as far as they get."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_callers_take_turns_however_many_requests_one_has() -> None:
    work = Work(Turns(1, waiting=10, waiting_each=10))
    tasks = await work.start("a1", "a2", "a3", "a4", "b1", "c1")
    for name in ("a1", "a2", "b1", "c1", "a3", "a4"):
        assert work.begun[-1] == name
        await work.end(name)
    await asyncio.gather(*tasks)


async def test_one_caller_holds_some_of_the_places_only() -> None:
    work = Work(Turns(3, places_each=2, waiting=10, waiting_each=10))
    tasks = await work.start("a1", "a2", "a3", "b1", "b2")
    assert work.begun == ["a1", "a2", "b1"]
    await work.end("b1")
    assert work.begun[-1] == "b2"
    for name in ("a1", "a2", "b2", "a3"):
        await work.end(name)
    await asyncio.gather(*tasks)


async def test_lines_are_short() -> None:
    work = Work(Turns(1, waiting=3, waiting_each=2))
    tasks = await work.start("a1", "a2", "a3", "b1")
    with pytest.raises(NoRoom) as own:
        await work.request("a4")
    with pytest.raises(NoRoom) as others:
        await work.request("c1")
    assert (own.value.is_own, others.value.is_own) == (True, False)
    for name in ("a1", "a2", "b1", "a3"):
        await work.end(name)
    await asyncio.gather(*tasks)
    assert work.begun == ["a1", "a2", "b1", "a3"]


async def test_whoever_leaves_gives_the_turn_back() -> None:
    work = Work(Turns(1, waiting=10, waiting_each=10))
    first, waiting, _ = await work.start("a1", "b1", "c1")
    waiting.cancel()
    await work.end("a1")
    assert work.begun == ["a1", "c1"]
    later, last = await work.start("d1", "e1")
    work.ends["c1"].set()
    later.cancel()  # in the moment in which its turn comes
    await settle()
    assert work.begun[-1] == "e1"
    last.cancel()
    await settle()
    assert [task.cancelled() for task in (first, waiting, later, last)] == [False, True, True, True]
    await asyncio.wait_for(work.start("f1"), 5)
    assert work.begun[-1] == "f1"


async def test_a_turn_that_came_at_the_moment_of_leaving_is_given_back() -> None:
    turns = Turns(1, waiting=10, waiting_each=10)
    work = Work(turns)
    (first,) = await work.start("a1")
    waiting = asyncio.create_task(work.request("b1"))
    await settle()
    first.cancel()
    await asyncio.sleep(0)  # a1 gives its place to b1, which has not run yet
    waiting.cancel()
    await settle()
    assert work.begun == ["a1"]
    await work.start("c1")
    assert work.begun[-1] == "c1"


async def test_threads_and_requests_stand_in_the_same_lines() -> None:
    turns = Turns(1, waiting=10, waiting_each=10)
    begun: list[str] = []

    def thread(name: str) -> None:
        with turns.hold(name[0], 10):
            begun.append(name)

    async with turns.turn("a"):
        threads = []
        for name in ("b1", "b2", "b3", "c1"):
            threads.append(asyncio.create_task(asyncio.to_thread(thread, name)))
            while sum(map(len, turns._lines.values())) < len(threads):
                await asyncio.sleep(0.001)
        request = asyncio.create_task(_note(turns, "a", begun))
        await settle()
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(_hold_for_no_time, turns)
    await asyncio.gather(*threads, request)
    assert begun == ["b1", "c1", "a", "b2", "b3"]


async def _note(turns: Turns, name: str, begun: list[str]) -> None:
    async with turns.turn(name):
        begun.append(name)


def _hold_for_no_time(turns: Turns) -> None:
    with turns.hold("d", 0):
        raise AssertionError("there is no place")


async def test_a_place_is_not_given_to_a_request_that_is_leaving() -> None:
    turns = Turns(1, waiting=10, waiting_each=10)
    work = Work(turns)
    (first,) = await work.start("a1")
    leaving, _ = await work.start("b1", "c1")
    leaving.cancel()
    first.cancel()
    await settle()
    assert work.begun == ["a1", "c1"]
