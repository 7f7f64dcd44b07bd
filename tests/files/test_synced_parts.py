"""What a sender is told has arrived is on the disk by then."""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest
from starlette.requests import Request

from annotator.files import uploads as files
from annotator.services import blobs
from annotator.services.media.uploads import Slot


async def test_a_part_is_synced_before_the_sender_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, int]] = []
    fsync = os.fsync

    def noted(file: int) -> None:
        name = os.path.basename(os.readlink(f"/proc/self/fd/{file}"))
        synced.append((name, os.fstat(file).st_size))
        fsync(file)

    async def in_database(*arguments: Any) -> None:
        assert arguments[0].__name__ == "note_begun"

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(files, "in_database", in_database)
    monkeypatch.setattr(files, "_check_quota", lambda slot, size: None)
    slot = Slot(uuid.uuid4(), "open", "resumable", "", False, uuid.uuid4())
    part, scratch = f"{slot.id}.part", blobs.store().scratch().name
    for first, expected in ((0, 5), (None, 5), (5, 10)):
        synced.clear()
        span = files.Span(first, -1 if first is None else first + 4, 100)
        answer = await files._part(_request(b"" if first is None else b"12345"), slot, span)
        assert (answer.status_code, answer.headers["range"]) == (308, f"bytes=0-{expected - 1}")
        assert (part, expected) in synced and scratch in [name for name, _ in synced]
    (blobs.store().scratch() / part).unlink()


def _request(body: bytes) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "PUT", "path": "/", "headers": []}, receive)
