"""COCO run-length codec: column-major counts of a whole image to and from spans in a box; nothing of the stored form.

Counts alternate background and foreground, background first, column by column from the top left pixel of the image.
The compressed form writes each number as base-32 digits of a two's complement, low first, plus 48; from the fourth
number on the difference to the number two places before. Source: the COCO API's maskApi.c.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import spans as sp
from .errors import Invalid
from .spans import Bounds, Spans

_DIGITS = 13  # 65 bits: any int64
_MAX_NUMBER = 2**40


def spans_to_counts(spans: Spans, total: int) -> NDArray[np.int64]:
    """Return the alternating counts of a canonical span list over `total` pixels; an even tail of 0 is not written."""
    edges = np.concatenate([[0], spans.reshape(-1), [total]])
    counts: NDArray[np.int64] = np.diff(edges)
    return counts if counts[-1] or counts.size == 1 else counts[:-1]


def counts_to_spans(counts: NDArray[np.int64]) -> Spans:
    """Return the canonical spans of alternating counts; zero counts join their neighbours."""
    ends = np.cumsum(counts)
    ends = ends[: ends.size // 2 * 2]
    return sp.merge(ends.reshape(-1, 2))


def squeeze(numbers: NDArray[np.int64]) -> bytes:
    """Write numbers as COCO's compressed string."""
    deltas = numbers.copy()
    deltas[3:] -= numbers[1:-2]
    digits = np.empty((deltas.size, _DIGITS), np.uint8)
    is_used = np.zeros((deltas.size, _DIGITS), np.bool_)
    is_open = np.ones(deltas.size, np.bool_)
    for place in range(_DIGITS):
        low = deltas & 31
        deltas = deltas >> 5
        is_more = np.where(low & 16, deltas != -1, deltas != 0)
        digits[:, place] = (low | (is_more << 5)) + 48
        is_used[:, place] = is_open
        is_open = is_open & is_more
        if not is_open.any():
            break
    return digits[is_used].tobytes()


def stretch(text: bytes) -> NDArray[np.int64]:
    """Read COCO's compressed string. Invalid: other characters, a number cut off, one beyond 2^40."""
    raw = np.frombuffer(text, np.uint8).astype(np.int64) - 48
    if not raw.size:
        return np.zeros(0, np.int64)
    if raw.min() < 0 or raw.max() > 63:
        raise Invalid("The compressed mask holds a character that does not belong there.", field="counts")
    lasts = np.flatnonzero(raw < 32)
    if not lasts.size or lasts[-1] != raw.size - 1:
        raise Invalid("The compressed mask ends within a number.", field="counts")
    firsts = np.concatenate([[0], lasts[:-1] + 1])
    lengths = lasts - firsts + 1
    if lengths.max() > 9:
        raise Invalid("The compressed mask holds a number that is too large.", field="counts")
    place = np.arange(raw.size) - np.repeat(firsts, lengths)
    numbers = np.add.reduceat((raw & 31) << (5 * place), firsts)
    numbers = np.where(raw[lasts] & 16, numbers - (np.int64(1) << (5 * lengths)), numbers)
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return numbers


def parse_counts(raw: object, width: int, height: int) -> NDArray[np.int64]:
    """Return the counts of an image from a list of ints or a compressed string, checked.

    Invalid: other types, negative or not whole numbers, more or fewer pixels than width x height.
    """
    sp.check_area(width, height, field="size")
    if isinstance(raw, str | bytes):
        try:
            counts = stretch(raw.encode("ascii") if isinstance(raw, str) else raw)
        except UnicodeEncodeError:
            raise Invalid(
                "The compressed mask holds a character that does not belong there.", field="counts"
            ) from None
    elif isinstance(raw, list):
        if set(map(type, raw)) - {int}:
            raise Invalid("The counts of a mask must be whole numbers.", field="counts")
        if raw and max(raw) > _MAX_NUMBER:
            raise Invalid("The counts of a mask hold a number that is too large.", field="counts")
        if raw and min(raw) < 0:
            raise Invalid("The counts of a mask must not be negative.", field="counts")
        counts = np.array(raw, np.int64)
    else:
        raise Invalid("The counts of a mask must be a list or a compressed text.", field="counts")
    if counts.size and (counts.min() < 0 or counts.max() > _MAX_NUMBER):
        raise Invalid("The counts of a mask must not be negative.", field="counts")
    if int(counts.sum()) != width * height:
        raise Invalid(
            f"The counts of a mask cover {int(counts.sum()):,} pixels, its size has {width * height:,}.",
            field="counts",
        )
    return counts


def counts_to_box(counts: NDArray[np.int64], height: int) -> tuple[Bounds, Spans] | None:
    """Return the smallest box and the row-major spans in it of an image's counts; None when no pixel is set.

    Memory: the smallest box, not the image.
    """
    columns = counts_to_spans(counts)
    tight = sp.bounds(columns, height)
    if tight is None:
        return None
    top, left, bottom, right = tight
    strip = sp.recut(columns, (0, 0, height, right), tight)
    return (left, top, right, bottom), sp.turn(strip, bottom - top, right - left)


def box_to_counts(spans: Spans, box: Bounds, width: int, height: int) -> NDArray[np.int64]:
    """Return the counts of a width x height image from row-major spans in `box`; pixels outside are dropped."""
    inside = (max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        return np.array([width * height], np.int64)
    spans = sp.recut(spans, box, inside)
    left, top, right, bottom = inside
    columns = sp.turn(spans, right - left, bottom - top)
    columns = sp.recut(columns, (top, left, bottom, right), (0, 0, height, width))
    return spans_to_counts(columns, width * height)
