"""Where the images of an import are: in a folder or a zip archive, found by the names of its JSON; all paths are hostile."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from django.conf import settings

from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.domain.records import LossReport
from annotator.services import blobs
from annotator.services.exchange import paths
from annotator.services.exchange.imports import matching
from annotator.services.media import archives
from annotator.storage.base import CHUNK, Stored, put
from annotator.storage.zips import Entry, ZipReader, is_clutter

Found = Stored | DomainError | None


class Images:
    """The image files of a source, found by the names that its JSON gives.

    A name means the file with exactly its path, else what `matching` finds among the files that are left.
    """

    def __init__(self, roots: Sequence[matching.Parts] = ((), ("images",))) -> None:
        self._roots = roots
        self._found: dict[matching.Parts, matching.Match] = {}
        self._unclear: dict[matching.Parts, list[str]] = {}

    def claims(self, names: Iterable[str]) -> set[str]:
        """Return the paths of the files that names say exactly."""
        return {path for path in map(self._exact, names) if path is not None}

    def expect(self, names: Iterable[str], report: LossReport, *, others: Iterable[str] = ()) -> None:
        """Learn all names of the JSON before any is asked for, and report those that are found under another path.

        `others` are files that another JSON of the source says exactly: only their own path finds them.
        """
        left, claimed = set[matching.Parts](), set(others)
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

    def __init__(self, root: Path, roots: Sequence[matching.Parts] = ((), ("images",))) -> None:
        super().__init__(roots)
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
    """Files of an archive."""

    def __init__(self, reader: ZipReader, roots: Sequence[matching.Parts] = ((), ("images",))) -> None:
        super().__init__(roots)
        self._reader = reader
        self._entries: dict[str, Entry] = {}
        for entry in reader:
            path = "/".join(matching.parts_of(entry.name))
            # A refused entry, "../a.jpg" say, does not hide the file "a.jpg".
            if not is_clutter(entry.name) and (entry.refusal is None or path not in self._entries):
                self._entries[path] = entry

    def expect(self, names: Iterable[str], report: LossReport, *, others: Iterable[str] = ()) -> None:
        names = list(names)
        self._decode_names(names, report)
        super().expect(names, report, others=others)

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
