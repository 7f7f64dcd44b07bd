"""The bridge without a network: what is hard to bring about over a socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from annotator.server import bodies, bridge
from annotator.server.bodies import Admission, Answer, Refused
from annotator.server.lanes import Lane


def scope(**fields: Any) -> dict[str, Any]:
    base = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "http_version": "1.1",
        "headers": [],
    }
    return base | fields


class Wire:
    """What a client sends, and what it has been sent."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if self.messages:
            return self.messages.pop(0)
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def request(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def make_bridge(app: Any, **options: Any) -> bridge.WsgiBridge:
    return bridge.WsgiBridge(app, **{"threads": 1, "body_limit": 1000, **options})


def never(environ: dict[str, Any], start: Any) -> list[bytes]:
    raise AssertionError("the application must not run")


async def test_a_sender_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.01)
    monkeypatch.setattr(bridge, "LINGER_SECONDS", 0.01)
    wire = Wire(request(b"half", more=True))
    await make_bridge(never)(scope(), wire.receive, wire.send)
    assert wire.status == 408


async def test_a_sender_that_drips_is_given_up_however_often_a_byte_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(bodies, "MIN_BYTES_PER_SECOND", 1000)
    monkeypatch.setattr(bridge, "LINGER_SECONDS", 0.01)

    class Dripping(Wire):
        async def receive(self) -> dict[str, Any]:
            await asyncio.sleep(0.005)
            return request(b"x", more=True)

    wire = Dripping()
    await make_bridge(never)(scope(), wire.receive, wire.send)
    assert wire.status == 408 and b"did not arrive in time" in wire.body


def stranger(environ: dict[str, Any]) -> Admission:
    raise Refused(Answer(401, b"{}"))


@pytest.mark.parametrize("is_declared", [True, False])
async def test_of_a_large_body_the_sender_is_asked_before_it_is_read(
    is_declared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "FREE_BYTES", 10)
    monkeypatch.setattr(bridge, "LINGER_SECONDS", 0.01)
    seen: list[dict[str, Any]] = []

    def admit(environ: dict[str, Any]) -> Admission:
        seen.append(environ)
        return stranger(environ)

    headers = [(b"content-length", b"11")] if is_declared else []
    wire = Wire(*(request(b"12345", more=True) for _ in range(3)))
    await make_bridge(never, admit=admit)(scope(headers=headers), wire.receive, wire.send)
    assert wire.status == 401 and len(seen) == 1
    assert seen[0]["wsgi.input"].read() == b""
    small = Wire(request(b"1234567890"))
    await make_bridge(ok, admit=stranger)(scope(), small.receive, small.send)
    assert small.status == 204


def ok(environ: dict[str, Any], start: Any) -> list[bytes]:
    start("204 No Content", [])
    return []


@pytest.mark.parametrize("length", [b"31", None])
async def test_a_sender_may_have_a_lower_limit(length: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "FREE_BYTES", 10)
    monkeypatch.setattr(bridge, "LINGER_SECONDS", 0.01)
    headers = [(b"content-length", length)] if length else []
    wire = Wire(*(request(b"1234567890", more=True) for _ in range(3)), request(b"1"))
    admit = lambda environ: Admission("ann", limit=30)  # noqa: E731
    await make_bridge(never, admit=admit)(scope(headers=headers), wire.receive, wire.send)
    assert wire.status == 413


class Gate:
    """An application whose requests wait in their threads until they are let through."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.threads: list[str] = []
        self.open = threading.Event()

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.paths.append(environ["PATH_INFO"])
        self.threads.append(threading.current_thread().name)
        if environ["PATH_INFO"].startswith("/slow"):
            assert self.open.wait(10)
        return ok(environ, start)


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


async def test_requests_of_the_lane_wait_without_a_thread_of_the_others() -> None:
    gate = Gate()
    lane = Lane(lambda scope: scope["path"].startswith("/slow"), threads=1, waiting=2, waiting_each=1)
    served = make_bridge(gate, lanes=[lane])
    loop = asyncio.get_running_loop()

    def ask(path: str, host: str) -> tuple[Wire, asyncio.Task[None]]:
        wire = Wire(request(b""))
        connection = scope(
            path=path, client=(f"2001:db8:0:{host}::{len(path)}", 1)
        )  # another address each time
        return wire, loop.create_task(served(connection, wire.receive, wire.send))

    slow = [ask("/slow/1", "a")]
    await until(lambda: gate.paths)
    slow += [ask("/slow/2", "a"), ask("/slow/3", "b")]
    for _ in range(10):
        await asyncio.sleep(0)
    refused = {address: ask("/slow/4", address) for address in "ac"}
    for _, task in refused.values():
        await task
    quick, task = ask("/quick", "a")
    await task
    assert quick.status == 204 and gate.paths == ["/slow/1", "/quick"]
    assert (refused["a"][0].status, refused["c"][0].status) == (429, 503)
    assert dict(refused["c"][0].sent[0]["headers"])[b"retry-after"] == b"5"
    gate.open.set()
    await asyncio.gather(*(task for _, task in slow))
    assert {wire.status for wire, _ in slow} == {204}
    assert [name.split("_")[0] for name in gate.threads] == ["lane", "http", "lane", "lane"]


async def test_nothing_is_done_for_a_client_that_left_while_it_waited() -> None:
    gate = Gate()
    lane = Lane(lambda scope: True, threads=1, waiting=2, waiting_each=2)
    served = make_bridge(gate, lanes=[lane])
    loop = asyncio.get_running_loop()
    first, second = Wire(request(b"")), Wire(request(b""), {"type": "http.disconnect"})
    begun = loop.create_task(served(scope(path="/slow/1"), first.receive, first.send))
    await until(lambda: gate.paths)
    await served(scope(path="/slow/2"), second.receive, second.send)
    gate.open.set()
    await begun
    assert (first.status, second.sent, gate.paths) == (204, [], ["/slow/1"])


async def test_requests_of_an_admitted_lane_take_the_turns_of_their_sender() -> None:
    gate = Gate()
    admitted: list[object] = []

    def admit(environ: dict[str, Any]) -> Admission:
        if environ["HTTP_SENDER"] == "stranger":
            raise Refused(Answer(401, b"{}"))
        return Admission(environ["HTTP_SENDER"], 1000)

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        admitted.append(environ[bodies.ADMITTED])
        return gate(environ, start)

    lane = Lane(
        lambda scope: scope["path"].startswith("/slow"),
        threads=2,
        threads_each=1,
        waiting=9,
        waiting_each=9,
        is_admitted=True,
    )
    served = make_bridge(app, lanes=[lane], admit=admit)
    loop = asyncio.get_running_loop()

    def ask(path: str, sender: bytes) -> tuple[Wire, asyncio.Task[None]]:
        wire = Wire(request(b""))
        connection = scope(path=path, headers=[(b"sender", sender)], client=("192.0.2.1", 1))
        return wire, loop.create_task(served(connection, wire.receive, wire.send))

    asked = [ask(f"/slow/{place}", b"one") for place in range(5)]
    await until(lambda: gate.paths)
    asked.append(ask("/slow/other", b"another"))
    await until(lambda: len(gate.paths) == 2)
    assert gate.paths == ["/slow/0", "/slow/other"]
    stranger, task = ask("/slow/6", b"stranger")
    await task
    assert stranger.status == 401
    gate.open.set()
    await asyncio.gather(*(task for _, task in asked))
    assert {wire.status for wire, _ in asked} == {204}
    assert admitted == [True] * 6 and {name.split("_")[0] for name in gate.threads} == {"lane"}


async def test_large_bodies_of_a_lane_are_parsed_apart_from_those_of_quick_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "FREE_BYTES", 10)
    gate = Gate()
    lane = Lane(lambda scope: "lane" in scope["path"], threads=8, waiting=9, waiting_each=9, is_admitted=True)
    served = make_bridge(gate, lanes=[lane], admit=lambda environ: Admission(environ["HTTP_SENDER"], 1000))
    loop = asyncio.get_running_loop()

    def ask(path: str, sender: bytes) -> asyncio.Task[None]:
        wire = Wire(request(b"x" * 11))
        return loop.create_task(
            served(scope(path=path, headers=[(b"sender", sender)]), wire.receive, wire.send)
        )

    tasks = [ask(f"/slow/lane/{place}/{sender}", sender.encode()) for sender in "abc" for place in range(2)]
    await until(lambda: len(gate.paths) == 2)
    await asyncio.wait_for(ask("/quick", b"a"), 10)
    assert sorted(path[-1] for path in gate.paths if "lane" in path) == ["a", "b"]
    gate.open.set()
    await asyncio.gather(*tasks)


async def test_of_large_bodies_few_are_parsed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "FREE_BYTES", 10)
    gate = Gate()

    def admit(environ: dict[str, Any]) -> Admission:
        return Admission(environ["PATH_INFO"], 1000, is_parsed="json" in environ["PATH_INFO"])

    served = make_bridge(gate, admit=admit, threads=8)
    loop = asyncio.get_running_loop()
    tasks = []
    for number in range(4):
        for kind in ("json", "file"):
            wire = Wire(request(b"x" * 11))
            one = scope(path=f"/slow/{kind}/{number}")
            tasks.append(loop.create_task(served(one, wire.receive, wire.send)))
    await until(lambda: len(gate.paths) == 6)
    assert sum("file" in path for path in gate.paths) == 4
    gate.open.set()
    await asyncio.gather(*tasks)
    assert len(gate.paths) == 8


async def test_a_client_that_leaves_gets_nothing_and_nothing_runs() -> None:
    wire = Wire(request(b"half", more=True), {"type": "http.disconnect"})
    await make_bridge(never)(scope(), wire.receive, wire.send)
    assert wire.sent == []


async def test_a_reader_that_stalls_loses_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "STALL_SECONDS", 0.05)
    monkeypatch.setattr(bridge, "AHEAD", 10)
    ended = []

    def endless(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        try:
            while True:
                yield b"x" * 6
        finally:
            ended.append(True)

    class Stalled(Wire):
        async def send(self, message: dict[str, Any]) -> None:
            await asyncio.sleep(3600)

    wire = Stalled(request(b""))
    with pytest.raises(BrokenPipeError):
        await make_bridge(endless)(scope(), wire.receive, wire.send)
    assert ended == [True]


async def test_an_error_before_the_answer_reaches_the_server() -> None:
    def broken(environ: dict[str, Any], start: Any) -> list[bytes]:
        raise RuntimeError("broken")

    wire = Wire(request(b""))
    with pytest.raises(RuntimeError, match="broken"):
        await make_bridge(broken)(scope(), wire.receive, wire.send)


async def test_cookies_and_repeated_headers_are_joined_and_forged_ones_dropped() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.update(environ)
        start("204 No Content", [])
        return []

    headers = [
        (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y"), (b"x_api_key", b"forged"),
        (b"content-length", b"0"), (b"transfer-encoding", b"identity"),
    ]  # fmt: skip
    wire = Wire(request(b""))
    await make_bridge(app)(scope(headers=headers, path="/größe"), wire.receive, wire.send)
    assert (seen["HTTP_COOKIE"], seen["HTTP_ACCEPT"], seen["CONTENT_LENGTH"]) == ("a=1; b=2", "x,y", "0")
    assert not {"HTTP_X_API_KEY", "HTTP_TRANSFER_ENCODING"} & set(seen)
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/größe"
    assert wire.status == 204


async def test_a_view_can_ask_whether_its_client_left() -> None:
    asked: list[bool] = []
    begun, ended = threading.Event(), threading.Event()

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        is_gone = environ[bodies.CLIENT_GONE]
        asked.append(is_gone())
        begun.set()
        while not is_gone() and not ended.wait(0.001):
            pass
        asked.append(is_gone())
        start("200 OK", [])
        return []

    wire = Wire(request(b""))

    async def receive() -> dict[str, Any]:
        if wire.messages:
            return await wire.receive()
        await until(begun.is_set)
        return {"type": "http.disconnect"}

    await asyncio.wait_for(make_bridge(app)(scope(path="/x"), receive, wire.send), 20)
    ended.set()
    assert asked == [False, True]
