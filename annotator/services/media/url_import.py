"""Fetching of a file from an address that a user gives: only public hosts, checked again at each step, within limits."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

from django.conf import settings

import annotator
from annotator.domain.errors import Invalid
from annotator.models import Blob
from annotator.services import addresses, blobs
from annotator.services.addresses import Target
from annotator.storage import probe
from annotator.storage.base import CHUNK

REDIRECTS = 5
SECONDS = 30.0
_STEP_SECONDS = 10.0
_TOO_SLOW = "the host answers too slowly"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched and stored, and what it is called by its (last) address."""

    blob: Blob
    name: str


def fetch(url: object, *, limit: int | None = None, field: str = "url") -> Fetched:
    """Fetch and store a file of at most `limit` bytes (default MAX_IMAGE_BYTES).

    Raises Invalid in words for anything but a reachable http(s) file on a public host (or one of
    ANNOTATOR_URL_IMPORT_HOSTS), and TooLarge.
    """
    if not isinstance(url, str) or len(url) > 2000:
        raise Invalid(f"{field} must be an address of at most 2,000 characters.", field=field)
    limit = limit or settings.MAX_IMAGE_BYTES
    deadline = time.monotonic() + SECONDS
    for _ in range(REDIRECTS + 1):
        target = addresses.check(url, field=field)
        try:
            with _answer(target, deadline) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, answer.headers.get("Location", ""))
                    continue
                if answer.status != 200:
                    raise addresses.refused(f"the host answered {answer.status}", field)
                return _store(answer, target, limit, deadline, field)
        except (OSError, http.client.HTTPException) as error:
            slow = time.monotonic() >= deadline
            raise addresses.refused(_TOO_SLOW if slow else _in_words(error), field) from error
    raise addresses.refused("it redirects too often", field)


@contextmanager
def _answer(target: Target, deadline: float) -> Iterator[http.client.HTTPResponse]:
    """Ask for the file at the checked IP, under the original host name (also for the certificate).

    The connection is cut when the time is over: a host that sends a byte of its header now and then meets every
    timeout of a single read.
    """
    plain = socket.create_connection((target.address, target.port), _left(deadline))
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
    guard = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, (stream,))
    guard.daemon = True
    guard.start()
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
        guard.cancel()
        link.close()


def _cut(stream: socket.socket) -> None:
    with suppress(OSError):
        stream.shutdown(socket.SHUT_RDWR)


def _store(
    answer: http.client.HTTPResponse, target: Target, limit: int, deadline: float, field: str
) -> Fetched:
    """Stream the body into the store; nothing is kept of one that is too large, too slow or cut off."""
    staged = blobs.store().stage(limit=limit)
    head = b""
    try:
        while True:
            if answer.fp is not None and answer.fp.raw is not None:
                sock = getattr(answer.fp.raw, "_sock", None)
                if sock is not None:
                    sock.settimeout(_left(deadline))
            block = answer.read1(CHUNK)
            if not block:
                break
            head = head or block[:512]
            staged.write(block)
        if time.monotonic() >= deadline:
            raise TimeoutError
        if answer.length:
            raise addresses.refused("the answer was cut off", field)
        stored = staged.commit()
    finally:
        staged.discard()
    mime = probe.mime_of(head)
    return Fetched(blobs.record(stored, mime=mime), unquote(target.url.path.rsplit("/", 1)[-1]) or "file")


def _left(deadline: float) -> float:
    """Return the seconds that a step may take. Raises TimeoutError when the whole time is over."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, _STEP_SECONDS)


def _in_words(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "its certificate is not valid"
    if isinstance(error, TimeoutError):
        return _TOO_SLOW
    if isinstance(error, OSError):
        return "the host cannot be reached"
    return "the host does not speak HTTP"
