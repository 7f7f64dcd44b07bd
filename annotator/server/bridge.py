"""The way of an ordinary HTTP request from the event loop into Django and back; it knows nothing of what is served.

Django's views are synchronous: they run in a small pool of threads. A thread is held only while a view
works: the body is read before (a slow sender costs no thread; see bodies.py) and the answer is handed over at once
(a slow reader costs memory up to `AHEAD`, then a thread until `STALL_SECONDS` have passed without progress).
What is scarce is given out in turns, for which requests wait without a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import io
import sys
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from annotator.domain.errors import NO_ROOM
from annotator.server import bodies
from annotator.server.bodies import (
    ADMITTED,
    CLIENT_GONE,
    Admission,
    Answer,
    Body,
    BodyTooLarge,
    BodyTooSlow,
    ClientGone,
    Message,
    Receive,
    Refused,
    Scope,
    Send,
    header,
)
from annotator.server.forwarded import network_of
from annotator.server.lanes import PARSED_BODIES, Lane
from annotator.server.turns import NoRoom, Turns

WsgiApp = Callable[..., Iterable[bytes]]
#: From a request, the status, the code and the text of a refusal to the answer that its caller understands.
Refusal = Callable[[Scope, int, str, str], Answer]

# How far an answer may be produced ahead of the client's reading.
AHEAD = 4 * 1024 * 1024
STALL_SECONDS = 30.0
# A refused body is swallowed this long, so that the client gets to read the refusal.
LINGER_SECONDS, LINGER_BYTES = 10.0, 512 * 1024 * 1024
# After this long a request that found no room may be repeated.
RETRY_SECONDS, DISK_FULL_SECONDS = 5, 60
# Bodies over `bodies.FREE_BYTES`: so many are taken at a time.
LARGE_BODIES, LARGE_BODIES_EACH = 32, 8


def plain_refusal(scope: Scope, status: int, code: str, text: str) -> Answer:
    """Return a refusal in our own words, whatever was asked."""
    return Answer(status, orjson.dumps({"code": code, "message": text}))


def admit_anybody(environ: dict[str, Any]) -> Admission:
    """Admit every body up to the bridge's own limit."""
    return Admission(sender="", limit=sys.maxsize)


async def respond(send: Send, answer: Answer) -> None:
    """Send an answer to a request whose body was read."""
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
    await send({"type": "http.response.body", "body": answer.content})


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    return [*answer.headers, (b"content-length", b"%d" % len(answer.content))]


async def refuse(send: Send, receive: Receive, answer: Answer) -> None:
    """Send a refusal of a body that is still coming, let the client read it, and end the connection."""
    headers = [*_headers(answer), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content, "more_body": True})
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
        self._ready.set()

    async def drain(self, send: Send) -> None:
        """Send what comes until the end, or until the client has left."""
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
            if self._closed:
                return


class WsgiBridge:
    """An ASGI application that runs a WSGI application in `threads` threads, requests of the `lanes` in those of their lane.

    `admit` is called in a thread, with an environ that has no body, before a large body is read.
    """

    def __init__(
        self,
        app: WsgiApp,
        *,
        threads: int,
        body_limit: int,
        refusal: Refusal = plain_refusal,
        admit: Callable[[dict[str, Any]], Admission] = admit_anybody,
        lanes: Sequence[Lane] = (),
    ) -> None:
        self._app = app
        self._body_limit = body_limit
        self._refusal = refusal
        self._admit = admit
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="http")
        self._large = Turns(LARGE_BODIES, places_each=LARGE_BODIES_EACH, waiting=256, waiting_each=64)
        self._parsing = Turns(PARSED_BODIES, waiting=LARGE_BODIES, waiting_each=LARGE_BODIES)
        self._lanes = lanes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with contextlib.AsyncExitStack() as held:
            try:
                body = await self._read(scope, receive, held)
            except Refused as refused:
                await held.aclose()
                await refuse(send, receive, refused.answer)
            except ClientGone:
                pass
            else:
                await self._run(scope, receive, send, body, held)

    async def _read(self, scope: Scope, receive: Receive, held: contextlib.AsyncExitStack) -> Body:
        """Return the body; a large one takes a turn, which `held` gives back. Raises Refused and ClientGone."""

        async def admit() -> Admission:
            admission = await self._ask(scope)
            if (bodies.declared_length(scope) or 0) > admission.limit:
                raise bodies.too_large(admission.limit)
            await held.enter_async_context(self._large.turn(admission.sender))
            return admission

        try:
            return await bodies.read_body(scope, receive, self._body_limit, admit)
        except BodyTooLarge as error:
            raise Refused(self._refusal(scope, 413, "too_large", str(error))) from None
        except BodyTooSlow as error:
            raise Refused(self._refusal(scope, 408, "timeout", str(error))) from None
        except NoRoom as error:
            raise self._no_room(scope, error) from None
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            text = "The server's disk is full, so it cannot take a body of this size."
            answer = self._refusal(scope, 503, "disk_full", text)
            raise Refused(answer.repeated_after(DISK_FULL_SECONDS)) from error

    async def _ask(self, scope: Scope) -> Admission:
        """Return what `admit` says of the request. Raises Refused."""
        environ = build_environ(scope, Body(io.BytesIO(), 0))
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._admit, environ)

    def _no_room(self, scope: Scope, error: NoRoom) -> Refused:
        text = (
            "Too many of your requests are waiting. Try again in a few seconds."
            if error.is_own
            else "The server is busy. Try again in a few seconds."
        )
        answer = self._refusal(scope, 429 if error.is_own else 503, "busy", text)
        return Refused(answer.repeated_after(RETRY_SECONDS))

    async def _run(
        self, scope: Scope, receive: Receive, send: Send, body: Body, held: contextlib.AsyncExitStack
    ) -> None:
        """Wait for the request's turn where it needs one, run the application in a thread and send what it answers."""
        out = Outgoing(asyncio.get_running_loop())
        gone = threading.Event()
        watcher = asyncio.create_task(_watch(receive, out, gone))
        environ = {**build_environ(scope, body), CLIENT_GONE: gone.is_set}
        lane = next((each for each in self._lanes if each.matches(scope)), None)
        try:
            if lane is not None or body.admission is not None:
                environ[ADMITTED] = await _unless_gone(self._wait(scope, body, lane, held), watcher)
            await self._work(lane.pool if lane else self._pool, environ, body, out, gone, send)
        except NoRoom as error:
            body.file.close()
            await respond(send, self._no_room(scope, error).answer)
        except Refused as refused:
            body.file.close()
            await respond(send, refused.answer)
        except ClientGone:
            body.file.close()
        finally:
            watcher.cancel()

    async def _wait(
        self, scope: Scope, body: Body, lane: Lane | None, held: contextlib.AsyncExitStack
    ) -> bool:
        """Wait for the request's turns, which `held` gives back; return whether it was admitted. Raises NoRoom and Refused."""
        admission = body.admission
        if lane is not None:
            if admission is None and lane.is_admitted:
                admission = await self._ask(scope)
            if admission is not None and lane.is_admitted:
                caller = admission.sender
            else:
                caller = network_of((scope.get("client") or ("",))[0])
            await held.enter_async_context(lane.turns.turn(caller))
        if body.admission is not None and body.admission.is_parsed:
            parsing = lane.parsing if lane else self._parsing
            await held.enter_async_context(parsing.turn(body.admission.sender))
        return admission is not None

    async def _work(
        self,
        pool: ThreadPoolExecutor,
        environ: dict[str, Any],
        body: Body,
        out: Outgoing,
        gone: threading.Event,
        send: Send,
    ) -> None:
        loop = asyncio.get_running_loop()
        drained = loop.create_task(out.drain(send))
        drained.add_done_callback(lambda task: out.close())
        try:
            await loop.run_in_executor(
                pool, contextvars.copy_context().run, self._respond, environ, body, out, gone
            )
            await drained
        finally:
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
        for lane in self._lanes:
            lane.pool.shutdown(wait=True, cancel_futures=True)


async def _unless_gone(waiting: Coroutine[Any, Any, bool], watcher: asyncio.Task[None]) -> bool:
    """Return what is waited for; raises ClientGone when the client leaves first, so that nothing is done for it."""
    task = asyncio.create_task(waiting)
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not task.done():
            task.cancel()
    if watcher.done():
        await asyncio.wait({task})
        raise ClientGone
    return task.result()


async def _watch(receive: Receive, out: Outgoing, gone: threading.Event) -> None:
    """Notice that the client has left, so that nobody goes on producing for it."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
    out.close()
