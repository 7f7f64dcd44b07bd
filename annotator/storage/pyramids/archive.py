"""A pyramid is one ZIP file of uncompressed tiles: where each tile lies in it, read from its directory alone.

One object in the store instead of some thousand; a tile is one range of it, from a disk or from S3.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, cast

#: What describes the layer: {"width", "height", "tile", "levels", "suffix", "channels": [...] or none}.
LAYER = "layer.json"
_TILE = re.compile(r"(\d{1,2}/\d{1,4}_\d{1,4})\.(jpg|png)")
_LOCAL = struct.Struct("<26xHH")
#: More entries than any image that is allowed has tiles.
_MOST_ENTRIES = 200_000

Read = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Index:
    """Where the entries of a pyramid are: name ("<level>/<column>_<row>" or LAYER) -> (start of its header, size)."""

    entries: dict[str, tuple[int, int]]
    suffix: str

    def read(self, name: str, read: Read) -> bytes | None:
        """Return the bytes of an entry, None when there is none of this name. `read` gives a range of the file."""
        found = self.entries.get(name)
        if found is None:
            return None
        start, size = found
        head = read(start, start + _LOCAL.size)
        names, extra = _LOCAL.unpack(head)
        begin = start + _LOCAL.size + names + extra
        return read(begin, begin + size)


def read_index(size: int, read: Read) -> Index:
    """Return the index of a file of `size` bytes. Raises ValueError for one that is no pyramid."""
    entries: dict[str, tuple[int, int]] = {}
    suffix = ""
    try:
        with zipfile.ZipFile(
            cast(IO[bytes], io.BufferedReader(cast(Any, _Ranges(size, read)), 256 * 1024))
        ) as file:
            for info in file.infolist()[:_MOST_ENTRIES]:
                if info.compress_type != zipfile.ZIP_STORED:
                    continue
                if info.filename == LAYER:
                    entries[LAYER] = (info.header_offset, info.file_size)
                elif tile := _TILE.fullmatch(info.filename):
                    entries[tile[1]] = (info.header_offset, info.file_size)
                    suffix = tile[2]
    except (zipfile.BadZipFile, struct.error, NotImplementedError) as error:
        raise ValueError("no pyramid") from error
    return Index(entries, suffix)


class _Ranges(io.RawIOBase):
    """A file of which ranges can be read."""

    def __init__(self, size: int, read: Read) -> None:
        self._size, self._read, self._at = size, read, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        end = min(self._size, self._at + len(buffer))
        if end <= self._at:
            return 0
        data = self._read(self._at, end)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
