"""Responses of the file views: errors as JSON, headers of files, local and remote blobs with ranges."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from annotator.domain.errors import Busy, Conflict, Denied, DomainError, Missing, Unavailable
from annotator.services import blobs, outages
from annotator.services.media.decoding.renditions import Served
from annotator.storage.base import BlobStore
from annotator.storage.buckets.base import BucketReader

# Files up to this size are read at once, so that a thumbnail costs one call to a thread instead of five.
SMALL = 256 * 1024
_MAX_RANGES = 16
# Buckets answer as slowly as they like, so their files are read in threads of their own.
BUCKET_THREADS = anyio.CapacityLimiter(32)
_log = logging.getLogger(__name__)
_RANGE = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)
_STATUS: list[tuple[type[DomainError], int]] = [(Denied, 403), (Missing, 404), (Busy, 503), (Conflict, 400)]
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
}


def refusal_of(error: Exception) -> DomainError:
    """Return the error of the domain that an exception is or means; an exception that means none is raised again."""
    refusal = error if isinstance(error, DomainError) else outages.unavailable(error)
    if refusal is None:
        raise error
    if isinstance(refusal, Unavailable):
        _log.warning("a file was not served or taken: %s: %s", type(error).__name__, str(error).strip())
    return refusal


def error_response(error: DomainError) -> Response:
    """Return a error_response as {"code", "message"}.

    The status is 400 for every invalid request, also for size: published clients repeat a 413 seven times.
    """
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 400)
    headers = dict(_SECURITY_HEADERS) | {"Cache-Control": "no-store"}
    if isinstance(error, Busy):
        headers["Retry-After"] = str(max(1, round(error.retry_after or 1)))
    return JSONResponse({"code": error.code, "message": error.message}, status_code=status, headers=headers)


async def blob_response(
    request: Request,
    served: Served,
    *,
    name: str,
    max_age: int,
    redirect: bool = False,
    link_seconds: int | None = None,
) -> Response:
    """Return a blob or its requested ranges, cacheable for `max_age` seconds; the same from every store.

    With `redirect` a store that has links answers itself, for `link_seconds` at most (as long as `max_age` without).

    Only decoded images and videos are inline; anything else is an attachment of unknown type.
    """
    headers = headers_of(name, max_age, is_inline=served.is_inline)
    headers |= {
        "Accept-Ranges": "bytes",
        "ETag": f'"{served.tag or served.sha256}"',
        "Last-Modified": format_datetime(served.made.astimezone(UTC), usegmt=True),
    }
    if _is_unchanged(request, headers):
        kept = ("ETag", "Last-Modified", "Cache-Control")
        return Response(status_code=304, headers={key: headers[key] for key in kept})
    store, limiter = _source_of(served)
    if redirect:
        link = store.link(
            served.sha256,
            seconds=max(60, min(max_age, link_seconds or max_age)),
            mime=served.mime,
            disposition=headers["Content-Disposition"],
        )
        if link is not None:
            return RedirectResponse(link, status_code=307, headers={"Cache-Control": "no-store"})
    ranges = _requested_ranges(request, served.size, headers)
    if ranges == []:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{served.size}"})
    body = _RangeBody(served, ranges)
    headers |= body.headers
    status = 206 if ranges else 200
    try:
        first = await anyio.to_thread.run_sync(body.open, request.method == "HEAD", limiter=limiter)
    except FileNotFoundError:
        return error_response(Missing("The file is not in storage.", code="file_missing"))
    if body.is_done:
        return Response(first, status, headers, body.mime)
    return StreamingResponse(_chunks(first, body.rest, limiter), status, headers, body.mime)


def _source_of(served: Served) -> tuple[BucketReader | BlobStore, anyio.CapacityLimiter | None]:
    """Return where the bytes are, and which threads read them (None: those of all)."""
    return (blobs.store(), None) if served.reader is None else (served.reader, BUCKET_THREADS)


class _RangeBody:
    """The body of a response: a whole file (`ranges` is None), one range of it, or several as multipart."""

    def __init__(self, served: Served, ranges: list[tuple[int, int]] | None) -> None:
        self._served = served
        self._ranges = ranges or [(0, served.size)]
        self._boundary = secrets.token_hex(13) if len(self._ranges) > 1 else ""
        self.mime = f"multipart/byteranges; boundary={self._boundary}" if self._boundary else served.mime
        self.rest = self._chunks()
        self.is_done = False
        length = sum(len(self._head(*one)) + one[1] - one[0] for one in self._ranges) + len(self._foot())
        self.headers = {"Content-Length": str(length)}
        if ranges and not self._boundary:
            self.headers["Content-Range"] = self._content_range(*ranges[0])

    def open(self, is_head: bool) -> bytes:
        """Return the first bytes: the whole of a small body (`is_done`), none for a HEAD request. Raises FileNotFoundError."""
        if is_head or self._boundary:
            if _source_of(self._served)[0].stat(self._served.sha256) is None:
                raise FileNotFoundError
            self.is_done = is_head
            return b"" if is_head else next(self.rest)
        if int(self.headers["Content-Length"]) <= SMALL:
            self.is_done = True
            return b"".join(self.rest)
        return next(self.rest, b"")

    def _chunks(self) -> Iterator[bytes]:
        store, _ = _source_of(self._served)
        for start, end in self._ranges:
            if self._boundary:
                yield self._head(start, end)
            yield from store.read_range(self._served.sha256, start, end)
        if self._boundary:
            yield self._foot()

    def _content_range(self, start: int, end: int) -> str:
        return f"bytes {start}-{end - 1}/{self._served.size}"

    def _head(self, start: int, end: int) -> bytes:
        if not self._boundary:
            return b""
        lines = f"Content-Type: {self._served.mime}\r\nContent-Range: {self._content_range(start, end)}"
        return f"\r\n--{self._boundary}\r\n{lines}\r\n\r\n".encode()

    def _foot(self) -> bytes:
        return f"\r\n--{self._boundary}--\r\n".encode() if self._boundary else b""


async def _chunks(
    first: bytes, rest: Iterator[bytes], limiter: anyio.CapacityLimiter | None
) -> AsyncIterator[bytes]:
    """Yield chunks; a client that does not read blocks no thread, since each read is a separate call to a thread."""
    chunk = first
    try:
        while chunk:
            yield chunk
            chunk = await anyio.to_thread.run_sync(next, rest, b"", limiter=limiter)
    finally:
        close = getattr(rest, "close", None)
        if close is not None:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(close)


def _requested_ranges(request: Request, size: int, headers: dict[str, str]) -> list[tuple[int, int]] | None:
    """Return the requested ranges in order and merged: None for the whole file, an empty list if all are outside.

    The whole file is also returned for an invalid range (which HTTP says to ignore), for another version of the file
    (If-Range), and for more ranges than a reader of images and videos needs.
    """
    unit, _, listed = request.headers.get("range", "").partition("=")
    known = request.headers.get("if-range", headers["ETag"]) in (headers["ETag"], headers["Last-Modified"])
    if not known or unit.strip().lower() != "bytes":
        return None
    found = []
    for part in listed.split(","):
        match = _RANGE.fullmatch(part.strip())
        first, last = match.groups() if match else ("", "")
        if not (first or last) or (first and last and int(last) < int(first)):
            return None
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if start < end:
            found.append((start, end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged if len(merged) <= _MAX_RANGES else None


def headers_of(name: str, max_age: int, *, is_inline: bool = True) -> dict[str, str]:
    """Return the headers of user-uploaded files: inline or attachment, never executed, cached privately."""
    kind = "inline" if is_inline else "attachment"
    return _SECURITY_HEADERS | {
        "Cache-Control": f"private, max-age={max_age}, immutable",
        "Content-Disposition": f"{kind}; filename*=utf-8''{quote(name, safe='')}",
    }


def _is_unchanged(request: Request, headers: dict[str, str]) -> bool:
    """Return whether the client has this version, by If-None-Match, or without it by If-Modified-Since."""
    given = request.headers.get("if-none-match")
    if given is not None:
        tags = [value.strip().removeprefix("W/") for value in given.split(",")]
        return headers["ETag"] in tags or "*" in tags
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return since.tzinfo is not None and since >= parsedate_to_datetime(headers["Last-Modified"])
    except (ValueError, IndexError, OverflowError):
        return False
