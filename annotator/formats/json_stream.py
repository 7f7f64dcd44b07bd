"""Reads a JSON object of any size item by item in flat memory; what the items mean is no matter here.

The file is walked once to find where the top-level values stand; each may then be read whole, or item by item if it is
a list. A block of the file is searched for quotes and brackets with numpy, items are parsed by orjson one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from annotator.domain.errors import Invalid, TooLarge

BLOCK = 256 * 1024
MAX_ITEM = 64 * 1024 * 1024
MAX_VALUE = 8 * 1024 * 1024
MAX_KEYS = 1_000
_PORTION = (
    100  # items parsed at once: so few that the garbage collector does not see them before they are gone
)

_BLANKS = b" \t\r\n"
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}]+")
_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_NUL = re.compile(rb"\\(u0000|.)", re.DOTALL)
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_QUOTE, _OPEN, _CLOSE = 1, 2, 3
_KINDS = bytes(
    {34: _QUOTE, 91: _OPEN, 123: _OPEN, 93: _CLOSE, 125: _CLOSE}.get(byte, 0) for byte in range(256)
)
_STEPS = np.array([0, 0, 1, -1], np.int64)


class _Structure:
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
class _Section:
    start: int
    stop: int
    is_list: bool


class JsonObject:
    """A JSON object in a seekable binary file. Raises Invalid when the file is not one, naming the place."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sections = _Index(file).read()

    def __contains__(self, key: str) -> bool:
        return key in self._sections

    def names(self) -> tuple[str, ...]:
        """Return the names at the top in the order of the file."""
        return tuple(self._sections)

    def is_list(self, key: str) -> bool:
        """Tell whether the value of `key` is a list."""
        return self._sections[key].is_list

    def value(self, key: str) -> Any:
        """Return the whole value of `key`, parsed; TooLarge above MAX_VALUE bytes, Invalid when it is no JSON."""
        section = self._sections[key]
        if section.stop - section.start > MAX_VALUE:
            raise TooLarge(f"{key} is larger than {MAX_VALUE:,} bytes.", field=key)
        self._file.seek(section.start)
        return _parse(self._file.read(section.stop - section.start), key, section.start)

    def items(self, key: str) -> Iterator[Any]:
        """Yield the parsed objects of the list under `key`.

        Invalid, naming the number of the item (from 0) and the byte of the file: an item that is no JSON (NaN is
        none) or no object, or commas in the wrong place. TooLarge: an item of more than MAX_ITEM bytes.
        """
        if not self.is_list(key):
            raise Invalid(f"{key} must be a list.", field=key)
        number = 0
        for text, at, edges in self._runs(key):
            end = 0
            for start in range(0, len(edges), 2 * _PORTION):
                portion = edges[start : start + 2 * _PORTION]
                _check_gap(text[end : portion[0]], key, number, at + end)
                end = portion[-1] + 1
                parsed = _parse_run(text[portion[0] : end], len(portion) // 2)
                yield from _parse_each(text, at, portion, key, number) if parsed is None else parsed
                number += len(portion) // 2
            if not edges and text.strip(_BLANKS) != b"]":
                raise Invalid(f"{key}[{number}] is no object (byte {at:,}).", field=f"{key}.{number}")

    def _runs(self, key: str) -> Iterator[tuple[bytes, int, list[int]]]:
        """Yield the list in pieces that end with an item: text, its place in the file, first and last byte of each item.

        The last piece is what follows the last item and has none.
        """
        section = self._sections[key]
        structure = _Structure()
        structure.feed(b"[")
        at = section.start + 1
        held, base = b"", at  # the bytes from `base` on that belong to no finished item yet
        unfinished: list[int] = []  # where in them an item begins
        number = 0
        while at < section.stop:
            self._file.seek(at)
            block = self._file.read(min(BLOCK, section.stop - at))
            places, depths, opens = structure.feed(block)
            is_edge = np.where(opens, depths == 2, depths == 1)
            edges = unfinished + (places[is_edge] + len(held)).tolist()
            at += len(block)
            held += block
            unfinished = [edges.pop()] if len(edges) % 2 else []
            if edges:
                stop = edges[-1] + 1
                yield held[:stop], base, edges
                number += len(edges) // 2
                held, base = held[stop:], base + stop
                unfinished = [begin - stop for begin in unfinished]
            if len(held) > MAX_ITEM:
                raise TooLarge(f"{key}[{number}] is larger than {MAX_ITEM:,} bytes.", field=f"{key}.{number}")
        yield held, base, []


def _parse_run(text: bytes, count: int) -> list[Any] | None:
    """Parse consecutive items at once: less than half of the time of one by one. None when anything is wrong with them."""
    try:
        items = orjson.loads(b"[%b]" % text)
    except orjson.JSONDecodeError:
        return None
    return items if len(items) == count and all(type(item) is dict for item in items) else None


def _parse_each(text: bytes, at: int, edges: list[int], key: str, number: int) -> Iterator[Any]:
    """Parse the items one by one, to name the one that is wrong after those before it."""
    end = edges[0]
    for offset, (first, last) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        if offset:
            _check_gap(text[end:first], key, number + offset, at + end)
        end = last + 1
        item = _parse(text[first:end], f"{key}[{number + offset}]", at + first)
        if type(item) is not dict:
            raise Invalid(
                f"{key}[{number + offset}] is no object (byte {at + first:,}).",
                field=f"{key}.{number + offset}",
            )
        yield item


def _check_gap(gap: bytes, key: str, number: int, at: int) -> None:
    if gap.strip(_BLANKS) != (b"," if number else b""):
        raise Invalid(f"An object is expected for {key}[{number}] (byte {at:,}).", field=f"{key}.{number}")


def without_nul(value: Any) -> Any:
    """Return a JSON value that is kept as it came, with U+FFFD for each NUL: no database column holds one."""
    text = orjson.dumps(value)
    if b"\\u0000" not in text:
        return value
    return orjson.loads(_NUL.sub(lambda found: b"\\ufffd" if found[1] == b"u0000" else found[0], text))


def _parse(text: bytes, where: str, at: int) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = at + len(error.doc[: error.pos].encode()) if isinstance(error.doc, str) else at
        raise Invalid(f"{where} is not valid JSON: {error.msg} (byte {place:,}).", field=where) from None


class _Index:
    """Walks the top level of the file once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer, self._base, self._at = b"", 0, 0

    def read(self) -> dict[str, _Section]:
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
        sections: dict[str, _Section] = {}
        if self._next() == b"}":
            self._at += 1
        else:
            self._members(sections)
        if self._next():
            raise Invalid(f"Something follows the end of the JSON object (byte {self._place:,}).")
        return sections

    def _members(self, sections: dict[str, _Section]) -> None:
        while True:
            if self._next() != b'"':
                raise Invalid(f"A name in quotes is expected at byte {self._place:,}.")
            start = self._place
            key = str(_parse(self._match(_TEXT, "a name"), "a name", start))
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
            sections[key] = _Section(start, self._place, first == b"[")
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
        structure = _Structure()
        while True:
            places, depths, _ = structure.feed(self._buffer[self._at :])
            ends = np.flatnonzero(depths == 0)
            if ends.size:
                self._at += int(places[ends[0]]) + 1
                return
            self._at = len(self._buffer)
            if not self._fill():
                raise Invalid(f"The file ends within {key!r} (byte {self._place:,}).", field=key[:100])
