"""PUT of one file to a signed slot: in one request or in resumable parts, in constant memory, stored completely or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio
from django.conf import settings
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from annotator.domain.errors import NO_ROOM, Busy, Conflict, Invalid
from annotator.server.bodies import seconds_left
from annotator.services import blobs
from annotator.services.media import uploads
from annotator.services.media.uploads import Slot
from annotator.services.workspaces.quotas import quotas
from annotator.storage import probe
from annotator.storage.base import CHUNK, Stored, disk_full, put_stream, too_large
from annotator.storage.local import sync_folder

from .media import check_signature, uuid_param
from .responses import error_response, refusal_of
from .threads import in_database

_RANGE = re.compile(r"bytes (?:(\d{1,15})-(\d{1,15})|\*)/(\d{1,15}|\*)")
_DRAIN = 64 * 1024 * 1024
_DRAIN_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A Content-Range: bytes first..last of `total`; `first` is None for a progress query, `total` is None if unknown."""

    first: int | None
    last: int
    total: int | None


async def upload(request: Request) -> Response:
    """Receive the file of a slot. 200 {} if it is complete, 308 with Range if not."""
    try:
        check_signature(request)
        key = uuid_param(request, "slot")
        if request.method == "PUT" and _is_small(request):
            return await _small(request, key)
        slot = await in_database(uploads.find_slot, key)
        if request.method == "POST":
            return _start_resumable(request)
        span = _content_range(request)
        if span is None:
            return await _single(request, slot)
        return await _part(request, slot, span)
    except ClientDisconnect:
        return Response(status_code=499)
    except TimeoutError:
        text = "The file did not arrive in time. Check the connection and upload it again or continue."
        headers = {"Cache-Control": "no-store", "Connection": "close"}
        return JSONResponse({"code": "timeout", "message": text}, status_code=408, headers=headers)
    except Exception as error:
        refusal = refusal_of(error)
        await _drain(request)
        return error_response(refusal)


def _start_resumable(request: Request) -> Response:
    """Start a resumable session, which has the slot's own URL."""
    if request.headers.get("x-goog-resumable", "start").lower() != "start":
        raise Invalid("x-goog-resumable must be start.", field="x-goog-resumable")
    return Response(status_code=201, headers={"Location": str(request.url), "Cache-Control": "no-store"})


def _content_range(request: Request) -> Span | None:
    given = request.headers.get("content-range")
    if given is None:
        return None
    found = _RANGE.fullmatch(given.strip())
    if found is None:
        raise Invalid(
            "Content-Range must be 'bytes first-last/total' or 'bytes */total'.", field="Content-Range"
        )
    total = None if found[3] == "*" else int(found[3])
    span = Span(None, -1, total) if found[1] is None else Span(int(found[1]), int(found[2]), total)
    if total is not None and total > settings.MAX_UPLOAD_BYTES:
        raise too_large(settings.MAX_UPLOAD_BYTES)
    if span.first is not None and (span.last < span.first or (total is not None and span.last >= total)):
        raise Invalid("Content-Range is not within the file.", field="Content-Range")
    return span


def _is_small(request: Request) -> bool:
    """Return whether a whole file is sent that fits in memory, like most images."""
    declared = request.headers.get("content-length", "")
    return (
        declared.isdigit()
        and int(declared) <= min(CHUNK, settings.MAX_UPLOAD_BYTES)
        and "content-range" not in request.headers
    )


async def _small(request: Request, key: uuid.UUID) -> Response:
    """Store a small file: read it, then one call to a thread for disk and database."""
    data = b"".join([block async for block in _blocks(request)])
    await in_database(_store_small, key, data)
    return JSONResponse({}, headers={"Cache-Control": "no-store"})


def _store_small(key: uuid.UUID, data: bytes) -> None:
    slot = uploads.find_slot(key)
    _check_quota(slot, len(data))
    staged = blobs.store().stage()
    try:
        staged.write(data)
        _keep(slot, staged.commit(), mime_of(data[:512]))
    finally:
        staged.discard()


async def _single(request: Request, slot: Slot) -> Response:
    """Store a file sent in one request. Sending the same file again is allowed, another one is rejected."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > settings.MAX_UPLOAD_BYTES:
        raise too_large(settings.MAX_UPLOAD_BYTES)
    _check_quota(slot, int(declared) if declared.isdigit() else 0)
    staged = await anyio.to_thread.run_sync(partial(blobs.store().stage, limit=settings.MAX_UPLOAD_BYTES))
    head = b""
    try:
        async for block in _blocks(request):
            head = head or block[:512]
            await anyio.to_thread.run_sync(staged.write, block)
        stored = await anyio.to_thread.run_sync(staged.commit)
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(staged.discard)
    await in_database(_keep, slot, stored, mime_of(head))
    return JSONResponse({}, headers={"Cache-Control": "no-store"})


async def _part(request: Request, slot: Slot, span: Span) -> Response:
    """Append a part to the file on disk, whose size is what was received."""
    if slot.state == "stored":
        return JSONResponse({}, headers={"Cache-Control": "no-store"})
    if span.first is not None:
        _check_quota(slot, max(span.last + 1, span.total or 0))
    part = await anyio.to_thread.run_sync(_Partial.open, slot)
    try:
        if part.size == 0 and span.first != 0 and slot.has_begun:
            raise Conflict(
                "The earlier parts of this file are not on this server. Upload the file again from the beginning.",
                code="upload_elsewhere",
            )
        if span.first is not None:
            await _append(request, part, span)
        if part.size and not slot.has_begun:
            await in_database(uploads.note_begun, slot.id, part.size)
        if span.total is None or part.size < span.total:
            await anyio.to_thread.run_sync(part.sync)
            return _incomplete(part.size)
        if part.size > span.total:
            raise Invalid("More bytes were sent than the declared total.", field="Content-Range")
        stored, head = await anyio.to_thread.run_sync(part.adopt)
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(part.close)
    await in_database(_keep, slot, stored, mime_of(head))
    await anyio.to_thread.run_sync(part.forget)
    return JSONResponse({}, headers={"Cache-Control": "no-store"})


def _check_quota(slot: Slot, size: int) -> None:
    """Raise TooLarge unless the workspace may store a file of this size; sending a stored file again takes no more room."""
    if slot.state == "open":
        quotas.check_bytes(slot.workspace_id, size)


def _keep(slot: Slot, stored: Stored, mime: str) -> None:
    """Give a slot its bytes, which count for its workspace once."""
    if uploads.store(slot.id, stored, mime):
        quotas.note_bytes(slot.workspace_id, stored.size)


async def _append(request: Request, part: _Partial, span: Span) -> None:
    """Write the new bytes of a part; bytes that were received before are skipped, a part after a gap changes nothing."""
    assert span.first is not None
    skip = part.size - span.first
    if skip < 0:
        await _drain(request)
        return
    left = span.last + 1 - span.first
    async for block in _blocks(request):
        fresh = block[:left][skip:]
        left -= len(block)
        skip = max(0, skip - len(block))
        if left < 0:
            raise Invalid("More bytes were sent than Content-Range declares.", field="Content-Range")
        if fresh:
            await anyio.to_thread.run_sync(part.write, fresh)


def _incomplete(size: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    if size:
        headers["Range"] = f"bytes=0-{size - 1}"
    return Response(status_code=308, headers=headers)


class _Partial:
    """A file that is uploaded in parts, in the scratch folder, locked against a second sender."""

    def __init__(self, path: Path, file: int, size: int) -> None:
        self.path = path
        self.size = size
        self._file = file

    @classmethod
    def open(cls, slot: Slot) -> _Partial:
        """Open or create the file of a slot. Raises Busy while another request writes it."""
        path = blobs.store().scratch() / f"{slot.id}.part"
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise Busy(
                "Another request is uploading to this URL.", code="upload_busy", retry_after=1
            ) from None
        return cls(path, file, os.fstat(file).st_size)

    def write(self, data: bytes) -> None:
        if self.size + len(data) > settings.MAX_UPLOAD_BYTES:
            raise too_large(settings.MAX_UPLOAD_BYTES)
        store = blobs.store()
        if (free := store.free_bytes()) is not None and free < len(data):
            raise disk_full()
        try:
            view = memoryview(data)
            while view:
                written = os.write(self._file, view)
                view, self.size = view[written:], self.size + written
        except OSError as error:
            raise disk_full() if error.errno in NO_ROOM else error from error

    def sync(self) -> None:
        """Wait until the disk holds what was received: the client discards what was acknowledged."""
        os.fsync(self._file)
        sync_folder(self.path.parent)

    def adopt(self) -> tuple[Stored, bytes]:
        """Store the complete file; return the stored blob and its first bytes."""
        # By handle, not by name: another request may have stored the same file and removed the name.
        with os.fdopen(os.dup(self._file), "rb") as stream:
            stream.seek(0)
            head = stream.read(512)
            stream.seek(0)
            return put_stream(blobs.store(), stream), head

    def close(self) -> None:
        os.close(self._file)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def mime_of(head: bytes) -> str:
    """Return the type of the first bytes; the type that the client sends is ignored."""
    return probe.mime_of(head)


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """Yield the body in blocks of about CHUNK, so that a call to a thread is worthwhile.

    Raises TimeoutError after UPLOAD_IDLE_SECONDS without data, or at a lower rate than any body may have: a sender that
    lost its network would otherwise keep the file locked and could not resume its own upload.
    """
    buffer = bytearray()
    pieces = request.stream()
    size, started = 0, asyncio.get_running_loop().time()
    while True:
        with anyio.fail_after(min(settings.UPLOAD_IDLE_SECONDS, seconds_left(started, size))):
            piece = await anext(pieces, None)
        if piece is None:
            break
        size += len(piece)
        buffer += piece
        if len(buffer) >= CHUNK:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)


async def _drain(request: Request) -> None:
    """Read what the client still sends, within limits, so that it receives the response instead of a broken pipe."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > _DRAIN:
        return
    left = _DRAIN
    with anyio.move_on_after(_DRAIN_SECONDS), contextlib.suppress(ClientDisconnect, RuntimeError):
        async for piece in request.stream():
            left -= len(piece)
            if left < 0:
                return
