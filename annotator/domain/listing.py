"""The order of all media lists in one text column: dataset order, dataset name, media name; nothing else belongs here."""

from __future__ import annotations

import struct

from .text import sort_key

# Both halves together stay below what a PostgreSQL index row takes (2,704 bytes with the ids beside it).
_DATASET_BYTES = 700
_NAME_BYTES = 1300
_SEPARATOR = "\x01"  # smaller than any character that a name may hold
_LAST = "~"  # greater than any hex digit


def dataset_key(order: float | None, name: str) -> str:
    """Return the key of a dataset: by its order (none comes last), then by name in natural order."""
    return (_LAST if order is None else _float_key(order)) + _cut(sort_key(name), _DATASET_BYTES)


def list_key(dataset: str, name: str) -> str:
    """Return the key of a medium: `dataset` is the `dataset_key` of its home, `name` its name there.

    Keys compare byte by byte as lists are ordered; equal keys are told apart by the id. At most
    1,400 characters and 2,017 bytes; very long names that differ only in their tail tie.
    """
    return f"{dataset}{_SEPARATOR}{_cut(sort_key(name), _NAME_BYTES)}"[:1400]


def _float_key(value: float) -> str:
    """Return 16 hex digits that order like the number."""
    bits = struct.unpack(">Q", struct.pack(">d", value + 0.0))[0]  # + 0.0 turns -0.0 into 0.0
    flipped = bits ^ (0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else 1 << 63)
    return f"{flipped:016x}"


def _cut(text: str, limit: int) -> str:
    """Return `text` cut to at most `limit` UTF-8 bytes, at a character."""
    return text.encode()[:limit].decode(errors="ignore")
