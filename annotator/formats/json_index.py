"""Finds where the values at the top of a JSON object stand, in one walk through the file; items are read by json_stream.py.

A block of the file is searched for quotes and brackets with numpy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from annotator.domain.errors import Invalid, TooLarge

BLOCK = 256 * 1024
MAX_VALUE = 8 * 1024 * 1024
MAX_KEYS = 1_000

_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}]+")
_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_QUOTE, _OPEN, _CLOSE = 1, 2, 3
_KINDS = bytes(
    {34: _QUOTE, 91: _OPEN, 123: _OPEN, 93: _CLOSE, 125: _CLOSE}.get(byte, 0) for byte in range(256)
)
_STEPS = np.array([0, 0, 1, -1], np.int64)


class Structure:
    """Follows strings and nesting through consecutive blocks."""

    __slots__ = ("_depth", "_is_escaped", "_is_in_text")

    def __init__(self) -> None:
        self._depth, self._is_in_text, self._is_escaped = 0, False, False

    def feed(self, block: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return for each bracket outside of strings its place, the depth after it and whether it opens."""
        if self._is_escaped:
            block, self._is_escaped = b" " + block[1:], False
        if b"\\" in block:
            block = _ESCAPE.sub(b"  ", block)
            self._is_escaped = block.endswith(b"\\")
        every = np.frombuffer(block.translate(_KINDS), np.uint8)
        places = np.flatnonzero(every != 0)  # of booleans: three times as fast as of bytes
        kinds = every[places]
        is_quote = kinds == _QUOTE
        is_in_text = np.logical_xor.accumulate(is_quote) ^ self._is_in_text
        if is_in_text.size:
            self._is_in_text = bool(is_in_text[-1])
        is_bracket = ~(is_quote | is_in_text)
        places, kinds = places[is_bracket], kinds[is_bracket]
        depths = np.cumsum(_STEPS[kinds]) + self._depth
        if depths.size:
            self._depth = int(depths[-1])
        return places, depths, kinds == _OPEN


@dataclass(frozen=True, slots=True)
class Section:
    start: int
    stop: int
    is_list: bool


class Index:
    """Walks the top level of the file once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer, self._base, self._at = b"", 0, 0

    def read(self) -> dict[str, Section]:
        self._file.seek(0)
        while len(self._buffer) < 4 and self._fill():
            pass
        if self._buffer[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in self._buffer[:4]:
            raise Invalid("The file must be UTF-8, not UTF-16 or UTF-32.")
        if self._buffer.startswith(b"\xef\xbb\xbf"):
            self._at = 3
        if self._next() != b"{":
            raise Invalid("The file is not a JSON object: it must begin with a brace.")
        self._at += 1
        sections: dict[str, Section] = {}
        if self._next() == b"}":
            self._at += 1
        else:
            self._members(sections)
        if self._next():
            raise Invalid(f"Something follows the end of the JSON object (byte {self._place:,}).")
        return sections

    def _members(self, sections: dict[str, Section]) -> None:
        while True:
            if self._next() != b'"':
                raise Invalid(f"A name in quotes is expected at byte {self._place:,}.")
            start = self._place
            key = str(parse(self._match(_TEXT, "a name"), "a name", start))
            if key in sections:
                raise Invalid(f"{key!r} comes twice at the top of the file.", field=key[:100])
            if len(sections) >= MAX_KEYS:
                raise TooLarge(f"The file has more than {MAX_KEYS:,} names at its top.")
            if self._next() != b":":
                raise Invalid(f"A colon is expected at byte {self._place:,}.")
            self._at += 1
            first = self._next()
            start = self._place
            self._skip_value(first, key)
            sections[key] = Section(start, self._place, first == b"[")
            mark = self._next()
            self._at += 1
            if mark == b"}":
                return
            if mark != b",":
                raise Invalid(
                    f"A comma or the end of the object is expected at byte {self._place - 1:,}, after {key!r}."
                )

    @property
    def _place(self) -> int:
        return self._base + self._at

    def _fill(self) -> bool:
        """Drop what is read and add a block; False at the end of the file."""
        block = self._file.read(BLOCK)
        self._buffer, self._base, self._at = self._buffer[self._at :] + block, self._base + self._at, 0
        return bool(block)

    def _next(self) -> bytes:
        """Return the next byte that is not blank without taking it; b"" at the end of the file."""
        while True:
            found = _NOT_BLANK.search(self._buffer, self._at)
            if found:
                self._at = found.start()
                return found.group()
            self._at = len(self._buffer)
            if not self._fill():
                return b""

    def _match(self, pattern: re.Pattern[bytes], what: str) -> bytes:
        """Take a text or scalar, which may run over blocks but not over MAX_VALUE bytes."""
        while True:
            found = pattern.match(self._buffer, self._at)
            if found and (pattern is _TEXT or found.end() < len(self._buffer)):
                self._at = found.end()
                return found.group()
            if len(self._buffer) - self._at > MAX_VALUE:
                raise TooLarge(f"{what} at byte {self._place:,} is larger than {MAX_VALUE:,} bytes.")
            if not self._fill():
                raise Invalid(f"The file ends within {what} (byte {self._place + len(self._buffer):,}).")

    def _skip_value(self, first: bytes, key: str) -> None:
        if first == b'"':
            self._match(_TEXT, key)
        elif first and first in b"[{":
            self._skip_container(key)
        elif first and first not in b"]},:":
            self._match(_SCALAR, key)
        else:
            raise Invalid(f"A value is expected for {key!r} at byte {self._place:,}.", field=key[:100])

    def _skip_container(self, key: str) -> None:
        structure = Structure()
        while True:
            places, depths, _ = structure.feed(self._buffer[self._at :])
            ends = np.flatnonzero(depths == 0)
            if ends.size:
                self._at += int(places[ends[0]]) + 1
                return
            self._at = len(self._buffer)
            if not self._fill():
                raise Invalid(f"The file ends within {key!r} (byte {self._place:,}).", field=key[:100])


def parse(text: bytes, where: str, at: int) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = at + len(error.doc[: error.pos].encode()) if isinstance(error.doc, str) else at
        raise Invalid(f"{where} is not valid JSON: {error.msg} (byte {place:,}).", field=where) from None
