"""Request bodies: who may send one, how large, how slowly; read whole before a view runs."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import IO, Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: The key in the environ of a request that `admit` was asked about.
ADMITTED = "annotator.is_admitted"
#: The key in the environ of a function that says whether the client has left.
CLIENT_GONE = "annotator.client_gone"
# A body up to this size is kept in memory and taken from anybody; of a larger one the sender is asked first.
FREE_BYTES = 512 * 1024
# A body without Content-Length is accepted up to this size: WSGI would read it as empty.
CHUNKED_LIMIT = 8 * 1024 * 1024
# A body of which nothing has come for this long is given up, and so is one that arrives, after the grace, at a lower rate.
BODY_SECONDS = 60.0
GRACE_SECONDS, MIN_BYTES_PER_SECOND = 20.0, 4 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that is given before a view runs."""

    status: int
    content: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)

    def repeated_after(self, seconds: float) -> Answer:
        """Return this answer with the time after which the request may be sent again."""
        headers = (*self.headers, (b"retry-after", b"%d" % max(1, round(seconds))))
        return Answer(self.status, self.content, headers)


class Refused(Exception):
    """The request is answered before it reaches a view."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Admission:
    """What the headers of a request allow: whose turns it takes (`sender`), and how large its body may be.

    `is_parsed` when the view makes values of the whole body in memory, rather than reading files from it.
    """

    sender: str
    limit: int
    is_parsed: bool = True


Admit = Callable[[], Awaitable[Admission]]


@dataclass(frozen=True, slots=True)
class Body:
    """A request body that was read whole; `admission` is None for one up to `FREE_BYTES`."""

    file: IO[bytes]
    size: int
    admission: Admission | None = None


class BodyTooLarge(Exception):
    """The body is over the limit, which the message names."""


class BodyTooSlow(Exception):
    """The body, or the next part of it, takes too long."""


class ClientGone(Exception):
    """The connection ended before the body did: the part received must not pass for the whole."""


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the last value of a header, or None."""
    return next((value for key, value in reversed(scope["headers"]) if key == name), None)


async def read_body(scope: Scope, receive: Receive, limit: int, admit: Admit) -> Body:
    """Read the body into memory or, above `FREE_BYTES`, into a temporary file.

    `admit` is asked before more than `FREE_BYTES` are read, for a declared length before anything is, and may wait. Raises
    what it raises, BodyTooLarge (for a declared length at once), BodyTooSlow and ClientGone.
    """
    declared = declared_length(scope)
    if declared is not None and declared > limit:
        raise too_large(limit)
    admission = await admit() if declared is not None and declared > FREE_BYTES else None
    most = limit if declared is not None else min(limit, CHUNKED_LIMIT)
    clock = asyncio.get_running_loop().time
    size, started = 0, clock()
    file = tempfile.SpooledTemporaryFile(max_size=FREE_BYTES)  # noqa: SIM115 (closed by the caller)
    try:
        while True:
            message = await _next(receive, started, size)
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > FREE_BYTES and admission is None:
                asked = clock()
                admission = await admit()
                most, started = min(most, admission.limit), started + clock() - asked
            if size > most:
                raise BodyTooLarge(f"A body without Content-Length may have at most {most // 1024**2} MB.")
            file.write(chunk)
            if not message.get("more_body"):
                break
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return Body(file, size, admission)  # type: ignore[arg-type]


def declared_length(scope: Scope) -> int | None:
    """Return the Content-Length, which the server has checked to be a number, or None."""
    value = header(scope, b"content-length")
    return None if value is None else int(value)


def too_large(limit: int) -> BodyTooLarge:
    """Return the error of a body whose declared length is over `limit` bytes."""
    return BodyTooLarge(f"The body may have at most {limit // 1024**2} MB.")


def seconds_left(started: float, size: int) -> float:
    """Return how long the next part may take when `size` bytes have come since `started`, a time of the running loop."""
    elapsed = asyncio.get_running_loop().time() - started
    return GRACE_SECONDS + size / MIN_BYTES_PER_SECOND - elapsed


async def _next(receive: Receive, started: float, size: int) -> Message:
    """Return the next part of a body of which `size` bytes have come since `started`."""
    try:
        async with asyncio.timeout(min(BODY_SECONDS, seconds_left(started, size))):
            message = await receive()
    except TimeoutError:
        raise BodyTooSlow(
            "The body did not arrive in time. Check the connection and send it again."
        ) from None
    if message["type"] != "http.request":
        raise ClientGone
    return message
