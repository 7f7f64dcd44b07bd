"""Shapes that are stored as an outline with a name: rotated boxes, ellipses and polylines, told by their points alone.

The outline is the geometry for everything that draws, measures or exports. Its order keeps what the shape was made of:

- rotated box: the four corners in order;
- ellipse: 4k vertices (k >= 2) at equal angles; the vertices 0, k, 2k and 3k are the ends of its axes;
- polyline: the way along its points and back, ending at the first: no area, no pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from .rasters import MultiPolygon

__all__ = [
    "OUTLINED",
    "fits",
    "is_ellipse",
    "is_polyline",
    "is_rotated_box",
    "outline_shape",
    "polyline_points",
]

#: How far a vertex may be from where the shape says it is, in pixels: numbers with two decimals still count.
TOLERANCE = 0.01

Vertex = Sequence[float]


def fits(shape: str, points: MultiPolygon) -> bool:
    """Return whether the points are an outline of that shape; any points are a polygon, and none are a box or a mask."""
    if shape == "polygon":
        return True
    test = _TESTS.get(shape)
    return test is not None and len(points) == 1 and len(points[0]) == 1 and test(points[0][0])


def outline_shape(shape: str, points: MultiPolygon) -> str:
    """Return the shape if the points, which were moved or cut, still are one of it; else "polygon"."""
    return shape if fits(shape, points) else "polygon"


def is_rotated_box(ring: Sequence[Vertex]) -> bool:
    """Return whether four corners make a rectangle of any angle."""
    if len(ring) != 4:
        return False
    a, b, c, d = ring
    is_parallel = _is_near((a[0] + c[0], a[1] + c[1]), (b[0] + d[0], b[1] + d[1]))
    return is_parallel and _is_right((b[0] - a[0], b[1] - a[1]), (d[0] - a[0], d[1] - a[1]))


def is_ellipse(ring: Sequence[Vertex]) -> bool:
    """Return whether the vertices lie at equal angles on the ellipse whose axes the vertices 0, k, 2k and 3k end."""
    quarter, rest = divmod(len(ring), 4)
    if rest or quarter < 2:
        return False
    first, second, opposite = ring[0], ring[quarter], ring[2 * quarter]
    x, y = (first[0] + opposite[0]) / 2, (first[1] + opposite[1]) / 2
    u, v = (first[0] - x, first[1] - y), (second[0] - x, second[1] - y)
    if not _is_right(u, v):
        return False
    for index, vertex in enumerate(ring):
        angle = math.tau * index / len(ring)
        cos, sin = math.cos(angle), math.sin(angle)
        if not _is_near(vertex, (x + cos * u[0] + sin * v[0], y + cos * u[1] + sin * v[1])):
            return False
    return True


def is_polyline(ring: Sequence[Vertex]) -> bool:
    """Return whether the ring goes along a line of two points or more and back the same way."""
    half, is_odd = divmod(len(ring), 2)
    return half > 0 and is_odd == 1 and all(list(ring[i]) == list(ring[-1 - i]) for i in range(half))


def polyline_points(ring: Sequence[Vertex]) -> Sequence[Vertex]:
    """Return the points of the line that a polyline's ring goes along and back."""
    return ring[: len(ring) // 2 + 1]


def _is_near(a: Vertex, b: Vertex) -> bool:
    return math.hypot(a[0] - b[0], a[1] - b[1]) <= TOLERANCE


def _is_right(u: Vertex, v: Vertex) -> bool:
    """Return whether two sides are at a right angle, to the tolerance at the end of the longer one."""
    shorter = min(math.hypot(*u), math.hypot(*v))
    return abs(u[0] * v[0] + u[1] * v[1]) <= TOLERANCE * shorter or shorter <= TOLERANCE


_TESTS = {"rotated_box": is_rotated_box, "ellipse": is_ellipse, "polyline": is_polyline}
#: Shapes whose geometry is their points.
OUTLINED = ("polygon", *_TESTS)
