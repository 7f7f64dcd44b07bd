"""The way of an ordinary HTTP request from the event loop into Django and back; it knows nothing of what is served.

Django's views are synchronous: they run in a small pool of threads. A thread is held only while a view
works: the body is read before (a slow sender costs no thread) and the answer is handed over at once
(a slow reader costs memory up to `AHEAD`, then a thread until `STALL_SECONDS` have passed without progress).
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any

import orjson

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApp = Callable[..., Iterable[bytes]]
#: From the path, the status, the code and the text of a refusal to the status and the body that its caller understands.
Refusal = Callable[[str, int, str, str], tuple[int, bytes]]

# A body without Content-Length is accepted up to this size: WSGI would read it as empty.
CHUNKED_LIMIT = 8 * 1024 * 1024
SPOOL_BYTES = 512 * 1024
# A body of which nothing has come for this long is given up.
BODY_SECONDS = 60.0
# How far an answer may be produced ahead of the client's reading.
AHEAD = 4 * 1024 * 1024
STALL_SECONDS = 30.0
# A refused body is swallowed this long, so that the client gets to read the refusal.
LINGER_SECONDS, LINGER_BYTES = 10.0, 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Body:
    """A request body that was read whole."""

    file: IO[bytes]
    size: int


class BodyTooLarge(Exception):
    """The body is over the limit, which the message names."""


class ClientGone(Exception):
    """The connection ended before the body did: the part received must not pass for the whole."""


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the last value of a header, or None."""
    return next((value for key, value in reversed(scope["headers"]) if key == name), None)


async def read_body(scope: Scope, receive: Receive, limit: int) -> Body:
    """Read the body into memory or, above `SPOOL_BYTES`, into a temporary file.

    Raises BodyTooLarge (for a declared length before reading anything), ClientGone, and TimeoutError
    when nothing has come for `BODY_SECONDS`.
    """
    declared = header(scope, b"content-length")
    allowed = limit if declared is not None else min(limit, CHUNKED_LIMIT)
    if declared is not None and int(declared) > limit:
        raise BodyTooLarge(f"The body may have at most {limit // 1024**2} MB.")
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 (closed by the caller)
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS) as patience:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise ClientGone
                size += len(message.get("body", b""))
                if size > allowed:
                    raise BodyTooLarge(
                        f"A body without Content-Length may have at most {allowed // 1024**2} MB."
                    )
                file.write(message.get("body", b""))
                if not message.get("more_body"):
                    break
                patience.reschedule(asyncio.get_running_loop().time() + BODY_SECONDS)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return Body(file=file, size=size)  # type: ignore[arg-type]


def plain_refusal(path: str, status: int, code: str, text: str) -> tuple[int, bytes]:
    """Return a refusal in our own words, whatever was asked."""
    return status, orjson.dumps({"code": code, "message": text})


async def refuse(send: Send, receive: Receive, status: int, content: bytes) -> None:
    """Answer with a refusal as JSON, let the client read it, and end the connection."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(content)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": True})
    swallowed = 0
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while swallowed < LINGER_BYTES:
                message = await receive()
                swallowed += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    break
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def build_environ(scope: Scope, body: Body) -> dict[str, Any]:
    """Return the WSGI environ of an ASGI scope.

    Headers with an underscore are dropped: as environ keys they could not be told from the dashed ones
    that a proxy sets. Repeated headers are joined with a comma, cookies with a semicolon.
    """
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogatepass").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body.file,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name or name in {"content-length", "transfer-encoding"}:
            continue
        key = "CONTENT_TYPE" if name == "content-type" else "HTTP_" + name.upper().replace("-", "_")
        if key in environ:
            value = environ[key] + ("; " if name == "cookie" else ",") + value
        environ[key] = value
    if body.size or header(scope, b"content-length") is not None:
        environ["CONTENT_LENGTH"] = str(body.size)
    return environ


class Outgoing:
    """The answer on its way from a pool thread to the loop; at most `AHEAD` bytes lie in it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ready = asyncio.Event()
        self._messages: deque[Message | None] = deque()
        self._room = threading.Condition()
        self._bytes = 0
        self._taken = 0
        self._closed = False

    def put(self, *messages: Message | None) -> None:
        """Called by the thread; blocks while the client is too far behind. None ends the answer.

        Raises BrokenPipeError when the client is gone or has not read anything for `STALL_SECONDS`.
        """
        with self._room:
            while self._bytes >= AHEAD and not self._closed:
                before = self._taken
                self._room.wait(STALL_SECONDS)
                if self._taken == before and self._bytes >= AHEAD:
                    self._closed = True
            if self._closed:
                raise BrokenPipeError
            self._messages.extend(messages)
            self._bytes += sum(len(message.get("body", b"")) for message in messages if message)
        self._loop.call_soon_threadsafe(self._ready.set)

    def close(self) -> None:
        """Called by the loop: nobody reads any more."""
        with self._room:
            self._closed = True
            self._room.notify_all()

    async def drain(self, send: Send) -> None:
        """Send what comes until the end."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._messages:
                message = self._messages.popleft()
                if message is None:
                    return
                await send(message)
                with self._room:
                    self._bytes -= len(message.get("body", b""))
                    self._taken += 1
                    self._room.notify_all()


class WsgiBridge:
    """An ASGI application that runs a WSGI application in `threads` threads."""

    def __init__(
        self, app: WsgiApp, *, threads: int, body_limit: int, refusal: Refusal = plain_refusal
    ) -> None:
        self._app = app
        self._body_limit = body_limit
        self._refusal = refusal
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(scope, receive, self._body_limit)
        except BodyTooLarge as error:
            await refuse(send, receive, *self._refusal(scope["path"], 413, "too_large", str(error)))
            return
        except TimeoutError:
            text = f"Nothing came for {BODY_SECONDS:.0f} s."
            await refuse(send, receive, *self._refusal(scope["path"], 408, "timeout", text))
            return
        except ClientGone:
            return
        loop = asyncio.get_running_loop()
        out = Outgoing(loop)
        gone = threading.Event()
        watcher = loop.create_task(_watch(receive, out, gone))
        run = contextvars.copy_context().run
        drained = loop.create_task(out.drain(send))
        drained.add_done_callback(lambda task: out.close())
        try:
            await loop.run_in_executor(
                self._pool, run, self._respond, build_environ(scope, body), body, out, gone
            )
            await drained
        finally:
            watcher.cancel()
            drained.cancel()

    def _respond(self, environ: dict[str, Any], body: Body, out: Outgoing, gone: threading.Event) -> None:
        """Run the application in a pool thread and put its answer into `out`."""
        try:
            if gone.is_set() and environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
                out.put(None)
                return
            self._answer(environ, out)
        except BrokenPipeError:
            if not gone.is_set():
                raise
        finally:
            body.file.close()

    def _answer(self, environ: dict[str, Any], out: Outgoing) -> None:
        start: list[Message] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            pairs = [(name.encode("latin-1").lower(), value.encode("latin-1")) for name, value in headers]
            start[:] = [{"type": "http.response.start", "status": int(status[:3]), "headers": pairs}]

        chunks = self._app(environ, start_response)
        try:
            if getattr(chunks, "streaming", True):
                for chunk in chunks:
                    out.put(*start, {"type": "http.response.body", "body": chunk, "more_body": True})
                    start.clear()
                out.put(*start, {"type": "http.response.body", "body": b""}, None)
            else:
                out.put(*start, {"type": "http.response.body", "body": b"".join(chunks)}, None)
        finally:
            getattr(chunks, "close", lambda: None)()

    def close(self) -> None:
        """Wait for the running requests and end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


async def _watch(receive: Receive, out: Outgoing, gone: threading.Event) -> None:
    """Notice that the client has left, so that nobody goes on producing for it."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
    out.close()
