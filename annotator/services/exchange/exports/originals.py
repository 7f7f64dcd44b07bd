"""Exports of the files of images and videos as they were uploaded, alone or beside an export of labels or segments."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from django.conf import settings

from annotator.domain.errors import Invalid, TooLarge
from annotator.domain.text import counted
from annotator.models import BUCKET_SCHEME, Media
from annotator.services import blobs
from annotator.services.buckets import reading
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
    """Write the file of a medium to a path of the archive; one that is not there is reported.

    Raises Invalid when the bucket that it is in cannot be read at all.
    """
    if row.sha256 is None:
        problem = _write_from_bucket(archive, row, path)
    else:
        problem = _write_stored(archive, row.sha256, path)
    if problem:
        state.report.add(state.media_words[1], problem, path)


def _write_stored(archive: zipfile.ZipFile, sha256: str, path: str) -> str:
    """Write a file of the store and return "", or in words why it is not there."""
    try:
        source = blobs.store().open(sha256)
    except FileNotFoundError:
        return "the file is not in storage"
    with source:
        write_entry(archive, path, _pieces(source), is_packed=True)
    return ""


def _write_from_bucket(archive: zipfile.ZipFile, row: MediaRow, path: str) -> str:
    """As `_write_stored`, for a file that is in a bucket or nowhere here. It is read whole before its entry begins."""
    has_key = row.source_url.startswith(BUCKET_SCHEME)
    media = Media.objects.select_related("bucket").filter(pk=row.id).first() if has_key else None
    if media is None or media.bucket is None or media.bucket_key is None:
        return "the file is not kept here"
    try:
        with (
            reading.as_file(media.bucket, media.bucket_key, limit=settings.MAX_IMAGE_BYTES) as copy,
            copy.open("rb") as source,
        ):
            write_entry(archive, path, _pieces(source), is_packed=True)
    except (Invalid, TooLarge) as refusal:
        if not reading.is_of_object(refusal):
            raise
        return "the file cannot be read from its bucket"
    return ""


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: source.read(_CHUNK), b"")
