"""Where an import's bytes are: a JSON file, a folder or a zip archive with images beside it; all paths are hostile."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings

from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.services import blobs
from annotator.services.media import archives
from annotator.storage import probe
from annotator.storage.base import CHUNK, Stored, put
from annotator.storage.zips import Entry, ZipReader, is_clutter

Found = Stored | DomainError | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An import's JSON as a seekable file, and where its images are looked up by the name that the JSON gives."""

    json: BinaryIO
    images: Images


class Images:
    """Finds images by file name: exactly, in a folder `images`, or by last part when that is unambiguous."""

    def find(self, name: str) -> Found:
        """Store the image of a name of the JSON and return its bytes; None when there is none, or why it cannot be had.

        No name and no image raises; only an archive that unpacks to more than it declares ends an import (TooLarge).
        """
        raise NotImplementedError


class NoImages(Images):
    """A lone JSON file: its images are those that the dataset has already."""

    def find(self, name: str) -> Found:
        return None


class FolderImages(Images):
    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def find(self, name: str) -> Found:
        file = self._file(name)
        if file is None:
            return None
        try:
            stream = file.open("rb")
        except OSError:
            return Invalid("The file cannot be read by the server.", code="file_missing")
        with stream:
            return _stored(iter(lambda: stream.read(CHUNK), b""))

    def _file(self, name: str) -> Path | None:
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts:
            return None
        for base in (self._root, self._root / "images"):
            for candidate in (base / parts, base / parts.name):
                try:
                    file = candidate.resolve()
                    if file.is_relative_to(self._root) and file.is_file():
                        return file
                except (
                    OSError,
                    ValueError,
                    RuntimeError,
                ):  # too long, not of this world, a link that bites its tail
                    continue
        return None


class ZipImages(Images):
    def __init__(self, reader: ZipReader) -> None:
        self._reader = reader
        self._by_path: dict[str, Entry] = {}
        self._by_name: dict[str, Entry | None] = {}
        for entry in reader:
            if not is_clutter(entry.name):
                path = entry.name.replace("\\", "/")
                last = path.rsplit("/", 1)[-1]
                self._by_path[path] = entry
                self._by_name[last] = None if last in self._by_name else entry

    def find(self, name: str) -> Found:
        path = name.replace("\\", "/")
        entry = (
            self._by_path.get(path)
            or self._by_path.get(f"images/{path}")
            or self._by_name.get(path.rsplit("/", 1)[-1])
        )
        if entry is None:
            return None
        if entry.refusal is not None:
            code, words = entry.refusal
            return Invalid(f"It was not imported from the archive: {words}.", code=code)
        return _stored(self._reader.read(entry))


def _stored(chunks: Iterable[bytes]) -> Stored | DomainError:
    """Store an image's bytes; one that is damaged or too large is only itself to be refused."""
    try:
        return put(blobs.store(), chunks, limit=settings.MAX_IMAGE_BYTES)
    except (Invalid, TooLarge) as error:
        return archives.own_refusal(error)


@contextmanager
def open_source(path: Path, images: Path | None = None, *, is_upload: bool = False) -> Iterator[Opened]:
    """Open a JSON file, a folder with one JSON, or a zip with one JSON; `images` is another folder of images.

    With `is_upload` nothing beside the file is looked at: it lies among other people's bytes. Raises Invalid in words
    when there is no single JSON or the archive is damaged, TooLarge for archives beyond the limits.
    """
    if path.is_dir():
        json_file = _only_json(sorted(path.glob("*.json")) or sorted(path.glob("annotations/*.json")), path)
        with json_file.open("rb") as file:
            yield Opened(file, FolderImages(images or path))
    elif path.is_file():
        with path.open("rb") as file:
            is_archive = probe.sniff(file.read(64)) == "ZIP"
            file.seek(0)
            if is_archive:
                with _opened_zip(file, images) as opened:
                    yield opened
            else:
                yield Opened(file, NoImages() if is_upload else FolderImages(images or path.parent))
    else:
        raise Invalid(f"There is no file or folder {path}.", field="path")


@contextmanager
def _opened_zip(file: BinaryIO, images: Path | None) -> Iterator[Opened]:
    """Unpack the one JSON of an archive for the time of the block, on the disk of the blobs."""
    reader = ZipReader(file, archives.limits())
    found = [entry for entry in reader if entry.name.lower().endswith(".json") and not is_clutter(entry.name)]
    if len(found) != 1:
        raise Invalid(f"The archive must hold exactly one .json file, not {len(found)}.", field="archive")
    if found[0].refusal is not None:
        raise Invalid(f"{found[0].name} cannot be unpacked: {found[0].refusal[1]}.", field="archive")
    with tempfile.NamedTemporaryFile(dir=blobs.store().scratch(), suffix=".tmp") as unpacked:
        for block in reader.read(found[0]):
            unpacked.write(block)
        unpacked.flush()
        with Path(unpacked.name).open("rb") as json:
            yield Opened(json, FolderImages(images) if images else ZipImages(reader))


def _only_json(found: list[Path], path: Path) -> Path:
    if len(found) != 1:
        raise Invalid(f"{path} must hold exactly one .json file, not {len(found)}.", field="path")
    return found[0]
