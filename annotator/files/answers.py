"""Answers of the file views: refusals as JSON, headers of bytes, local and remote blobs with ranges."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from annotator.domain.errors import Busy, Conflict, Denied, DomainError, Missing
from annotator.services import blobs
from annotator.services.renditions import Served

# Files up to this size are read in one go; a thumbnail then costs one hop to a thread instead of five.
SMALL = 256 * 1024
_STATUS: list[tuple[type[DomainError], int]] = [(Denied, 403), (Missing, 404), (Busy, 503), (Conflict, 400)]
_GUARD = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
}


def refusal(error: DomainError) -> Response:
    """Return a refusal as {"code", "message"}.

    400 for all that is wrong with the request, size included: published clients repeat a 413 seven times.
    """
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 400)
    headers = dict(_GUARD) | {"Cache-Control": "no-store"}
    if isinstance(error, Busy):
        headers["Retry-After"] = str(max(1, round(error.retry_after or 1)))
    return JSONResponse({"code": error.code, "message": error.message}, status_code=status, headers=headers)


async def blob_response(
    request: Request, served: Served, *, name: str, max_age: int, redirect: bool = False
) -> Response:
    """Return the bytes of a blob, whole or the asked range, cacheable for `max_age` seconds.

    Only decoded rasters and video are shown in place; anything else is a download of unknown type.
    """
    headers = _headers(served, name, max_age)
    if _is_unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers={key: headers[key] for key in ("ETag", "Cache-Control")})
    store = blobs.store()
    path = store.path(served.sha256)
    if path is not None:
        try:
            stat, content = await anyio.to_thread.run_sync(_look, path, "range" not in request.headers)
        except FileNotFoundError:
            return refusal(Missing("The file is not in storage.", code="file_missing"))
        headers["Last-Modified"] = formatdate(stat.st_mtime, usegmt=True)
        if content is not None:
            return Response(content, headers=headers, media_type=served.mime)
        return FileResponse(path, headers=headers, media_type=served.mime, stat_result=stat)
    if redirect:
        link = store.link(
            served.sha256,
            seconds=max(60, max_age),
            mime=served.mime,
            disposition=headers["Content-Disposition"],
        )
        if link is not None:
            return RedirectResponse(link, status_code=307, headers={"Cache-Control": "no-store"})
    return await _remote(request, served, headers)


def _look(path: Path, is_whole: bool) -> tuple[os.stat_result, bytes | None]:
    """Return the file's state, and its bytes when all of a small one are wanted."""
    stat = path.stat()
    return stat, path.read_bytes() if is_whole and stat.st_size <= SMALL else None


async def _remote(request: Request, served: Served, headers: dict[str, str]) -> Response:
    """Pass the bytes of a store elsewhere through, the asked range only."""
    span = _range(request, served.size, headers["ETag"])
    if span is None:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{served.size}"})
    start, end, is_part = span
    headers |= {"Content-Length": str(end - start), "Accept-Ranges": "bytes"}
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{served.size}"
    chunks = blobs.store().read_range(served.sha256, start, end)
    try:
        first = await anyio.to_thread.run_sync(next, chunks, b"")
    except FileNotFoundError:
        return refusal(Missing("The file is not in storage.", code="file_missing"))
    return StreamingResponse(_chunks(first, chunks), 206 if is_part else 200, headers, served.mime)


async def _chunks(first: bytes, rest: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield chunks; a client that does not read holds no thread, since each read is a hop of its own."""
    chunk = first
    try:
        while chunk:
            yield chunk
            chunk = await anyio.to_thread.run_sync(next, rest, b"")
    finally:
        close = getattr(rest, "close", None)
        if close is not None:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(close)


def _range(request: Request, size: int, etag: str) -> tuple[int, int, bool] | None:
    """Return (start, end, whether partial) of a single range; the whole file for anything else, None when outside."""
    given = request.headers.get("range", "")
    if request.headers.get("if-range", etag) != etag or not given.startswith("bytes=") or "," in given:
        return 0, size, False
    first, dash, last = given[6:].strip().partition("-")
    if not dash or not all(part == "" or (part.isascii() and part.isdigit()) for part in (first, last)):
        return 0, size, False
    if first == "":
        if last == "":
            return 0, size, False
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    return (start, end, True) if start < end else None


def _headers(served: Served, name: str, max_age: int) -> dict[str, str]:
    kind = "inline" if served.is_inline else "attachment"
    return _GUARD | {
        "Accept-Ranges": "bytes",
        "ETag": f'"{served.sha256}"',
        "Cache-Control": f"private, max-age={max_age}, immutable",
        "Content-Disposition": f"{kind}; filename*=utf-8''{quote(name, safe='')}",
    }


def _is_unchanged(request: Request, etag: str) -> bool:
    given = [
        value.strip().removeprefix("W/") for value in request.headers.get("if-none-match", "").split(",")
    ]
    return etag in given or "*" in given
