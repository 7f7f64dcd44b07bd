"""Boxes as shares of a picture (0..1 of its width and height), both ways without loss; no rounding to fixed places here."""

from __future__ import annotations

import math
from collections.abc import Callable

from .errors import Invalid
from .geometry import Box, clip_box

#: How far the ends of a box may lie beyond the picture, as a share: sums of decimals miss 1 by a little.
SLACK = 1e-9
Shares = tuple[float, float, float, float]


def to_shares(box: Box, width: int, height: int) -> Shares | None:
    """Return (left, top, width, height) of the part of the box inside a picture of width x height pixels.

    left * W is the stored float64 number, and left * W + width * W the other end's, wherever a float of that kind
    exists (in nine of ten cases), else the nearest; of several the one that a person would write. None when nothing
    of the box is inside, or the size of the picture is unknown (0).
    """
    inside = clip_box(box, width, height) if width and height else None
    if inside is None:
        return None
    left, across = _side(inside.x0, inside.x1, width)
    top, down = _side(inside.y0, inside.y1, height)
    return left, top, across, down


def from_shares(shares: Shares, width: int, height: int, *, field: str = "region") -> Box:
    """Return the box in pixels of (left, top, width, height) as shares of a picture.

    Raises Invalid for a picture of unknown size, a box without area, or one that leaves the picture by more than SLACK
    (less is cut off).
    """
    left, top, across, down = shares
    if not (width and height):
        raise Invalid("The size of this picture is unknown, so shares of it say nothing.", field=field)
    if not (across > 0 and down > 0):
        raise Invalid("width and height must be larger than 0.", field=field)
    if left < 0 or top < 0 or left + across > 1 + SLACK or top + down > 1 + SLACK:
        raise Invalid("The box must lie inside the picture: shares of 0 to 1 of its sides.", field=field)
    x0, y0 = left * width, top * height
    return Box(x0, y0, min(x0 + across * width, float(width)), min(y0 + down * height, float(height)))


def _side(start: float, stop: float, size: int) -> tuple[float, float]:
    first = _exact(start / size, lambda share: share * size == start)
    begin = first * size
    return first, _exact((stop - start) / size, lambda share: begin + share * size == stop)


def _exact(share: float, is_exact: Callable[[float], bool]) -> float:
    """Return a float at most one step from `share` that is exact, one of 15 digits (what people write) before others; else `share`."""
    for candidate in (float(f"{share:.15g}"), share, math.nextafter(share, 2.0), math.nextafter(share, -1.0)):
        if is_exact(candidate):
            return candidate
    return share
