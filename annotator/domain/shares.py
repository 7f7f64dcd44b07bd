"""Boxes normalized to the image's size (0..1), converted both ways without loss; no rounding to fixed decimals here."""

from __future__ import annotations

import math
from collections.abc import Callable

from .errors import Invalid
from .geometry import Box, clip_box

#: How far the ends of a box may lie beyond the image, normalized: sums of decimals miss 1 by a little.
SLACK = 1e-9
NormalizedBox = tuple[float, float, float, float]


def to_normalized(box: Box, width: int, height: int) -> NormalizedBox | None:
    """Return (left, top, width, height) of the fraction of the box inside an image of width x height pixels.

    left * W is the stored float64 number, and left * W + width * W the other end's, wherever a float of that kind
    exists (in nine of ten cases), else the nearest; of several the one that a person would write. None when nothing
    of the box is inside, or the size of the image is unknown (0).
    """
    inside = clip_box(box, width, height) if width and height else None
    if inside is None:
        return None
    left, across = _side(inside.x0, inside.x1, width)
    top, down = _side(inside.y0, inside.y1, height)
    return left, top, across, down


def from_normalized(normalized: NormalizedBox, width: int, height: int, *, field: str = "region") -> Box:
    """Return the box in pixels of normalized (left, top, width, height).

    Raises Invalid for an image of unknown size, a box without area, or one that leaves the image by more than SLACK
    (less is cut off).
    """
    left, top, across, down = normalized
    if not (width and height):
        raise Invalid(
            "The size of this image is unknown, so normalized coordinates cannot be used.", field=field
        )
    if not (across > 0 and down > 0):
        raise Invalid("width and height must be larger than 0.", field=field)
    if left < 0 or top < 0 or left + across > 1 + SLACK or top + down > 1 + SLACK:
        raise Invalid("The box must lie inside the image, with coordinates from 0 to 1.", field=field)
    x0, y0 = left * width, top * height
    return Box(x0, y0, min(x0 + across * width, float(width)), min(y0 + down * height, float(height)))


def _side(start: float, stop: float, size: int) -> tuple[float, float]:
    first = _exact(start / size, lambda fraction: fraction * size == start)
    begin = first * size
    return first, _exact((stop - start) / size, lambda fraction: begin + fraction * size == stop)


def _exact(fraction: float, is_exact: Callable[[float], bool]) -> float:
    """Return a float at most one step from `fraction` that is exact, one of 15 digits (what people write) before others; else `fraction`."""
    for candidate in (
        float(f"{fraction:.15g}"),
        fraction,
        math.nextafter(fraction, 2.0),
        math.nextafter(fraction, -1.0),
    ):
        if is_exact(candidate):
            return candidate
    return fraction
