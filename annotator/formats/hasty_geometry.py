"""Geometry in Hasty's form: integers, one ring, masks as run lists inside the bbox; the dialect reads it back.

Stored coordinates are never rounded: they are rounded half up here, for output. A polygon with holes or of several
parts is written as a mask, exact to the pixel.
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


def round_half_up(value: float) -> int:
    """Return the nearest integer, halves up."""
    return math.floor(value + 0.5)


def integer_box(x0: float, y0: float, x1: float, y1: float) -> Box:
    """Return a box in integer pixels, at least one wide and high."""
    left, top, right, bottom = round_half_up(x0), round_half_up(y0), round_half_up(x1), round_half_up(y1)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def is_one_ring(points: str) -> bool:
    """Return whether the stored text is one part without holes, the only polygon that Hasty supports."""
    return "]],[" not in points


def to_ring(points: str) -> orjson.Fragment | list[list[int]]:
    """Return the only ring of a stored text; one of integers passes through unparsed."""
    inner = points[2:-2]
    if "." not in inner and "e" not in inner:
        return orjson.Fragment(inner)
    floor = math.floor  # `round_half_up` inlined: calls would take most of a list's time
    return [[floor(x + 0.5), floor(y + 0.5)] for x, y in orjson.loads(inner)]


@dataclass(frozen=True, slots=True)
class HastyGeometry:
    """The geometry of a label in a response or export."""

    bbox: Box
    polygon: orjson.Fragment | list[list[int]] | None
    mask: Runs | None


def to_hasty(
    x0: float, y0: float, x1: float, y1: float, points: str | None, packed: bytes | memoryview | None
) -> HastyGeometry:
    """Return stored geometry in Hasty's form."""
    box = integer_box(x0, y0, x1, y1)
    if packed is not None:
        polygon = to_ring(points) if points is not None and is_one_ring(points) else None
        return HastyGeometry(box, polygon, masks.unpack_runs(packed))
    if points is None:
        return HastyGeometry(box, None, None)
    if is_one_ring(points):
        return HastyGeometry(box, to_ring(points), None)
    return _as_mask(box, points)


def _as_mask(box: Box, points: str) -> HastyGeometry:
    """Return a polygon with holes or parts as a mask; the bbox grows where pixels of it lie outside."""
    shape = decode_points(points)
    extent = bounds(shape)
    left, top = min(box[0], math.ceil(extent.x0 - 0.5)), min(box[1], math.ceil(extent.y0 - 0.5))
    right, bottom = max(box[2], math.ceil(extent.x1 - 0.5)), max(box[3], math.ceil(extent.y1 - 0.5))
    spans = masks.polygon_spans(shape, left, top, right - left, bottom - top)
    return HastyGeometry((left, top, right, bottom), None, masks.spans_to_runs(spans) or None)


def border_mask(geometry: HastyGeometry) -> str:
    """Return the pixels of the shape that touch its outside, as a run list joined by commas."""
    left, top, right, bottom = geometry.bbox
    width, height = right - left, bottom - top
    if geometry.mask is not None:
        bits = masks.runs_to_mask(geometry.mask, width, height)
    elif geometry.polygon is not None:
        bits = masks.rasterise([[polygon_as_lists(geometry.polygon)]], left, top, width, height)
    else:
        bits = masks.rasterise(
            [[[[left, top], [right, top], [right, bottom], [left, bottom]]]], left, top, width, height
        )
    return ",".join(map(str, masks.mask_to_runs(masks.inner_border(bits))))


def polygon_as_lists(polygon: orjson.Fragment | list[list[int]] | None) -> Any:
    """Return a polygon as lists."""
    return orjson.loads(orjson.dumps(polygon)) if isinstance(polygon, orjson.Fragment) else polygon
