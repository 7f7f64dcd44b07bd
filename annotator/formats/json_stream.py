"""Reads a JSON object of any size item by item in flat memory; what the items mean is no matter here.

The file is walked once to find where the top-level values stand; each may then be read whole, or item by item if it is
a list. A block of the file is searched for quotes and brackets with numpy, items are parsed by orjson one at a time.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, BinaryIO

import numpy as np
import orjson

from annotator.domain.errors import Invalid, TooLarge

from .json_index import BLOCK, MAX_VALUE, Index, Structure
from .json_values import parse, place_of

MAX_ITEM = 64 * 1024 * 1024
_PORTION = (
    100  # items parsed at once: so few that the garbage collector does not see them before they are gone
)

_BLANKS = b" \t\r\n"


class JsonObject:
    """A JSON object in a seekable binary file. Raises Invalid when the file is not one, naming the place."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sections = Index(file).read()

    def __contains__(self, key: str) -> bool:
        return key in self._sections

    def names(self) -> tuple[str, ...]:
        """Return the names at the top in the order of the file."""
        return tuple(self._sections)

    def is_list(self, key: str) -> bool:
        """Tell whether the value of `key` is a list."""
        return self._sections[key].first == b"["

    def kind(self, key: str) -> str:
        """Return what the value of `key` is, in words: "an object", "null"."""
        return self._sections[key].kind

    def place(self, key: str) -> str:
        """Return the line and column where the value of `key` begins."""
        return place_of(self._file, self._sections[key].start)

    def value(self, key: str) -> Any:
        """Return the whole value of `key`, parsed; TooLarge above MAX_VALUE bytes, Invalid when it is no JSON."""
        section = self._sections[key]
        if section.stop - section.start > MAX_VALUE:
            raise TooLarge(f"{key} is larger than {MAX_VALUE:,} bytes.", field=key)
        self._file.seek(section.start)
        return parse(self._file.read(section.stop - section.start), key, self._file, section.start)

    def items(self, key: str) -> Iterator[Any]:
        """Yield the parsed values of the list under `key`: objects as a rule, but whatever the list holds.

        Invalid, naming the number of the item (from 0), line and column: an item that is no JSON (what Python's
        json.dump writes is read, see `parse`), or commas in the wrong place. TooLarge: an item of more than MAX_ITEM bytes.
        """
        if not self.is_list(key):
            raise Invalid(f"{key} must be a list, not {self.kind(key)}.", field=key)
        number = 0
        for text, at, edges in self._runs(key):
            end = 0
            for start in range(0, len(edges), 2 * _PORTION):
                portion = edges[start : start + 2 * _PORTION]
                between = self._between(text[end : portion[0]], key, number, at + end)
                yield from between
                number += len(between)
                end = portion[-1] + 1
                parsed = _parse_run(text[portion[0] : end], len(portion) // 2)
                if parsed is None:
                    number = yield from self._parse_each(text, at, portion, key, number)
                else:
                    yield from parsed
                    number += len(parsed)
            if not edges:
                yield from self._between(text, key, number, at, is_last=True)

    def _runs(self, key: str) -> Iterator[tuple[bytes, int, list[int]]]:
        """Yield the list in pieces that end with an item: text, its place in the file, first and last byte of each item.

        The last piece is what follows the last item and has none.
        """
        section = self._sections[key]
        structure = Structure()
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

    def _parse_each(
        self, text: bytes, at: int, edges: list[int], key: str, number: int
    ) -> Generator[Any, None, int]:
        """Parse the items one by one, to name the one that is wrong after those before it; return the number of the next."""
        end = edges[0]
        for offset, (first, last) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
            if offset:
                between = self._between(text[end:first], key, number, at + end)
                yield from between
                number += len(between)
            end = last + 1
            yield parse(text[first:end], f"{key}[{number}]", self._file, at + first)
            number += 1
        return number

    def _between(self, gap: bytes, key: str, number: int, at: int, *, is_last: bool = False) -> list[Any]:
        """Return the values that are neither objects nor lists of a piece between two that are: none as a rule."""
        mark = gap.strip(_BLANKS)
        if mark == (b"]" if is_last else b"," if number else b""):
            return []
        if len(gap) > MAX_VALUE:
            raise TooLarge(f"{key}[{number}] is larger than {MAX_VALUE:,} bytes.", field=f"{key}.{number}")
        # With a number on each side, and the list's own brackets, it is a list by itself.
        before, after = b"[0" if number else b"[", b"" if is_last else b"0]"
        values: list[Any] = parse(before + gap + after, f"{key}[{number}]", self._file, at - len(before))
        return values[bool(number) : len(values) - (not is_last)]


def _parse_run(text: bytes, count: int) -> list[Any] | None:
    """Parse consecutive items at once: less than half of the time of one by one. None when anything is wrong with them."""
    try:
        items = orjson.loads(b"[%b]" % text)
    except orjson.JSONDecodeError:
        return None
    return items if len(items) == count and all(type(item) is dict for item in items) else None
