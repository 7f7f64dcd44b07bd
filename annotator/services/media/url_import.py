"""Fetching of a file from an address that a user gives: only public hosts, checked again at each step, within limits."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

from django.conf import settings

import annotator
from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.models import Blob
from annotator.services import addresses, blobs
from annotator.services.addresses import Target
from annotator.storage import probe
from annotator.storage.base import CHUNK, Stored, too_large

REDIRECTS = 5
SECONDS = 30.0
_STEP_SECONDS = 10.0
_TOO_SLOW = "the host answers too slowly"
# After the deadline of a batch: until connections that were cut have let go of their threads.
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched and stored, and what it is called by its (last) address."""

    blob: Blob
    name: str


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is in the store and has no row yet, and what it is called by its (last) address."""

    stored: Stored
    mime: str
    name: str


def _ignore(got: int, size: int | None) -> None:
    """The `on_block` of those who want to know nothing."""


class _Clock:
    """The time that a fetch may take: SECONDS, and with `rate` a second more for each `rate` bytes that came.

    `end`: when it is over in any case.
    """

    def __init__(self, rate: int | None, end: float = float("inf")) -> None:
        self._end, self._rate = min(time.monotonic() + SECONDS, end), rate

    def note(self, count: int) -> None:
        if self._rate:
            self._end += count / self._rate

    def remaining(self) -> float:
        return self._end - time.monotonic()

    def step(self) -> float:
        """Return the seconds that a step may take. Raises TimeoutError when the whole time is over."""
        if (left := self.remaining()) <= 0:
            raise TimeoutError
        return min(left, _STEP_SECONDS)


def fetch(
    url: object,
    *,
    limit: int | None = None,
    rate: int | None = None,
    on_block: Callable[[int, int | None], None] = _ignore,
    field: str = "url",
) -> Fetched:
    """Fetch and store a file of at most `limit` bytes (default MAX_IMAGE_BYTES).

    It may take SECONDS; with `rate` longer, as long as so many bytes a second come on the whole. `on_block(got, size)` is
    told what came and may raise to stop; size is None where the host does not say it.
    Raises Invalid in words for anything but a reachable http(s) file on a public host (or one of
    ANNOTATOR_URL_IMPORT_HOSTS), and TooLarge.
    """
    found = _download(url, limit or settings.MAX_IMAGE_BYTES, _Clock(rate), on_block, field)
    return _record([found])[0]


def fetch_many(urls: Sequence[str], *, field: str = "url") -> list[Fetched | DomainError]:
    """Fetch and store the images at addresses, several at once; return what became of each, in order.

    All together may take URL_BATCH_SECONDS: what has not come by then is an error like any other. Rows are written by the
    calling thread alone, those of the threads only read from hosts. Raises nothing for an address.
    """
    end = time.monotonic() + settings.URL_BATCH_SECONDS
    pool = ThreadPoolExecutor(settings.URL_BATCH_THREADS, thread_name_prefix="url-import")
    limit = settings.MAX_IMAGE_BYTES

    def download(url: str) -> Downloaded:
        return _download(url, limit, _Clock(None, end), _ignore, field)

    try:
        asked = {url: pool.submit(download, url) for url in dict.fromkeys(urls)}
        wait(asked.values(), max(0.0, end - time.monotonic()) + _GRACE_SECONDS)
    finally:
        # A lookup of a host's name cannot be cut off: its thread ends by itself, and stores nothing as its time is over.
        pool.shutdown(wait=False, cancel_futures=True)
    outcomes = {url: _outcome(future, field) for url, future in asked.items()}
    came = [url for url, found in outcomes.items() if isinstance(found, Downloaded)]
    rows = dict(zip(came, _record([outcomes[url] for url in came]), strict=True))  # type: ignore[misc]
    return [rows.get(url) or outcomes[url] for url in urls]  # type: ignore[misc]


def _outcome(future: Future[Downloaded], field: str) -> Downloaded | DomainError:
    """Return what a thread has fetched, or why it has not. Raises what is no fault of the address."""
    if not future.done() or future.cancelled():
        return addresses.refused(_TOO_SLOW, field)
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, Invalid | TooLarge):
        return error
    raise error


def _record(files: Sequence[Downloaded]) -> list[Fetched]:
    rows = blobs.record_many([(one.stored, one.mime) for one in files])
    return [Fetched(row, one.name) for row, one in zip(rows, files, strict=True)]


def _download(
    url: object, limit: int, clock: _Clock, on_block: Callable[[int, int | None], None], field: str
) -> Downloaded:
    """Put the file at an address into the store. Asks no database."""
    with _opened(url, clock, field) as (answer, target):
        return _store(answer, target, limit, clock, on_block, field)


def copy_to(write: Callable[[bytes], None], url: object, *, field: str = "url") -> None:
    """Give the bytes of the file at an address to `write`, which may raise to stop; nothing is stored. Raises as `fetch`."""
    clock = _Clock(None)
    with _opened(url, clock, field) as (answer, _):
        _receive(answer, clock, write, _ignore, field)


def look(url: object, *, limit: int, field: str = "url") -> str:
    """Return the name of the file at an address without its bytes, for a job that fetches them. Raises as `fetch`."""
    with _opened(url, _Clock(None), field) as (answer, target):
        if answer.length and answer.length > limit:
            raise too_large(limit)
        return _name(target)


@contextmanager
def _opened(url: object, clock: _Clock, field: str) -> Iterator[tuple[http.client.HTTPResponse, Target]]:
    """Give the answer of a file, after redirects."""
    if not isinstance(url, str) or len(url) > 2000:
        raise Invalid(f"{field} must be an address of at most 2,000 characters.", field=field)
    try:
        for _ in range(REDIRECTS + 1):
            target = addresses.check(url, field=field)
            with _answer(target, clock) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, answer.headers.get("Location", ""))
                    continue
                if answer.status != 200:
                    raise addresses.refused(f"the host answered {answer.status}", field)
                yield answer, target
                return
    except (OSError, http.client.HTTPException) as error:
        words = _TOO_SLOW if clock.remaining() <= 0 else _in_words(error)
        raise addresses.refused(words, field) from error
    raise addresses.refused("it redirects too often", field)


@contextmanager
def _answer(target: Target, clock: _Clock) -> Iterator[http.client.HTTPResponse]:
    """Ask for the file at the checked IP, under the original host name (also for the certificate).

    The connection is cut when the time is over: a host that sends a byte of its header now and then meets every
    timeout of a single read.
    """
    plain = socket.create_connection((target.address, target.port), clock.step())
    try:
        stream = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
            if target.url.scheme == "https"
            else plain
        )
    except BaseException:
        plain.close()
        raise
    link = http.client.HTTPConnection(target.host, target.port)
    link.sock = stream
    ended = threading.Event()
    threading.Thread(target=_guard, args=(stream, clock, ended), daemon=True).start()
    try:
        path = (target.url.path or "/") + (f"?{target.url.query}" if target.url.query else "")
        headers = {
            "User-Agent": f"Annotator/{annotator.__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        link.request("GET", path.encode("utf-8").decode("latin-1"), headers=headers)
        yield link.getresponse()
    finally:
        ended.set()
        link.close()


def _guard(stream: socket.socket, clock: _Clock, ended: threading.Event) -> None:
    """Cut a connection whose time is over."""
    while not ended.wait(max(0.0, clock.remaining())):
        if clock.remaining() <= 0:
            _cut(stream)
            return


def _cut(stream: socket.socket) -> None:
    with suppress(OSError):
        stream.shutdown(socket.SHUT_RDWR)


def _store(
    answer: http.client.HTTPResponse,
    target: Target,
    limit: int,
    clock: _Clock,
    on_block: Callable[[int, int | None], None],
    field: str,
) -> Downloaded:
    """Stream the body into the store; nothing is kept of one that is too large, too slow or cut off."""
    staged = blobs.store().stage(limit=limit)
    head = b""

    def write(block: bytes) -> None:
        nonlocal head
        head = head or block[:512]
        staged.write(block)

    try:
        _receive(answer, clock, write, on_block, field)
        stored = staged.commit()
    finally:
        staged.discard()
    return Downloaded(stored, probe.mime_of(head), _name(target))


def _receive(
    answer: http.client.HTTPResponse,
    clock: _Clock,
    write: Callable[[bytes], None],
    on_block: Callable[[int, int | None], None],
    field: str,
) -> None:
    """Give the body to `write` in blocks. Raises Invalid for one that is cut off, TimeoutError for one that is too slow."""
    got, size = 0, answer.length
    while True:
        if answer.fp is not None and answer.fp.raw is not None:
            sock = getattr(answer.fp.raw, "_sock", None)
            if sock is not None:
                sock.settimeout(clock.step())
        block = answer.read1(CHUNK)
        if not block:
            break
        write(block)
        clock.note(len(block))
        got += len(block)
        on_block(got, size)
    if clock.remaining() <= 0:
        raise TimeoutError
    if answer.length:
        raise addresses.refused("the answer was cut off", field)


def _name(target: Target) -> str:
    return unquote(target.url.path.rsplit("/", 1)[-1]) or "file"


def _in_words(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "its certificate is not valid"
    if isinstance(error, TimeoutError):
        return _TOO_SLOW
    if isinstance(error, OSError):
        return "the host cannot be reached"
    return "the host does not speak HTTP"
