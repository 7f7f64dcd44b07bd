"""Bytes and their rows: which comes first, and what putting the same bytes again does."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from annotator.files import uploads as file_uploads
from annotator.models import Blob
from annotator.services import blobs
from annotator.services.media import uploads
from tests.storage import disk
from tests.world import World

DATA = b"an image, say"


def _in_one_request(w: World) -> None:
    slot = uploads.create_slots(actor=w.actor(w.max), project=w.project, count=1)[0]
    file_uploads._store_small(slot.pk, DATA)


def _in_parts(w: World) -> None:
    slot = uploads.create_slots(actor=w.actor(w.max), project=w.project, count=1)[0]
    part = file_uploads._Partial.open(uploads.find_slot(slot.pk))
    try:
        part.write(DATA)
        stored, head = part.adopt()
        uploads.store(slot.pk, stored, file_uploads.mime_of(head))
    finally:
        part.close()
        part.forget()


@pytest.mark.parametrize(
    "put",
    [
        lambda w: blobs.put_bytes(DATA),
        lambda w: blobs.put_stream(io.BytesIO(DATA)),
        lambda w: blobs.put_chunks([DATA[:3], DATA[3:]]),
        _in_one_request,
        _in_parts,
    ],
)
def test_a_row_is_written_when_its_bytes_survive_a_power_cut(w: World, put: Callable[[World], Any]) -> None:
    survived = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(f"INSERT INTO {Blob._meta.db_table}"):
            file = next(
                path
                for path in settings.MEDIA_DIR.rglob("*")
                if len(path.name) == 64 and path.read_bytes() == DATA
            )
            survived.append(watched.survives(file, below=Path(settings.DATA_DIR)))
        return execute(sql, params, many, context)

    blobs._stores.clear()  # as a process does that has just started
    with disk.watched() as watched, connection.execute_wrapper(look):
        put(w)
    assert survived == [True]
