"""Polygons as single rings, for formats without holes and parts: rings joined by seams, cut at the border of an image.

A seam runs from a ring to another one and back on the same line, so by the even-odd rule it holds no pixel and the joined ring
covers exactly what the rings covered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from . import masks
from .outlines import mask_to_points
from .polygons import MultiPolygon, Part, bounds_of_points

Point = Sequence[float]
Ring = list[Point]


def join_rings(rings: Sequence[Sequence[Point]]) -> Ring:
    """Return one ring of several: the first, with the others hung on the vertices of it that are next to their beginning."""
    first = _open(rings[0])
    hung: dict[int, list[Ring]] = {}
    corners = np.asarray(first, np.float64)
    for ring in map(_open, rings[1:]):
        distances = ((corners - np.asarray(ring[0], np.float64)) ** 2).sum(axis=1)
        hung.setdefault(int(distances.argmin()), []).append(ring)
    joined: Ring = []
    for index, corner in enumerate(first):
        joined.append(corner)
        for ring in hung.get(index, ()):
            joined += [*ring, ring[0], corner]
    return joined


def join_holes(part: Part) -> Ring:
    """Return a part as one ring; one without holes as it is."""
    return join_rings(part)


def join_parts(points: MultiPolygon) -> Ring:
    """Return a multipolygon as one ring.

    Parts are united, which the even-odd rule does not do where they overlap: those become the outline of their pixels.
    """
    if len(points) > 1 and _do_bounds_meet(points):
        left, top, right, bottom = bounds_of_points(points)
        x0, y0 = int(np.floor(left)), int(np.floor(top))
        width, height = max(1, int(np.ceil(right)) - x0), max(1, int(np.ceil(bottom)) - y0)
        points = mask_to_points(masks.rasterise(points, x0, y0, width, height), x0, y0) or points[:1]
    return join_rings([join_holes(part) for part in points])


def outline(mask: bytes, box: masks.Bounds) -> MultiPolygon:
    """Return the multipolygon of a stored mask along its pixels; [] when it is empty."""
    spans = masks.unpack_spans(mask)
    width, height = box[2] - box[0], box[3] - box[1]
    return mask_to_points(masks.spans_to_bits(spans, width, height), box[0], box[1])


def cut(ring: Sequence[Point], width: float, height: float) -> Ring:
    """Return what of a ring lies in an image (Sutherland-Hodgman); pieces hang together along the border. [] for nothing."""
    sides: tuple[tuple[int, float, Callable[[float, float], bool]], ...] = (
        (0, 0.0, float.__ge__), (0, float(width), float.__le__), (1, 0.0, float.__ge__), (1, float(height), float.__le__),
    )  # fmt: skip
    found: Ring = [(float(x), float(y)) for x, y in ring]
    for axis, limit, is_inside in sides:
        source, found = found, []
        for index, point in enumerate(source):
            before = source[index - 1]
            if is_inside(point[axis], limit) != is_inside(before[axis], limit):
                share = (limit - before[axis]) / (point[axis] - before[axis])
                other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
                found.append((limit, other) if axis == 0 else (other, limit))
            if is_inside(point[axis], limit):
                found.append(point)
    return found if len(found) > 2 else []


def _open(ring: Sequence[Point]) -> Ring:
    """Return a ring without the vertex that closes it."""
    is_closed = len(ring) > 1 and tuple(ring[0]) == tuple(ring[-1])
    return list(ring[:-1] if is_closed else ring)


def _do_bounds_meet(points: MultiPolygon) -> bool:
    bounds = np.array([bounds_of_points([part]) for part in points], np.float64)
    order = bounds[np.argsort(bounds[:, 0])]
    for index in range(len(order) - 1):
        top, right, bottom = order[index, 1:]
        rest = order[index + 1 :]
        rest = rest[: int(np.searchsorted(rest[:, 0], right))]
        if ((rest[:, 1] < bottom) & (rest[:, 3] > top)).any():
            return True
    return False
