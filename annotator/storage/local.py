"""Blobs as files of this machine: <root>/<aa>/<bb>/<sha256>, written to a temporary name, synced and renamed."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from annotator.domain.errors import NO_ROOM

from .base import CHUNK, Stored, disk_full, too_large


def sync_folder(folder: Path) -> None:
    """Wait until the disk holds the folder's entries: a renamed file is durable only then."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class LocalStaged:
    """A file in the scratch folder that is hashed while it grows; see base.Staged."""

    def __init__(self, store: LocalStore, *, limit: int | None, durable: bool) -> None:
        self.size = 0
        self._store = store
        self._limit = limit
        self._durable = durable
        self._digest = hashlib.sha256()
        self._path = store.scratch() / f"{uuid4().hex}.tmp"
        try:
            self._file: BinaryIO | None = self._path.open("wb", buffering=0)
        except OSError as error:
            raise disk_full() if error.errno in NO_ROOM else error from error

    def write(self, chunk: bytes) -> None:
        assert self._file is not None, "already committed or discarded"
        if self._limit is not None and self.size + len(chunk) > self._limit:
            raise too_large(self._limit)
        self._store.check_room(len(chunk))
        try:
            view = memoryview(chunk)
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise disk_full() if error.errno in NO_ROOM else error from error
        self._digest.update(chunk)
        self.size += len(chunk)

    def commit(self) -> Stored:
        assert self._file is not None, "already committed or discarded"
        try:
            if self._durable:
                os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            stored = Stored(self._digest.hexdigest(), self.size)
            self._store.adopt(self._path, stored.sha256, durable=self._durable)
        except OSError as error:
            raise disk_full() if error.errno in NO_ROOM else error from error
        return stored

    def discard(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._path.unlink(missing_ok=True)


class LocalStore:
    """See base.BlobStore. `reserve` bytes of the disk are never given to files, so that labels can still be saved."""

    def __init__(self, root: Path, *, reserve: int = 0) -> None:
        self.root = root
        self.reserve = reserve
        self._room_until = 0.0
        self._room = 0
        # Folders whose own entries this process has synced; another one may have made them just now.
        self._synced: set[Path] = set()

    def stage(self, *, limit: int | None = None, durable: bool = True) -> LocalStaged:
        return LocalStaged(self, limit=limit, durable=durable)

    def adopt(self, source: Path, sha256: str, *, durable: bool = True) -> None:
        """Take a finished file of the scratch folder as the bytes of `sha256`."""
        target = self._path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)
        if durable:
            sync_folder(target.parent)
            for folder in (target.parent, target.parent.parent, self.root):
                if folder not in self._synced:
                    sync_folder(folder.parent)
                    self._synced.add(folder)

    def open(self, sha256: str, start: int = 0) -> BinaryIO:
        file = self._path(sha256).open("rb")
        file.seek(start)
        return file

    def read_range(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        with self.open(sha256, start) as file:
            left = end - start
            while left > 0 and (chunk := file.read(min(CHUNK // 4, left))):
                left -= len(chunk)
                yield chunk

    def stat(self, sha256: str) -> int | None:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        return self._path(sha256)

    @contextmanager
    def as_file(self, sha256: str) -> Iterator[Path]:
        yield self._path(sha256)

    def link(self, sha256: str, *, seconds: int, mime: str, disposition: str) -> None:
        return None

    def free_bytes(self) -> int:
        folder = self.root
        while not folder.exists():
            folder = folder.parent
        return max(0, shutil.disk_usage(folder).free - self.reserve)

    def check_room(self, size: int) -> None:
        """Raise Unavailable (code disk_full) when `size` more bytes would touch the reserve; asks the disk once a second."""
        now = time.monotonic()
        if now >= self._room_until:
            self._room, self._room_until = self.free_bytes(), now + 1.0
        self._room -= size
        if self._room < 0:
            self._room_until = 0.0
            raise disk_full()

    def scratch(self) -> Path:
        folder = self.root / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def clean_scratch(self, *, older_than: float) -> int:
        """Remove what killed processes left behind, `older_than` seconds ago; return the number of files."""
        gone = 0
        for file in self.scratch().iterdir():
            if file.is_file() and file.stat().st_mtime < time.time() - older_than:
                file.unlink(missing_ok=True)
                gone += 1
        return gone

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"not a sha256: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256
