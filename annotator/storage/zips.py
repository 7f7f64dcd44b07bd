"""Reading of untrusted ZIP archives with `zipfile`: limits checked on the directory, and counted again while unpacking."""

from __future__ import annotations

import copy
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from annotator.domain.errors import Invalid, TooLarge
from annotator.domain.text import counted

from .base import CHUNK

MIN_RATIO_BYTES = 100 * 1024 * 1024
_DIRECTORY_BYTES_PER_FILE = 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8, _ENCRYPTED = 0x800, 0x1
_UNICODE_PATH = 0x7075
_ENTRY = b"PK\1\2"
_HEADER = struct.Struct("<6xH22x")  # of an entry: its flags
_DOS = "cp437"  # of the ZIP format; zipfile reads names without the flag so, and any bytes come back from it
_CLUTTER = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: number of entries, bytes unpacked, unpacked bytes for one packed (beyond 100 MB)."""

    files: int
    total: int
    ratio: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive; `refusal` says why it must not be unpacked (code, message), None when it may.

    `raw_name` are the bytes of a name whose encoding the archive does not tell; `name` reads them as CP437 then.
    """

    name: str
    info: zipfile.ZipInfo
    refusal: tuple[str, str] | None
    raw_name: bytes | None = None


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
        guard.flags = {
            info.header_offset: info.flag_bits & _UTF8
            for info in self._infos
            if not info.orig_filename.isascii()
        }
        untold = [raw for raw in map(_unflagged, self._infos) if raw is not None and not raw.isascii()]
        self._is_utf8 = sum(map(_is_utf8, untold)) * 2 > len(untold)
        self.count = len(self._infos)
        self._check_sums()

    def __iter__(self) -> Iterator[Entry]:
        """Yield the files in the order of the directory."""
        for info in self._infos:
            name, raw_name = self._name(info)
            if not name.endswith("/"):
                yield Entry(name, info, _refusal(name, info), raw_name)

    def _name(self, info: zipfile.ZipInfo) -> tuple[str, bytes | None]:
        """Return the name as text, and its bytes when their encoding is unknown.

        The archive tells by a flag or a field of the entry that a name is UTF-8. Without these a name that is valid
        UTF-8 is taken as such when most of them are: a short name in another encoding may be valid by chance.
        """
        raw = _unflagged(info)
        if raw is None:
            return _told_name(info) or info.orig_filename, None
        if raw.isascii() or (self._is_utf8 and _is_utf8(raw)):
            return raw.decode(), None
        return info.orig_filename, raw

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
        if total > MIN_RATIO_BYTES and total > self._limits.ratio * self._size:
            raise TooLarge(
                "The archive would unpack to far more than it is; it was refused.", code="zip_bomb"
            )


class _DirectoryGuard:
    """The file as `zipfile` sees it: a directory beyond the limit is refused before it becomes objects, flags are right."""

    def __init__(self, file: BinaryIO, size: int, max_files: int) -> None:
        self._file, self._size, self._max_files = file, size, max_files
        self.is_open = False
        #: The UTF-8 flag of the directory by the place of the entry: zipfile would believe that of the entry itself.
        self.flags: dict[int, int] = {}
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if self.is_open or size < 0:
            flag = self.flags.get(self._file.tell()) if size == _HEADER.size else None
            data = self._file.read(size)
            return data if flag is None else _with_flag(data, flag)
        if size > self._size:
            raise zipfile.BadZipFile
        if size > (self._max_files + 64) * _DIRECTORY_BYTES_PER_FILE:
            raise TooLarge("The archive's directory is too large; it was refused.", code="too_many_files")
        data = self._file.read(size)
        if (count := data.count(_ENTRY)) > self._max_files:
            raise TooLarge(
                f"The archive holds {counted(count, 'file', 'files')}; the limit is {self._max_files:,}.",
                code="too_many_files",
            )
        return _without_false_flags(data)


def _unflagged(info: zipfile.ZipInfo) -> bytes | None:
    """Return the bytes of a name of which the entry does not tell that it is UTF-8."""
    if info.flag_bits & _UTF8 or _told_name(info) is not None:
        return None
    return info.orig_filename.encode(_DOS)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _told_name(info: zipfile.ZipInfo) -> str | None:
    """Return the name of the Unicode path field of an entry, if it has one that belongs to its present name."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            raw = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else _DOS)
            is_own = struct.unpack("<L", field[1:5])[0] == zlib.crc32(raw)
            return field[5:].decode() if is_own and _is_utf8(field[5:]) else None
    return None


def _with_flag(header: bytes, flag: int) -> bytes:
    """Return the header of an entry with this UTF-8 flag."""
    if len(header) < _HEADER.size:
        return header
    flags: int = _HEADER.unpack(header)[0]
    return header[:6] + struct.pack("<H", flags & ~_UTF8 | flag) + header[8:]


def _without_false_flags(directory: bytes) -> bytes:
    """Return a central directory in which no name that is not UTF-8 is flagged as such: zipfile would refuse the archive."""
    fixed, at = None, 0
    while directory[at : at + 4] == _ENTRY and at + 46 <= len(directory):
        flags, name, extra, comment = struct.unpack("<8xH18xHHH12x", directory[at : at + 46])
        if flags & _UTF8 and not _is_utf8(directory[at + 46 : at + 46 + name]):
            fixed = fixed or bytearray(directory)
            struct.pack_into("<H", fixed, at + 8, flags & ~_UTF8)
        at += 46 + name + extra + comment
    return directory if fixed is None else bytes(fixed)


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
