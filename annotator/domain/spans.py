"""Span arithmetic under every mask codec: sorted half-open pixel ranges of a width x height box; no file formats here.

A span list is an int64 array of shape (n, 2) holding [start, stop) pixel numbers counted row by row from 0.
Canonical form: ascending, not empty, not overlapping, not touching. A span may run over row ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .errors import Invalid, TooLarge

Bits = NDArray[np.bool_]
Spans = NDArray[np.int64]
Bounds = tuple[int, int, int, int]

#: Largest number of pixels of a box that a mask may have; a bool array of it takes as many bytes.
MAX_PIXELS = 400_000_000


def check_area(width: int, height: int, *, field: str = "box") -> None:
    """Refuse a box without pixels (Invalid) or with more than MAX_PIXELS (TooLarge)."""
    if width < 1 or height < 1:
        raise Invalid("The box of a mask must be at least one pixel wide and high.", field=field)
    if width * height > MAX_PIXELS:
        raise TooLarge(
            f"A mask may cover at most {MAX_PIXELS:,} pixels, this box has {width * height:,}.", field=field
        )


def empty() -> Spans:
    """Return the span list of an empty mask."""
    return np.zeros((0, 2), np.int64)


def from_bits(bits: Bits) -> Spans:
    """Return the spans of a bool array of shape (height, width)."""
    flat = np.ascontiguousarray(bits, np.bool_).reshape(-1)
    if not flat.size:
        return empty()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    head = [0] if flat[0] else []
    tail = [flat.size] if flat[-1] else []
    return np.concatenate([head, edges, tail]).astype(np.int64).reshape(-1, 2)


def to_bits(spans: Spans, width: int, height: int) -> Bits:
    """Return the bool array of shape (height, width) in which the pixels of `spans` are True."""
    check_area(width, height)
    edges = np.concatenate([[0], spans.reshape(-1), [width * height]])
    values = np.zeros(edges.size - 1, np.bool_)
    values[1::2] = True
    return np.repeat(values, np.diff(edges)).reshape(height, width)


def merge(spans: Spans) -> Spans:
    """Return the canonical form (the union) of spans in any order, overlapping, touching or empty."""
    spans = spans[spans[:, 1] > spans[:, 0]]
    if len(spans) < 2:
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reach = np.maximum.accumulate(spans[:, 1])
    is_first = np.concatenate([[True], spans[1:, 0] > reach[:-1]])
    firsts = np.flatnonzero(is_first)
    lasts = np.concatenate([firsts[1:] - 1, [len(spans) - 1]])
    return np.stack([spans[firsts, 0], reach[lasts]], axis=1)


def difference(one: Spans, other: Spans) -> Spans:
    """Return the pixels that only one of two canonical span lists has."""
    ends, times = np.unique(np.concatenate([one.reshape(-1), other.reshape(-1)]), return_counts=True)
    odd: Spans = ends[times == 1].reshape(-1, 2)
    return odd


def count(spans: Spans) -> int:
    """Return the number of pixels of canonical spans."""
    return int((spans[:, 1] - spans[:, 0]).sum())


def split_rows(spans: Spans, width: int) -> NDArray[np.int64]:
    """Return the same pixels as an array (m, 3) of row, first column, column after the last; ascending."""
    first = spans[:, 0] // width
    last = (spans[:, 1] - 1) // width
    rows_each = last - first + 1
    index = np.repeat(np.arange(len(spans)), rows_each)
    offset = np.arange(index.size) - np.repeat(np.cumsum(rows_each) - rows_each, rows_each)
    row = first[index] + offset
    begin = np.maximum(spans[index, 0] - row * width, 0)
    end = np.minimum(spans[index, 1] - row * width, width)
    return np.stack([row, begin, end], axis=1)


def join_rows(rows: NDArray[np.int64], width: int) -> Spans:
    """Undo `split_rows`: rows (row, first column, column after the last) to canonical spans."""
    return merge(rows[:, 1:] + rows[:, :1] * width)


def bounds(spans: Spans, width: int) -> Bounds | None:
    """Return (left, top, right, bottom) of the pixels, right and bottom exclusive; None for an empty mask."""
    if not len(spans):
        return None
    rows = split_rows(spans, width)
    return int(rows[:, 1].min()), int(rows[0, 0]), int(rows[:, 2].max()), int(rows[-1, 0]) + 1


def recut(spans: Spans, old: Bounds, new: Bounds) -> Spans:
    """Express spans of the box `old` in the box `new` (same coordinate system); pixels outside `new` are dropped."""
    if old == new:
        return spans
    rows = split_rows(spans, old[2] - old[0])
    width, height = new[2] - new[0], new[3] - new[1]
    rows[:, 0] += old[1] - new[1]
    rows[:, 1:] = np.clip(rows[:, 1:] + (old[0] - new[0]), 0, width)
    rows = rows[(rows[:, 0] >= 0) & (rows[:, 0] < height)]
    return join_rows(rows, width)


def turn(spans: Spans, width: int, height: int) -> Spans:
    """Return the spans of the transposed mask: row by row to column by column and, with the sizes swapped, back.

    Takes memory for one bool array of the box, not of the image.
    """
    return from_bits(to_bits(spans, width, height).T)
