"""Boxes normalized to the image's size (0..1), converted both ways without loss; no rounding to fixed decimals here."""

from __future__ import annotations

import math

from .errors import Invalid
from .geometry import Box

#: How far the ends of a box may lie beyond the image, normalized: sums of decimals miss 1 by a little.
SLACK = 1e-9
NormalizedBox = tuple[float, float, float, float]


def to_normalized(box: tuple[float, float, float, float], width: int, height: int) -> NormalizedBox | None:
    """Return (left, top, width, height) of the fraction of the box (x0, y0, x1, y1) inside an image of width x height pixels.

    left * W is the stored float64 number, and left * W + width * W the other end's, wherever a float of that kind
    exists (in nine of ten cases), else the nearest; of several the one that a person would write. None when nothing
    of the box is inside, or the size of the image is unknown (0).
    """
    x0, y0, x1, y1 = box
    x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if not (width and height) or x0 > x1 or y0 > y1:
        return None
    left, across = _side(x0, x1, width)
    top, down = _side(y0, y1, height)
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
    first = _exact(start / size, size, 0.0, start)
    return first, _exact((stop - start) / size, size, first * size, stop)


def _exact(fraction: float, size: int, begin: float, end: float) -> float:
    """Return a float at most one step from `fraction` that leads from `begin` to `end`; else `fraction`.

    One of 15 digits, which is what people write, comes before others. Written without a loop over candidates, as lists of
    images ask it four times a region.
    """
    written = float(f"{fraction:.15g}")
    if begin + written * size == end:
        return written
    if begin + fraction * size == end:
        return fraction
    for candidate in (math.nextafter(fraction, 2.0), math.nextafter(fraction, -1.0)):
        if begin + candidate * size == end:
            return candidate
    return fraction
