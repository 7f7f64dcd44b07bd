"""A response that names a file is answered with the file, for the same request; all other responses pass as they are."""

from __future__ import annotations

import asyncio
from typing import Any

from annotator.server.internal_files import InternalFiles, hand_over


def ask(headers: list[tuple[bytes, bytes]]) -> tuple[list[Any], list[Any]]:
    """Return what is sent when the page's response has these headers, and the scopes that the file app was asked with."""
    sent: list[Any] = []
    scopes: list[Any] = []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"page"})

    async def files(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        await send({"type": "http.response.start", "status": 206, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v2/x/",
        "query_string": b"a=1",
        "headers": [(b"range", b"bytes=0-1")],
    }
    asyncio.run(InternalFiles(pages, files)(scope, None, send))  # type: ignore[arg-type]
    return sent, scopes


def test_a_file_is_sent_in_place_of_the_response() -> None:
    response = hand_over("/m/1/original/2/caf%C3%A9.jpg?e=3&s=4")
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    sent, (scope,) = ask(headers)
    assert [message["type"] for message in sent] == ["http.response.start"] and sent[0]["status"] == 206
    assert (scope["path"], scope["raw_path"]) == (
        "/m/1/original/2/café.jpg",
        b"/m/1/original/2/caf%C3%A9.jpg",
    )
    assert (scope["query_string"], scope["headers"], scope["method"]) == (
        b"e=3&s=4",
        [(b"range", b"bytes=0-1")],
        "GET",
    )


def test_a_page_is_sent_as_it_is() -> None:
    sent, scopes = ask([(b"content-type", b"text/html")])
    assert [message.get("body") for message in sent] == [None, b"page"] and not scopes
