"""Exports of the files of images and videos as they were uploaded, alone or beside an export of labels or segments."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from annotator.domain.text import counted
from annotator.services import blobs
from annotator.services.exchange.exports import rows as export_rows
from annotator.services.exchange.exports.building import Build, free_path, media_of, write_entry
from annotator.services.exchange.exports.rows import MediaRow

_CHUNK = 1024 * 1024


def write(state: Build, archive: zipfile.ZipFile) -> None:
    """Write the files of the media to the archive."""
    _write_files(state, archive, media_of(state, 0.0, 1.0))


def write_included(state: Build, archive: zipfile.ZipFile) -> None:
    """Write the files of the media of an export beside what it says of them."""
    one, many = state.media_words
    done = 0
    for chunk in state.keys.chunks():
        _write_files(state, archive, export_rows.read_media(chunk), folder=f"{many}/")
        done += len(chunk)
        state.progress(done / len(state.keys), counted(done, f"{one} file", f"{one} files"))


def _write_files(
    state: Build, archive: zipfile.ZipFile, rows: Iterable[MediaRow], *, folder: str = ""
) -> None:
    for row in rows:
        write_original(state, archive, row, folder + free_path(state, row))


def write_original(state: Build, archive: zipfile.ZipFile, row: MediaRow, path: str) -> None:
    """Write the file of a medium to a path of the archive; one that is not there is reported."""
    if row.sha256 is None:
        state.report.add(state.media_words[1], "the file is not kept here", path)
        return
    try:
        source = blobs.store().open(row.sha256)
    except FileNotFoundError:
        state.report.add(state.media_words[1], "the file is not in storage", path)
        return
    with source:
        write_entry(archive, path, _pieces(source), is_packed=True)


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: source.read(_CHUNK), b"")
