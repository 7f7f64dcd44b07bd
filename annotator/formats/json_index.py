"""Finds where the values at the top of a JSON object stand, in one walk through the file; items are read by json_stream.py.

A block of the file is searched for quotes and brackets with numpy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import Invalid, TooLarge

from .json_values import TRAILING, describe, explain, parse, place_of

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
_HEAD = 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_KIND_WORDS = {
    b"{": "an object",
    b"[": "a list",
    b'"': "a text",
    b"n": "null",
    b"t": "true",
    b"f": "false",
}


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
    """Where a value stands, and its first byte."""

    start: int
    stop: int
    first: bytes

    @property
    def kind(self) -> str:
        """What the value is, in words."""
        return _KIND_WORDS.get(self.first, "a number")


class Index:
    """Walks the top level of the file once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer, self._base, self._at = b"", 0, 0

    def read(self) -> dict[str, Section]:
        """Return the values at the top by name, in the order of the file."""
        self._file.seek(0)
        while len(self._buffer) < len(_BYTE_ORDER_MARK) and self._fill_behind():
            pass
        if self._buffer.startswith(_BYTE_ORDER_MARK):
            self._at = len(_BYTE_ORDER_MARK)
        self._next()
        while len(self._buffer) - self._at < _HEAD and self._fill_behind():
            pass
        reason = describe(self._buffer[self._at : self._at + _HEAD])
        if reason:
            raise Invalid(reason)
        self._at += 1
        sections: dict[str, Section] = {}
        if self._next() == b"}":
            self._at += 1
        else:
            self._members(sections)
        if follows := self._next():
            raise self._refusal(
                "The file holds several JSON objects (JSON Lines); one object is expected. The second begins"
                if follows == b"{"
                else "Something follows the end of the JSON object"
            )
        return sections

    def _members(self, sections: dict[str, Section]) -> None:
        while True:
            if (first := self._next()) != b'"':
                is_trailing = first == b"}" and sections
                raise self._unexpected(TRAILING if is_trailing else "a name in double quotes is expected")
            start = self._place
            key = str(parse(self._match(_TEXT, "a name"), "A name", self._file, start))
            if key in sections:
                raise self._refusal(f'"{key[:100]}" comes twice at the top of the file, again', start, key)
            if len(sections) >= MAX_KEYS:
                raise TooLarge(f"The file has more than {MAX_KEYS:,} names at its top.")
            if self._next() != b":":
                raise self._unexpected(f'a colon is expected after "{key[:100]}"')
            self._at += 1
            first = self._next()
            start = self._place
            self._skip_value(first, key)
            sections[key] = Section(start, self._place, first)
            mark = self._next()
            if mark == b"}":
                self._at += 1
                return
            if mark != b",":
                raise self._unexpected(f'a comma or the end of the object is expected after "{key[:100]}"')
            self._at += 1

    @property
    def _place(self) -> int:
        return self._base + self._at

    def _refusal(self, words: str, place: int | None = None, key: str = "") -> Invalid:
        where = place_of(self._file, self._place if place is None else place)
        return Invalid(f"{words} at {where}.", field=key[:100] or None)

    def _unexpected(self, expected: str) -> Invalid:
        """Return the refusal of what stands at the place."""
        if not self._buffer[self._at : self._at + 1]:
            return self._cut(expected)
        while len(self._buffer) - self._at < _HEAD and self._fill_behind():
            pass
        reason = explain(self._buffer, self._at, expected)
        return self._refusal(f"The file is not valid JSON: {reason},")

    def _cut(self, what: str) -> Invalid:
        place = self._base + len(self._buffer)
        return self._refusal(f"The file ends where {what}: it is cut off. It ends", place)

    def _fill_behind(self) -> bool:
        """Add a block and keep what is read; False at the end of the file."""
        block = self._file.read(BLOCK)
        self._buffer += block
        return bool(block)

    def _fill(self) -> bool:
        """Drop what is read and add a block; False at the end of the file."""
        self._buffer, self._base, self._at = self._buffer[self._at :], self._base + self._at, 0
        return self._fill_behind()

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
                raise self._ends_within(what)

    def _skip_value(self, first: bytes, key: str) -> None:
        what = f'"{key[:100]}"'
        if first == b'"':
            self._match(_TEXT, what)
        elif first and first in b"[{":
            self._skip_container(what)
        elif first and first not in b"]},:'/#":
            self._match(_SCALAR, what)
        else:
            raise self._unexpected(f"a value is expected for {what}")

    def _skip_container(self, what: str) -> None:
        structure = Structure()
        while True:
            places, depths, _ = structure.feed(self._buffer[self._at :])
            ends = np.flatnonzero(depths == 0)
            if ends.size:
                self._at += int(places[ends[0]]) + 1
                return
            self._at = len(self._buffer)
            if not self._fill():
                raise self._ends_within(what)

    def _ends_within(self, what: str) -> Invalid:
        place = self._base + len(self._buffer)
        words = f"The file ends within {what}: it is cut off, or a quote or bracket is missing. It ends"
        return self._refusal(words, place)
