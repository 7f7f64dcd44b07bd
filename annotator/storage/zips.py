"""Reading of untrusted ZIP archives with `zipfile`: limits checked on the directory, and counted again while unpacking."""

from __future__ import annotations

import copy
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from annotator.domain.errors import Invalid, TooLarge

from .base import CHUNK

_MIN_RATIO_BYTES = 100 * 1024 * 1024
_DIRECTORY_BYTES_PER_FILE = 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8, _ENCRYPTED = 0x800, 0x1
_CLUTTER = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: number of entries, bytes unpacked, unpacked bytes for one packed (beyond 100 MB)."""

    files: int
    total: int
    ratio: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive; `refusal` says why it must not be unpacked (code, message), None when it may."""

    name: str
    info: zipfile.ZipInfo
    refusal: tuple[str, str] | None


def is_clutter(name: str) -> bool:
    """Return whether an entry is one of those that operating systems add to archives by themselves."""
    last = name.rsplit("/", 1)[-1]
    return last.startswith(".") or last.lower() in _CLUTTER or name.startswith("__MACOSX/")


class ZipReader:
    """An archive opened for reading. Raises Invalid for what is no readable archive and TooLarge for bombs.

    The directory's sums are checked against the limits before anything is unpacked, and the real bytes are
    counted again while unpacking. Folders are left out. Memory: about 1 KB an entry.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._size = file.seek(0, os.SEEK_END)
        self._unpacked = 0
        guard = _DirectoryGuard(file, self._size, limits.files)
        try:
            self._archive = zipfile.ZipFile(cast(IO[bytes], guard))
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            raise Invalid(
                "This is not a ZIP archive, or it is cut off or damaged.", code="not_an_archive"
            ) from None
        guard.is_open = True
        self._infos = self._archive.infolist()
        self.count = len(self._infos)
        self._check_sums()

    def __iter__(self) -> Iterator[Entry]:
        """Yield the files in the order of the directory."""
        for info in self._infos:
            name = _name(info)
            if not name.endswith("/"):
                yield Entry(name, info, _refusal(name, info))

    def read(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises Invalid when it is damaged, TooLarge when it is more than it says."""
        declared, size = entry.info.file_size, 0
        info = copy.copy(entry.info)
        info.file_size = (
            self._limits.total + 1
        )  # zipfile would stop at the declared size and hide what follows
        damaged = Invalid(f"{entry.name} is damaged in the archive.", code="damaged")
        if not 0 <= info.header_offset <= self._size:
            raise damaged
        try:
            with self._archive.open(info) as file:
                while block := file.read(CHUNK // 4):
                    size += len(block)
                    self._unpacked += len(block)
                    if size > declared or self._unpacked > self._limits.total:
                        raise TooLarge(
                            "The archive unpacks to more than it says; it was refused.", code="zip_bomb"
                        )
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError):
            raise damaged from None
        if size != declared:
            raise damaged

    def _check_sums(self) -> None:
        """Compare what the directory declares with the limits; overlapping entries are one way to write a bomb."""
        total = sum(info.file_size for info in self._infos)
        if total > self._limits.total:
            raise TooLarge(
                f"The archive unpacks to more than the limit of {self._limits.total / 1024**3:,.1f} GB.",
                code="too_large",
            )
        if sum(info.compress_size for info in self._infos) > self._size:
            raise TooLarge("The archive's files overlap; it was refused.", code="zip_bomb")
        if total > _MIN_RATIO_BYTES and total > self._limits.ratio * self._size:
            raise TooLarge(
                "The archive would unpack to far more than it is; it was refused.", code="zip_bomb"
            )


class _DirectoryGuard:
    """The file as `zipfile` sees it: until `is_open`, a directory beyond the limit is refused before it becomes objects."""

    def __init__(self, file: BinaryIO, size: int, max_files: int) -> None:
        self._file, self._size, self._max_files = file, size, max_files
        self.is_open = False
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if self.is_open or size < 0:
            return self._file.read(size)
        if size > self._size:
            raise zipfile.BadZipFile
        if size > (self._max_files + 64) * _DIRECTORY_BYTES_PER_FILE:
            raise TooLarge("The archive's directory is too large; it was refused.", code="too_many_files")
        data = self._file.read(size)
        if (count := data.count(b"PK\1\2")) > self._max_files:
            raise TooLarge(
                f"The archive holds {count:,} files; the limit is {self._max_files:,}.", code="too_many_files"
            )
        return data


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name as text: UTF-8 when it is, whatever the flag says, else the DOS code page of the format."""
    name = info.orig_filename
    if info.flag_bits & _UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeDecodeError:
        return name


def _refusal(name: str, info: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Return why a file must not be unpacked."""
    parts = name.replace("\\", "/").split("/")
    mode = info.external_attr >> 16 if info.create_system == 3 else 0
    if ".." in parts or parts[0] == "" or (len(parts[0]) == 2 and parts[0][1] == ":"):
        return "bad_path", "its path leads out of the archive"
    if any(ord(ch) < 32 or ord(ch) == 127 for ch in name):
        return "bad_path", "its name holds control characters"
    if stat.S_ISLNK(mode):
        return "link", "it is a link"
    if mode and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode) and stat.S_IFMT(mode):
        return "link", "it is no regular file"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted", "it is encrypted"
    if info.compress_type not in _METHODS:
        return "unsupported", "it is packed by a method that is not supported"
    return None
