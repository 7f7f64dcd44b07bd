"""Reading of ZIP archives that may be made to do harm: entry by entry, in flat memory, nothing unpacked by its own word."""

from __future__ import annotations

import os
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from annotator.domain.errors import Invalid, TooLarge

from .base import CHUNK

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_MAX_COMMENT = 65_535
_MIN_RATIO_BYTES = 100 * 1024 * 1024
_STORED, _DEFLATED = 0, 8
_CLUTTER = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: number of entries, bytes unpacked, unpacked bytes for one packed (beyond 100 MB)."""

    files: int
    total: int
    ratio: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive; `refusal` says why it must not be unpacked (code, words), None when it may."""

    name: str
    size: int
    packed: int
    crc: int
    method: int
    offset: int
    refusal: tuple[str, str] | None


def is_clutter(name: str) -> bool:
    """Return whether an entry is one of those that systems put into archives by themselves; nobody wants to hear of them."""
    last = name.rsplit("/", 1)[-1]
    return last.startswith(".") or last.lower() in _CLUTTER or name.startswith("__MACOSX/")


class ZipReader:
    """An archive opened for reading. Raises Invalid for what is no readable archive and TooLarge for bombs.

    The central directory counts; its sums are checked against the limits before anything is unpacked, and
    the real bytes are counted again while unpacking. Folders are left out.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._size = file.seek(0, os.SEEK_END)
        self._unpacked = 0
        self.count, self._start = self._directory()
        if self.count > limits.files:
            raise TooLarge(
                f"The archive holds {self.count:,} files; the limit is {limits.files:,}.",
                code="too_many_files",
            )
        self._check_sums()

    def __iter__(self) -> Iterator[Entry]:
        """Yield the files in the order of the directory."""
        at = self._start
        for _ in range(self.count):
            self._file.seek(at)
            entry, length = self._entry()
            at += length
            if not entry.name.endswith("/"):
                yield entry

    def read(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises Invalid when it is damaged, TooLarge when it is more than it says."""
        self._file.seek(min(entry.offset, self._size))  # 64 bits of offset are more than a file takes
        head = self._file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
            raise Invalid(f"{entry.name} is damaged in the archive.", code="damaged")
        fields = _LOCAL.unpack(head)
        self._file.seek(entry.offset + _LOCAL.size + fields[9] + fields[10])
        crc = size = 0
        for block in self._plain(entry):
            size += len(block)
            self._unpacked += len(block)
            if size > entry.size or self._unpacked > self._limits.total:
                raise TooLarge("The archive unpacks to more than it says; it was refused.", code="zip_bomb")
            crc = zlib.crc32(block, crc)
            yield block
        if size != entry.size or crc != entry.crc:
            raise Invalid(f"{entry.name} is damaged in the archive.", code="damaged")

    def _plain(self, entry: Entry) -> Iterator[bytes]:
        left = entry.packed
        inflate = zlib.decompressobj(-15) if entry.method == _DEFLATED else None
        while left > 0:
            block = self._file.read(min(CHUNK // 4, left))
            if not block:
                return
            left -= len(block)
            if inflate is None:
                yield block
                continue
            try:
                # Without input left it may still hold output: the last bits stand for many bytes.
                while plain := inflate.decompress(block, CHUNK):
                    yield plain
                    block = inflate.unconsumed_tail
            except zlib.error:
                raise Invalid(f"{entry.name} is damaged in the archive.", code="damaged") from None
            if inflate.eof:  # what follows in the entry would only pile up in memory
                return

    def _directory(self) -> tuple[int, int]:
        """Return the number of entries and where the directory begins, by the end record (the 64-bit one when there is one)."""
        tail_size = min(self._size, _END.size + _MAX_COMMENT)
        self._file.seek(self._size - tail_size)
        tail = self._file.read(tail_size)
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) - at < _END.size:
            raise Invalid("This is not a ZIP archive, or it is cut off.", code="not_an_archive")
        _, disk, first_disk, _, count, _, start, _ = _END.unpack(tail[at : at + _END.size])
        if disk not in (0, 0xFFFF) or first_disk not in (0, 0xFFFF):
            raise Invalid("Archives in several parts are not supported.", code="not_an_archive")
        if count == 0xFFFF or start == 0xFFFF_FFFF:
            count, start = self._directory64(self._size - tail_size + at, count, start)
        if start > self._size:
            raise Invalid("The archive is damaged: its directory lies outside.", code="damaged")
        return count, start

    def _directory64(self, end: int, count: int, start: int) -> tuple[int, int]:
        self._file.seek(max(0, end - _END64_LOCATOR.size))
        locator = self._file.read(_END64_LOCATOR.size)
        if locator[:4] != b"PK\6\7":
            return count, start
        self._file.seek(min(_END64_LOCATOR.unpack(locator)[2], self._size))
        record = self._file.read(_END64.size)
        if len(record) < _END64.size or record[:4] != b"PK\6\6":
            raise Invalid("The archive is damaged: its 64-bit directory is missing.", code="damaged")
        fields = _END64.unpack(record)
        return int(fields[7]), int(fields[9])

    def _entry(self) -> tuple[Entry, int]:
        """Read one record of the directory; return it and its length."""
        head = self._file.read(_ENTRY.size)
        if len(head) < _ENTRY.size or head[:4] != b"PK\1\2":
            raise Invalid("The archive's directory is damaged.", code="damaged")
        fields = _ENTRY.unpack(head)
        made_by, flags, method = fields[1] >> 8, fields[3], fields[4]
        crc, packed, size, name_size, extra_size, comment_size = fields[7:13]
        attributes, offset = fields[15], fields[16]
        name, extra = self._file.read(name_size), self._file.read(extra_size)
        size, packed, offset = _wide(extra, size, packed, offset)
        text = _decoded(name, flags)
        mode = attributes >> 16 if made_by == 3 else 0
        refusal = _refusal(text, flags, method, mode)
        return Entry(
            text, size, packed, crc, method, offset, refusal
        ), _ENTRY.size + name_size + extra_size + comment_size

    def _check_sums(self) -> None:
        """Compare what the directory declares with the limits; overlapping entries are one way to write a bomb."""
        total = packed = 0
        for entry in self:
            total, packed = total + entry.size, packed + entry.packed
        if total > self._limits.total:
            raise TooLarge(
                f"The archive unpacks to more than the limit of {self._limits.total / 1024**3:,.1f} GB.",
                code="too_large",
            )
        if packed > self._size:
            raise TooLarge("The archive's files overlap; it was refused.", code="zip_bomb")
        if total > _MIN_RATIO_BYTES and total > self._limits.ratio * self._size:
            raise TooLarge(
                "The archive would unpack to far more than it is; it was refused.", code="zip_bomb"
            )


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return sizes and offset with 64-bit values from the extra field where the record has none."""
    values = {"size": size, "packed": packed, "offset": offset}
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            for name in values:
                if values[name] == 0xFFFF_FFFF and len(field) >= 8:
                    values[name], field = struct.unpack("<Q", field[:8])[0], field[8:]
        at += 4 + length
    return values["size"], values["packed"], values["offset"]


def _decoded(name: bytes, flags: int) -> str:
    """Return a name as text: UTF-8 when it is, whatever the flag says, else the DOS code page of the format."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp437")


def _refusal(name: str, flags: int, method: int, mode: int) -> tuple[str, str] | None:
    """Return why a file must not be unpacked."""
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or (len(parts[0]) == 2 and parts[0][1] == ":"):
        return "bad_path", "its path leads out of the archive"
    if any(ord(ch) < 32 or ord(ch) == 127 for ch in name):
        return "bad_path", "its name holds control characters"
    if stat.S_ISLNK(mode):
        return "link", "it is a link"
    if mode and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode) and stat.S_IFMT(mode):
        return "link", "it is no regular file"
    if flags & 1:
        return "encrypted", "it is encrypted"
    if method not in (_STORED, _DEFLATED):
        return "unsupported", "it is packed by a method that is not supported"
    return None
