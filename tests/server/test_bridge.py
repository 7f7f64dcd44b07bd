"""The bridge without a network: what is hard to bring about over a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from annotator.server import bridge


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


def make_bridge(app: Any) -> bridge.WsgiBridge:
    return bridge.WsgiBridge(app, threads=1, body_limit=1000)


def never(environ: dict[str, Any], start: Any) -> list[bytes]:
    raise AssertionError("the application must not run")


async def test_a_sender_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "BODY_SECONDS", 0.01)
    monkeypatch.setattr(bridge, "LINGER_SECONDS", 0.01)
    wire = Wire(request(b"half", more=True))
    await make_bridge(never)(scope(), wire.receive, wire.send)
    assert wire.status == 408


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
