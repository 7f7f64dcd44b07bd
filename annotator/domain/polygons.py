"""Multipolygons as nested lists and as text: checks, the one codec, bounds, containment; areas live in areas.py.

A multipolygon is [part, ...], a part [outer ring, hole, ...], a ring [[x, y], ...] in pixels. Rings need not be closed;
a closing vertex that is given is kept. Inside a part the even-odd rule holds over all its rings; parts are united.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import Any

import orjson

from .errors import Invalid, TooLarge
from .rasters import MultiPolygon, Part, Ring

__all__ = [
    "MAX_COORDINATE",
    "MAX_POINTS",
    "MultiPolygon",
    "Part",
    "Ring",
    "bounds_of_points",
    "contains",
    "count_points",
    "decode_points",
    "encode_points",
    "is_number",
    "is_simple_ring",
    "parse_points",
    "rings",
]

Points = list[list[list[list[float]]]]

#: Coordinates must lie within -MAX_COORDINATE .. MAX_COORDINATE pixels.
MAX_COORDINATE = 1_000_000.0
#: Most points that one label may have in all its rings.
MAX_POINTS = 100_000
_LISTS, _NUMBERS = {list, tuple}, {int, float}


def is_number(value: object) -> bool:
    """Tell whether a value is an int or float (no bool) within the coordinate limits; NaN and infinities are not."""
    return type(value) in (int, float) and -MAX_COORDINATE <= value <= MAX_COORDINATE  # type: ignore[operator]


def encode_points(points: MultiPolygon) -> str:
    """Return the text of a multipolygon: compact JSON from which every JSON reader gets the same float64 numbers back.

    Whole numbers are written without a fraction ("10", never "10.0" or "-0"), others as the shortest decimal. So a text
    without "." and "e" holds only ints and can be passed on as it is where ints are wanted.
    """
    text = orjson.dumps(points)
    if b".0" in text:
        text = text.replace(b".0,", b",").replace(b".0]", b"]")
    if b"-0" in text:
        text = text.replace(b"[-0,", b"[0,").replace(b",-0]", b",0]")
    return text.decode("ascii")


def decode_points(text: str) -> Points:
    """Return the multipolygon of a text written by encode_points; it is trusted."""
    points: Points = orjson.loads(text)
    return points


def parse_points(raw: object, *, limit: int = MAX_POINTS, field: str = "points") -> Points:
    """Return an untrusted multipolygon as nested lists of the very same numbers.

    Invalid, naming `field`: wrong nesting, no part or ring, a ring of fewer than 3 points, a point that is not two
    finite numbers within MAX_COORDINATE. TooLarge: more than `limit` points. Nothing is dropped, moved or closed.
    """
    points: Points = []
    seen = 0
    for part_number, part in enumerate(_listed(raw, "points must be a list of parts", field), 1):
        rings_out = []
        for ring_number, ring in enumerate(
            _listed(part, f"part {part_number} must be a list of rings", field), 1
        ):
            where = f"ring {ring_number} of part {part_number}"
            ring = _listed(ring, f"{where} must be a list of points", field)
            seen += len(ring)
            if seen > limit:
                raise TooLarge(f"A label may have at most {limit:,} points.", field=field)
            rings_out.append(_parse_ring(ring, where, field))
        points.append(rings_out)
    return points


def _listed(value: object, expectation: str, field: str) -> list[object] | tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise Invalid(f"Wrong nesting: {expectation}.", field=field)
    if not value:
        raise Invalid(f"An empty polygon: {expectation}, at least one.", field=field)
    return value


def _parse_ring(ring: list[object] | tuple[object, ...], where: str, field: str) -> list[list[float]]:
    if len(ring) < 3:
        raise Invalid(f"A polygon needs at least 3 points, {where} has {len(ring)}.", field=field)
    if _is_plain(ring):
        return list(map(list, ring))  # type: ignore[arg-type]
    path: list[list[float]] = []
    for index, point in enumerate(ring, 1):
        if not isinstance(point, list | tuple) or len(point) != 2:
            raise Invalid(f"Point {index} of {where} must be two numbers [x, y].", field=field)
        x, y = point
        if not (is_number(x) and is_number(y)):
            limit = f"{MAX_COORDINATE:,.0f}"
            raise Invalid(
                f"Point {index} of {where} must be two finite numbers between -{limit} and {limit}.",
                field=field,
            )
        path.append([x, y])
    return path


def _is_plain(ring: list[Any] | tuple[Any, ...]) -> bool:
    """Tell whether all points are right, looked at together, which takes a quarter of the time of one by one."""
    if not set(map(type, ring)) <= _LISTS or set(map(len, ring)) != {2}:
        return False
    numbers = list(chain.from_iterable(ring))
    if not set(map(type, numbers)) <= _NUMBERS:
        return False
    # A NaN, which compares with nothing, shows in the sum.
    return min(numbers) >= -MAX_COORDINATE and max(numbers) <= MAX_COORDINATE and math.isfinite(sum(numbers))


def rings(points: MultiPolygon) -> Iterator[Ring]:
    """Yield all rings of all parts."""
    return chain.from_iterable(points)


def count_points(points: MultiPolygon) -> int:
    """Return the number of points in all rings."""
    return sum(map(len, rings(points)))


def is_simple_ring(points: MultiPolygon) -> bool:
    """Tell whether the multipolygon is one part with one ring, which is all that most vendors can say."""
    return len(points) == 1 and len(points[0]) == 1


def bounds_of_points(points: MultiPolygon) -> tuple[float, float, float, float]:
    """Return (min x, min y, max x, max y) over all rings, as floats."""
    everything = list(chain.from_iterable(rings(points)))
    xs, ys = [point[0] for point in everything], [point[1] for point in everything]
    return float(min(xs)), float(min(ys)), float(max(xs)), float(max(ys))


def contains(points: MultiPolygon, x: float, y: float) -> bool:
    """Tell whether the point lies inside, by the rule of rasters.py; at a pixel centre it agrees with rasterise."""
    return any(_part_contains(part, x, y) for part in points)


def _part_contains(part: Part, x: float, y: float) -> bool:
    is_inside = False
    for ring in part:
        xa, ya = ring[-1]
        for xb, yb in ring:
            if (ya <= y) != (yb <= y):
                if ya < yb:
                    crossing = xa + ((y - ya) * (xb - xa)) / (yb - ya)
                else:
                    crossing = xb + ((y - yb) * (xa - xb)) / (ya - yb)
                if crossing <= x:
                    is_inside = not is_inside
            xa, ya = xb, yb
    return is_inside


def rotated_box(box: tuple[float, float, float, float], degrees: float) -> list[tuple[float, float]]:
    """Return the corners of a box (x0, y0, x1, y1) turned clockwise, as the image is seen, around its middle."""
    x0, y0, x1, y1 = box
    turn, quarters = math.radians(degrees), degrees % 360 / 90
    # Quarters are exact: cos(90 degrees) is not 0 in floats.
    cos, sin = (
        ((1, 0), (0, 1), (-1, 0), (0, -1))[int(quarters)]
        if quarters.is_integer()
        else (math.cos(turn), math.sin(turn))
    )
    middle_x, middle_y, half_w, half_h = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2
    return [
        (middle_x + cos * dx - sin * dy, middle_y + sin * dx + cos * dy)
        for dx, dy in ((-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h))
    ]
