"""Reads a JSON object of any size item by item in flat memory; what the items mean is no matter here.

The file is walked once to find where the top-level values stand; each may then be read whole, or item by item if it is
a list. A block of the file is searched for quotes and brackets with numpy, items are parsed by orjson one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import orjson

from annotator.domain.errors import Invalid, TooLarge

from .json_index import BLOCK, MAX_VALUE, Index, Structure, parse

MAX_ITEM = 64 * 1024 * 1024
_PORTION = (
    100  # items parsed at once: so few that the garbage collector does not see them before they are gone
)

_BLANKS = b" \t\r\n"
_NUL = re.compile(rb"\\(u0000|.)", re.DOTALL)


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
        return self._sections[key].is_list

    def value(self, key: str) -> Any:
        """Return the whole value of `key`, parsed; TooLarge above MAX_VALUE bytes, Invalid when it is no JSON."""
        section = self._sections[key]
        if section.stop - section.start > MAX_VALUE:
            raise TooLarge(f"{key} is larger than {MAX_VALUE:,} bytes.", field=key)
        self._file.seek(section.start)
        return parse(self._file.read(section.stop - section.start), key, section.start)

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
        item = parse(text[first:end], f"{key}[{number + offset}]", at + first)
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
