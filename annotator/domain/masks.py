"""Masks: the public face of the pixel rule and of all mask codecs (run list, stored bytes, COCO counts); no geometry of labels.

A mask is a bool array of shape (height, width), a span list (see spans.py), a *run list* as Hasty and the browser write it
(flat [start, length, ...], 1-based, row by row inside the label's box), or the *packed* bytes of a stored label.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from . import rle, spans as sp
from .errors import DomainError, Invalid
from .outlines import mask_to_points
from .rasters import MultiPolygon, polygon_spans, rasterise
from .rle import parse_counts
from .spans import MAX_PIXELS, Bits, Bounds, Spans, to_bits as spans_to_bits

__all__ = [
    "MAX_PIXELS",
    "Bits",
    "Bounds",
    "MultiPolygon",
    "Spans",
    "apply_delta",
    "bounds_of",
    "coco_counts",
    "coco_mask",
    "coco_text",
    "inner_border",
    "is_canonical",
    "mask_area",
    "mask_to_points",
    "mask_to_runs",
    "pack_runs",
    "pack_spans",
    "packed_area",
    "parse_counts",
    "parse_runs",
    "polygon_spans",
    "rasterise",
    "runs_to_mask",
    "spans_to_bits",
    "spans_to_runs",
    "unpack_runs",
    "unpack_spans",
]

_VERSION = b"\x01"
#: Most rows between the first and the last pixel of a mask and its delta.
_MAX_ROWS = 200_000
_MAX_UNPACKED = 128_000_000
_MAX_NUMBER = 2**40


def mask_area(mask: Bits) -> int:
    """Return the number of pixels that are set."""
    return int(np.count_nonzero(mask))


def bounds_of(mask: Bits) -> Bounds | None:
    """Return (left, top, right, bottom) of the set pixels, right and bottom exclusive; None when there are none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def inner_border(mask: Bits) -> Bits:
    """Return the set pixels that have a clear pixel, or the end of the array, above, below, left or right of them."""
    padded = np.pad(mask, 1)
    inside = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inside


# --- run lists -------------------------------------------------------------------------------------------------------


def parse_runs(raw: object, width: int, height: int, *, field: str = "mask") -> Spans:
    """Return the spans of an untrusted run list for a box of width x height pixels.

    Invalid or TooLarge, naming "box": a box without pixels or with too many.
    Invalid, naming `field`: not a list, empty, an odd number of entries, entries that are not ints of at least 1, starts
    not ascending, runs that overlap, a run beyond the last pixel. Runs that touch are joined.
    """
    sp.check_area(width, height)
    if not isinstance(raw, list | tuple):
        raise Invalid("A mask must be a list [start, length, start, length, ...].", field=field)
    if not raw:
        raise Invalid("The mask is empty: a run list needs at least one run.", field=field)
    if len(raw) % 2:
        raise Invalid(f"A mask is pairs of start and length, but it has {len(raw):,} entries.", field=field)
    if set(map(type, raw)) != {int}:
        raise Invalid("Starts and lengths of a mask must be whole numbers.", field=field)
    if min(raw) < 1:
        raise Invalid("Starts and lengths of a mask count from 1.", field=field)
    if max(raw) > _MAX_NUMBER:
        raise Invalid(f"A run of the mask lies beyond the {width * height:,} pixels of its box.", field=field)
    pairs = np.array(raw, np.int64).reshape(-1, 2)
    starts, stops = pairs[:, 0] - 1, pairs[:, 0] - 1 + pairs[:, 1]
    if (starts[1:] <= starts[:-1]).any():
        raise Invalid("The starts of a mask must ascend.", field=field)
    if (starts[1:] < stops[:-1]).any():
        raise Invalid("The runs of a mask must not overlap.", field=field)
    if stops[-1] > width * height:
        raise Invalid(f"A run of the mask lies beyond the {width * height:,} pixels of its box.", field=field)
    return sp.merge(np.stack([starts, stops], axis=1))


def spans_to_runs(spans: Spans) -> list[int]:
    """Return the run list of canonical spans."""
    runs = np.stack([spans[:, 0] + 1, spans[:, 1] - spans[:, 0]], axis=1).reshape(-1)
    numbers: list[int] = runs.tolist()
    return numbers


def runs_to_mask(runs: Sequence[int], width: int, height: int) -> Bits:
    """Return the bool array (height, width) of a run list; Invalid like parse_runs."""
    return sp.to_bits(parse_runs(runs, width, height), width, height)


def mask_to_runs(mask: Bits) -> list[int]:
    """Return the run list of a bool array; [] when no pixel is set."""
    return spans_to_runs(sp.from_bits(mask))


def apply_delta(spans: Spans, box: Bounds, raw: object, result_box: Bounds) -> Spans:
    """Return the spans in `result_box` of a mask, given in `box`, after an untrusted delta turns its pixels over.

    The delta is {"box": four whole numbers, "mask": the run list in that box of the pixels that change, "area": the
    number of pixels afterwards}. Invalid naming "mask_delta" when it is not, or when the outcome is empty, does not fit
    in `result_box` or has another area: then it was made for another mask.
    """
    field = "mask_delta"
    if not isinstance(raw, dict) or not isinstance(raw.get("box"), list) or len(raw["box"]) != 4:
        raise Invalid("A change of a mask needs box, mask and area.", field=field)
    if any(type(side) is not int or abs(side) > _MAX_NUMBER for side in raw["box"]):
        raise Invalid("The box of a change of a mask must be four whole numbers.", field=field)
    left, top, right, bottom = raw["box"]
    around = min(box[0], left), min(box[1], top), max(box[2], right), max(box[3], bottom)
    if around[3] - around[1] > _MAX_ROWS or (around[2] - around[0]) * (around[3] - around[1]) > MAX_PIXELS:
        raise Invalid("The change lies too far from the mask.", field=field)
    try:
        changes = parse_runs(raw.get("mask"), right - left, bottom - top, field=field)
    except DomainError as error:
        raise Invalid(error.message, field=field) from None
    result = sp.difference(
        sp.recut(spans, box, around), sp.recut(changes, (left, top, right, bottom), around)
    )
    area = sp.count(result)
    result = sp.recut(result, around, result_box)
    if not area or sp.count(result) != area or raw.get("area") != area:
        raise Invalid("The change was made for another mask.", field=field)
    return result


# --- stored bytes ----------------------------------------------------------------------------------------------------


def pack_spans(spans: Spans) -> bytes:
    """Return the stored form of canonical spans: a version byte and the deflated alternating counts.

    A mask outline drifts slowly from row to row, so the counts are written as differences to the one two places
    before (the codec of COCO's compressed strings) before they are deflated.
    """
    counts = np.diff(np.concatenate([[0], spans.reshape(-1)]))
    return _VERSION + zlib.compress(rle.squeeze(counts), 6)


def unpack_spans(packed: bytes | memoryview) -> Spans:
    """Return the canonical spans of the stored form; Invalid when the bytes are damaged."""
    data = bytes(packed)
    if data[:1] != _VERSION:
        raise Invalid("The stored mask has an unknown form.", field="mask")
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data[1:], _MAX_UNPACKED)
    except zlib.error:
        raise Invalid("The stored mask is damaged.", field="mask") from None
    if not inflater.eof:
        raise Invalid("The stored mask is cut off.", field="mask")
    return rle.counts_to_spans(rle.stretch(text))


def pack_runs(runs: Sequence[int]) -> bytes:
    """Return the stored form of a run list that parse_runs has accepted (or mask_to_runs has made)."""
    pairs = np.asarray(runs, np.int64).reshape(-1, 2)
    return pack_spans(sp.merge(np.stack([pairs[:, 0] - 1, pairs[:, 0] - 1 + pairs[:, 1]], axis=1)))


def unpack_runs(packed: bytes | memoryview) -> list[int]:
    """Return the run list of the stored form; Invalid when the bytes are damaged."""
    return spans_to_runs(unpack_spans(packed))


def packed_area(packed: bytes | memoryview) -> int:
    """Return the number of pixels of the stored form."""
    return sp.count(unpack_spans(packed))


# --- COCO ------------------------------------------------------------------------------------------------------------


def coco_counts(packed: bytes | memoryview, box: Bounds, width: int, height: int) -> NDArray[np.int64]:
    """Return the column-major counts of a width x height image of a stored mask in `box`; pixels outside are dropped."""
    return rle.box_to_counts(unpack_spans(packed), box, width, height)


def coco_text(counts: NDArray[np.int64]) -> str:
    """Return COCO's compressed string of counts."""
    return rle.squeeze(counts).decode("ascii")


def coco_mask(
    counts: NDArray[np.int64], height: int, *, box: Bounds | None = None
) -> tuple[Bounds, bytes] | None:
    """Return the box and the stored form of the counts (see parse_counts) of an image of `height` rows.

    The box is the smallest around the pixels, or `box` if it is given and holds them all. None when no pixel is set.
    """
    found = rle.counts_to_box(counts, height)
    if found is None:
        return None
    tight, spans = found
    if box and box[0] <= tight[0] and box[1] <= tight[1] and box[2] >= tight[2] and box[3] >= tight[3]:
        return box, pack_spans(sp.recut(spans, tight, box))
    return tight, pack_spans(spans)


def is_canonical(counts: NDArray[np.int64], raw: object) -> bool:
    """Tell whether `raw`, which parse_counts has read as `counts`, is what we would write for these pixels."""
    if not np.array_equal(rle.spans_to_counts(rle.counts_to_spans(counts), int(counts.sum())), counts):
        return False
    return isinstance(raw, list) or coco_text(counts) == raw
