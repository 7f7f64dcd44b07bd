"""Geometry as Hasty says it: whole numbers, one ring, masks as run lists inside the bbox; reading it back is the dialect's.

What is stored is never rounded: numbers are rounded half-up here, on the way out. A polygon with holes or of several
parts is said as a mask, exact to the pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import orjson

from annotator.domain import masks
from annotator.domain.geometry import bounds, decode_points

Runs = list[int]
Box = tuple[int, int, int, int]


def whole(value: float) -> int:
    """Return the nearest whole number, halves up."""
    return math.floor(value + 0.5)


def whole_box(x0: float, y0: float, x1: float, y1: float) -> Box:
    """Return a box in whole pixels, at least one wide and high."""
    left, top, right, bottom = whole(x0), whole(y0), whole(x1), whole(y1)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def is_one_ring(points: str) -> bool:
    """Tell whether the stored text is one part without holes, which is what a Hasty polygon can be."""
    return "]],[" not in points


def ring(points: str) -> orjson.Fragment | list[list[int]]:
    """Return the only ring of a stored text; one of whole numbers passes through unparsed."""
    inner = points[2:-2]
    if "." not in inner and "e" not in inner:
        return orjson.Fragment(inner)
    floor = math.floor  # `whole` written out: a call for each number is most of a list's time
    return [[floor(x + 0.5), floor(y + 0.5)] for x, y in orjson.loads(inner)]


@dataclass(frozen=True, slots=True)
class Said:
    """The geometry of a label as an answer holds it."""

    bbox: Box
    polygon: orjson.Fragment | list[list[int]] | None
    mask: Runs | None


def say(
    x0: float, y0: float, x1: float, y1: float, points: str | None, packed: bytes | memoryview | None
) -> Said:
    """Return what is said of stored geometry."""
    box = whole_box(x0, y0, x1, y1)
    if packed is not None:
        polygon = ring(points) if points is not None and is_one_ring(points) else None
        return Said(box, polygon, masks.unpack_runs(packed))
    if points is None:
        return Said(box, None, None)
    if is_one_ring(points):
        return Said(box, ring(points), None)
    return _as_mask(box, points)


def _as_mask(box: Box, points: str) -> Said:
    """Return a polygon with holes or parts as a mask; the bbox grows where pixels of it lie outside."""
    shape = decode_points(points)
    around = bounds(shape)
    left, top = min(box[0], math.ceil(around.x0 - 0.5)), min(box[1], math.ceil(around.y0 - 0.5))
    right, bottom = max(box[2], math.ceil(around.x1 - 0.5)), max(box[3], math.ceil(around.y1 - 0.5))
    spans = masks.polygon_spans(shape, left, top, right - left, bottom - top)
    return Said((left, top, right, bottom), None, masks.spans_to_runs(spans) or None)


def border(said: Said) -> str:
    """Return the pixels of the shape that touch its outside, as a run list joined by commas."""
    left, top, right, bottom = said.bbox
    width, height = right - left, bottom - top
    if said.mask is not None:
        bits = masks.runs_to_mask(said.mask, width, height)
    elif said.polygon is not None:
        bits = masks.rasterise([[plain(said.polygon)]], left, top, width, height)
    else:
        bits = masks.rasterise(
            [[[[left, top], [right, top], [right, bottom], [left, bottom]]]], left, top, width, height
        )
    return ",".join(map(str, masks.mask_to_runs(masks.inner_border(bits))))


def plain(polygon: orjson.Fragment | list[list[int]] | None) -> Any:
    """Return a polygon that was said as lists."""
    return orjson.loads(orjson.dumps(polygon)) if isinstance(polygon, orjson.Fragment) else polygon
