"""Where an import's bytes are: a JSON file, a folder or a zip archive with images beside it; all paths are hostile."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings

from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.domain.records import LossReport
from annotator.services import blobs
from annotator.services.exchange import paths
from annotator.services.exchange.imports import matching
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
    """The image files of a source, found by the names that its JSON gives.

    A name means the file with exactly its path, else what `matching` finds among the files that are left.
    """

    def __init__(self, roots: Sequence[matching.Parts] = ((), ("images",))) -> None:
        self._roots = roots
        self._found: dict[matching.Parts, matching.Match] = {}
        self._unclear: dict[matching.Parts, list[str]] = {}

    def expect(self, names: Iterable[str], report: LossReport) -> None:
        """Learn all names of the JSON before any is asked for, and report those that are found under another path."""
        left, claimed = set[matching.Parts](), set[str]()
        for name in names:
            exact = self._exact(name)
            if exact is None:
                left.add(matching.parts_of(name))
            else:
                claimed.add(exact)
        left.discard(())
        free = [path for path in self._paths(report) if path not in claimed] if left else []
        if not free:
            return
        assignment = matching.assign(left, free, self._roots)
        self._found, self._unclear = assignment.found, assignment.unclear
        for parts, match in self._found.items():
            place = f"{'/'.join(parts)} -> {match.path}"
            if match.is_partial:
                words = "no file has this path; the only other file with the same last part was taken"
                report.add("images.file_name", words, place, code="file_of_other_folder")
            elif match.is_folded:
                words = "no file has this name; the only one that differs in upper and lower case was taken"
                report.add("images.file_name", words, place, code="file_of_other_case")

    def find(self, name: str) -> Found:
        """Store the image of a name of the JSON and return its bytes; None when there is none, or why it cannot be had.

        No name and no image raises; only an archive that unpacks to more than it declares ends an import (TooLarge).
        """
        exact = self._exact(name)
        parts = matching.parts_of(name)
        if exact is None and parts in self._found:
            exact = self._found[parts].path
        if exact is not None:
            return self._read(exact)
        if parts in self._unclear:
            several = ", ".join(self._unclear[parts])
            words = f"No file has this path, and it is not clear which other file is meant: {several}."
            return Invalid(words, code="file_unclear")
        return None

    def _exact(self, name: str) -> str | None:
        """Return the path of the file that a name says exactly, below one of the roots."""
        raise NotImplementedError

    def _paths(self, report: LossReport) -> Iterable[str]:
        """Return the paths of all files of the source."""
        raise NotImplementedError

    def _read(self, path: str) -> Found:
        """Store the bytes of a file, or return why they cannot be had."""
        raise NotImplementedError


class NoImages(Images):
    """A lone JSON file: its images are those that the dataset has already."""

    def _exact(self, name: str) -> str | None:
        return None

    def _paths(self, report: LossReport) -> Iterable[str]:
        return ()


class FolderImages(Images):
    """Files of a folder of the server's own disk; links that lead out of it are not followed."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root.resolve()

    def _exact(self, name: str) -> str | None:
        for text in dict.fromkeys((name.replace("\\", "/"), paths.safe_path(name))):
            path = PurePosixPath(text)
            for root in () if path.is_absolute() or ".." in path.parts else self._roots:
                try:
                    file = self._root.joinpath(*root, path).resolve()
                    if file.is_relative_to(self._root) and file.is_file():
                        return file.relative_to(self._root).as_posix()
                except (OSError, ValueError, RuntimeError):  # too long, an invalid path or a symlink loop
                    continue
        return None

    def _paths(self, report: LossReport) -> Iterable[str]:
        found = list(islice(self._walk(), settings.MAX_ARCHIVE_FILES + 1))
        if len(found) > settings.MAX_ARCHIVE_FILES:
            words = f"the folder has more than {settings.MAX_ARCHIVE_FILES:,} files: only exact paths were looked up"
            report.add("images.file_name", words, self._root, code="folder_too_large")
            return ()
        return found

    def _walk(self) -> Iterator[str]:
        for folder, _, names in os.walk(self._root):
            for name in names:
                file = Path(folder, name)
                if not is_clutter(name) and not file.is_symlink():
                    yield file.relative_to(self._root).as_posix()

    def _read(self, path: str) -> Found:
        file = self._root / path
        try:
            if not file.is_file():
                return None
            stream = file.open("rb")
        except OSError:
            return Invalid("The file cannot be read by the server.", code="file_unreadable")
        with stream:
            return _stored(iter(lambda: stream.read(CHUNK), b""))


class ZipImages(Images):
    """Files of an archive; a name is looked up from the folder of the JSON first."""

    def __init__(self, reader: ZipReader, json_path: str = "") -> None:
        folder = matching.parts_of(json_path)[:-1]
        super().__init__(list(dict.fromkeys([folder, (*folder, "images"), (), ("images",)])))
        self._reader = reader
        self._entries: dict[str, Entry] = {}
        for entry in reader:
            path = "/".join(matching.parts_of(entry.name))
            # A refused entry, "../a.jpg" say, does not hide the file "a.jpg".
            if not is_clutter(entry.name) and (entry.refusal is None or path not in self._entries):
                self._entries[path] = entry

    def expect(self, names: Iterable[str], report: LossReport) -> None:
        names = list(names)
        self._decode_names(names, report)
        super().expect(names, report)

    def _decode_names(self, names: Iterable[str], report: LossReport) -> None:
        """Read file names of an untold encoding in the one in which most of them are among the names of the JSON."""
        untold = {path: entry.raw_name for path, entry in self._entries.items() if entry.raw_name is not None}
        if not untold:
            return
        encoding, text_of = matching.decoded(untold, names)
        for path in untold:
            if encoding is None:
                words = "the archive does not tell the encoding of its file names, and no known one fits the names in the JSON"
                report.add("files", words, path, code="name_encoding")
            else:
                words = f"the archive does not tell the encoding of its file names; {encoding} fits the names in the JSON"
                report.add("files", words, text_of[path], code="name_decoded")
                self._entries[text_of[path]] = self._entries.pop(path)

    def _exact(self, name: str) -> str | None:
        names = dict.fromkeys(("/".join(matching.parts_of(name)), paths.safe_path(name)))
        wanted = ("/".join((*root, path)) for path in names for root in self._roots)
        return next((path for path in wanted if path in self._entries), None)

    def _paths(self, report: LossReport) -> Iterable[str]:
        return self._entries

    def _read(self, path: str) -> Found:
        entry = self._entries[path]
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
        names = sorted(path.glob("*.json")) or sorted(path.glob("annotations/*.json"))
        json_file = _only_json([name for name in names if name.name != paths.REPORT_NAME], path)
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
    found = [entry for entry in reader if _may_be_coco(entry.name)]
    if len(found) != 1:
        raise Invalid(f"The archive must hold exactly one .json file, not {len(found)}.", field="archive")
    if found[0].refusal is not None:
        raise Invalid(f"{found[0].name} cannot be unpacked: {found[0].refusal[1]}.", field="archive")
    with tempfile.NamedTemporaryFile(dir=blobs.store().scratch(), suffix=".tmp") as unpacked:
        for block in reader.read(found[0]):
            unpacked.write(block)
        unpacked.flush()
        with Path(unpacked.name).open("rb") as json:
            yield Opened(json, FolderImages(images) if images else ZipImages(reader, found[0].name))


def _may_be_coco(name: str) -> bool:
    """Return whether an entry is a JSON, and not the report that our own exports put beside it."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return last.lower().endswith(".json") and last != paths.REPORT_NAME and not is_clutter(name)


def _only_json(found: list[Path], path: Path) -> Path:
    if len(found) != 1:
        raise Invalid(f"{path} must hold exactly one .json file, not {len(found)}.", field="path")
    return found[0]
