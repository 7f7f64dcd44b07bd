"""Labels of the stored pixels of an image turned as its EXIF orientation turns the image; no image is read here.

The eight orientations are numbered as in EXIF: 2 mirrors left and right, 3 turns by half, 4 mirrors top and bottom, 5
swaps the axes, 6 turns clockwise, 7 swaps the axes and turns by half, 8 turns counterclockwise. Coordinates are turned
as decimals, so 53.9 of 64 becomes 10.1.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from . import masks, spans
from .polygons import decode_points, encode_points
from .records import LabelRecord

Size = tuple[int, int]
Box = tuple[float, float, float, float]
#: The orientations that swap width and height.
SWAPPING = frozenset((5, 6, 7, 8))
_MIRRORS_X = frozenset((2, 3, 6, 7))
_MIRRORS_Y = frozenset((3, 4, 7, 8))


def turned_size(size: Size, orientation: int) -> Size:
    """Return the size of the upright image of stored pixels of `size`."""
    return (size[1], size[0]) if orientation in SWAPPING else size


def turn_point(x: float, y: float, orientation: int, size: Size) -> tuple[float, float]:
    """Return where a point of the stored pixels of `size` is in the upright image."""
    if orientation in SWAPPING:
        x, y = y, x
    width, height = turned_size(size, orientation)
    return (
        _from_end(width, x) if orientation in _MIRRORS_X else x,
        _from_end(height, y) if orientation in _MIRRORS_Y else y,
    )


def turn_box(box: Box, orientation: int, size: Size) -> Box:
    """Return the box of the upright image that covers what `box` covers of the stored pixels."""
    xa, ya = turn_point(box[0], box[1], orientation, size)
    xb, yb = turn_point(box[2], box[3], orientation, size)
    return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)


def turn_label(label: LabelRecord, orientation: int, size: Size) -> LabelRecord:
    """Return a label of the stored pixels of `size` as one of the upright image: box, polygon, mask and keypoints."""
    point: Callable[[float, float], tuple[float, float]] = lambda x, y: turn_point(x, y, orientation, size)  # noqa: E731
    return label._replace(
        box=turn_box(label.box, orientation, size),
        points=None if label.points is None else _turn_points(label.points, point),
        mask=None if label.mask is None else _turn_mask(label.mask, label.bounds, orientation),
        keypoints=None
        if label.keypoints is None
        else tuple(one._replace(x=at[0], y=at[1]) for one in label.keypoints for at in [point(one.x, one.y)]),
        given=_turn_given(dict(label.given), orientation, size) if label.given else None,
        size=turned_size(size, orientation),
        is_changed=True,
    )


def _from_end(end: int, value: float) -> float:
    if isinstance(value, int):
        return end - value
    return float(Decimal(end) - Decimal(repr(value)))


def _turn_points(points: str, point: Callable[[float, float], tuple[float, float]]) -> str:
    return encode_points(
        [[[point(x, y) for x, y in ring] for ring in part] for part in decode_points(points)]
    )


def _turn_mask(packed: bytes, bounds: spans.Bounds, orientation: int) -> bytes:
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    bits = spans.to_bits(masks.unpack_spans(packed), width, height)
    if orientation in SWAPPING:
        bits = bits.T
    if orientation in _MIRRORS_X:
        bits = np.fliplr(bits)
    if orientation in _MIRRORS_Y:
        bits = np.flipud(bits)
    return masks.pack_spans(spans.from_bits(bits))


def _turn_given(given: dict[str, Any], orientation: int, size: Size) -> dict[str, Any] | None:
    """Return the file's own numbers turned; those of absent keypoints are void."""
    given.pop("keypoints", None)
    if box := given.get("bbox"):
        x, y, width, height = (Decimal(repr(number)) for number in box)
        x0, y0, _, _ = turn_box((float(x), float(y), float(x + width), float(y + height)), orientation, size)
        given["bbox"] = [x0, y0, *(box[3:1:-1] if orientation in SWAPPING else box[2:])]
    return given or None
