"""Areas of multipolygons by the even-odd rule with parts united; nothing about pixels lives here.

Rings that neither cross nor touch themselves or each other are summed by the shoelace formula. Everything else is cut
into horizontal slabs at all vertices and crossings, so that inside a slab the edges keep their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .polygons import MultiPolygon, bounds_of_points, contains
from .rasters import ring_edges

Path = list[tuple[float, float]]
_Edges = NDArray[np.float64]

#: Above this many pairs of edges (or edges times slabs) overlaps are not looked for: holes are then subtracted, parts added.
MAX_PAIRS = 4_000_000
#: Above this many steps in plain Python the slabs are quicker.
MAX_STEPS = 100_000


def area(points: MultiPolygon) -> float:
    """Return the area in square pixels; exact up to float rounding, on whole numbers exact.

    Beyond MAX_PAIRS (some thousands of points) rings are taken as not overlapping.
    """
    parts = [[path for path in map(_tidy, part) if len(path) > 2] for part in points]
    parts = [part for part in parts if part]
    if _are_apart([[part] for part in parts]) and all(_is_plain(part) for part in parts):
        return sum(_plain_area(part) for part in parts)
    return _slab_area(parts)


def _tidy(ring: Iterable[Iterable[float]]) -> Path:
    """Drop vertices that repeat the one before, and the closing one."""
    path: Path = []
    for x, y in ring:
        if not path or path[-1] != (x, y):
            path.append((x, y))
    while len(path) > 1 and path[0] == path[-1]:
        path.pop()
    return path


def _shoelace(path: Path) -> float:
    x0, y0 = path[0]
    moved = [(x - x0, y - y0) for x, y in path]
    return abs(sum(xa * yb - xb * ya for (xa, ya), (xb, yb) in pairwise(moved))) / 2


def _plain_area(part: list[Path]) -> float:
    return max(_shoelace(part[0]) - sum(map(_shoelace, part[1:])), 0.0)


def _are_apart(shapes: Sequence[MultiPolygon]) -> bool:
    """Tell whether the bounding boxes of the shapes do not meet; False when there are too many to look at."""
    if len(shapes) < 2:
        return True
    pairs = _near(np.array([bounds_of_points(shape) for shape in shapes], np.float64))
    return pairs is not None and not pairs[0].size


def _is_plain(part: list[Path]) -> bool:
    """Tell whether the shoelace of the outer ring minus that of the holes is the area of the part."""
    if len(part) == 1 and (len(part[0]) == 3 or _is_star(part[0])):
        return True
    touches = _touching(ring_edges(part), [len(path) for path in part])
    if touches is None:
        return True
    if len(touches):
        return False
    holes = part[1:]
    if len(holes) * len(part[0]) > MAX_STEPS:
        return False
    return _are_apart([[[hole]] for hole in holes]) and all(contains([part[:1]], *hole[0]) for hole in holes)


def _is_star(path: Path) -> bool:
    """Tell whether the ring goes once round the mean of its vertices without ever turning back: it cannot cross itself."""
    cx, cy = sum(x for x, _ in path) / len(path), sum(y for _, y in path) / len(path)
    xa, ya = path[-1][0] - cx, path[-1][1] - cy
    is_left = is_right = True
    sides = 0
    for x, y in path:
        xb, yb = x - cx, y - cy
        turn = xa * yb - xb * ya
        is_left = is_left and turn > 0
        is_right = is_right and turn < 0
        if not (is_left or is_right):
            return False
        sides += (ya < 0) != (yb < 0)
        xa, ya = xb, yb
    return sides == 2


def _touching(edges: _Edges, ring_sizes: list[int]) -> NDArray[np.int64] | None:
    """Return pairs of edges, neighbours along a ring left out, that cross or touch; None when there are too many pairs."""
    pairs = _near(edges)
    if pairs is None:
        return None
    ring_of = np.repeat(np.arange(len(ring_sizes)), ring_sizes)
    size_of = np.repeat(ring_sizes, ring_sizes)
    place = np.arange(len(edges)) - np.repeat(np.cumsum(ring_sizes) - ring_sizes, ring_sizes)
    a, b = pairs
    step = np.abs(place[a] - place[b])
    is_neighbour = (ring_of[a] == ring_of[b]) & ((step == 1) | (step == size_of[a] - 1))
    a, b = a[~is_neighbour], b[~is_neighbour]
    is_met = (_side(edges[a], edges[b]) <= 0) & (_side(edges[b], edges[a]) <= 0)
    return np.stack([a[is_met], b[is_met]], axis=1)


def _near(edges: _Edges) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return the pairs of edges (or boxes) whose bounding boxes meet; None when there are too many to look at."""
    order = np.argsort(edges[:, 1], kind="stable")
    top, bottom = edges[order, 1], edges[order, 3]
    each = np.searchsorted(top, bottom, side="right") - np.arange(len(order)) - 1
    total = int(each.sum())
    if total > MAX_PAIRS:
        return None
    first = np.repeat(np.arange(len(order)), each)
    second = first + 1 + np.arange(total) - np.repeat(np.cumsum(each) - each, each)
    a, b = order[first], order[second]
    left, right = np.minimum(edges[:, 0], edges[:, 2]), np.maximum(edges[:, 0], edges[:, 2])
    is_near = (left[a] <= right[b]) & (left[b] <= right[a])
    return a[is_near], b[is_near]


def _side(line: _Edges, other: _Edges) -> _Edges:
    """Return a number below, equal to or above 0 as the ends of `other` lie on both sides, touch, or lie on one."""
    dx, dy = line[:, 2] - line[:, 0], line[:, 3] - line[:, 1]
    first = dx * (other[:, 1] - line[:, 1]) - dy * (other[:, 0] - line[:, 0])
    second = dx * (other[:, 3] - line[:, 1]) - dy * (other[:, 2] - line[:, 0])
    result: _Edges = np.sign(first) * np.sign(second)
    return result


def _slab_area(parts: list[list[Path]]) -> float:
    if not parts:
        return 0.0
    edges = np.concatenate([ring_edges(part) for part in parts])
    part_of = np.repeat(np.arange(len(parts)), [sum(map(len, part)) for part in parts])
    levels = _levels(edges)
    if levels is None:
        return sum(map(_plain_area, parts))
    is_steep = edges[:, 1] < edges[:, 3]
    edges, part_of = edges[is_steep], part_of[is_steep]
    first, stop = np.searchsorted(levels, edges[:, 1]), np.searchsorted(levels, edges[:, 3])
    each = stop - first
    if int(each.sum()) > MAX_PAIRS:
        return sum(map(_plain_area, parts))
    index = np.repeat(np.arange(len(edges)), each)
    slab = np.repeat(first - (np.cumsum(each) - each), each) + np.arange(index.size)
    xa, ya, xb, yb = edges[index].T
    middle = (levels[slab] + levels[slab + 1]) / 2
    x = xa + ((middle - ya) * (xb - xa)) / (yb - ya)
    order = np.lexsort((x, part_of[index], slab))
    slab, x = slab[order][::2], x[order].reshape(-1, 2)
    widths = x[:, 1] - x[:, 0] if len(parts) == 1 else _new_widths(slab, x)
    return float((widths * (levels[slab + 1] - levels[slab])).sum())


def _levels(edges: _Edges) -> _Edges | None:
    """Return all y at which a vertex lies or two edges cross, ascending."""
    pairs = _near(edges)
    if pairs is None:
        return None
    one, two = edges[pairs[0]], edges[pairs[1]]
    is_met = (_side(one, two) < 0) & (_side(two, one) < 0)
    one, two = one[is_met], two[is_met]
    ax, ay, bx, by = (
        one[:, 2] - one[:, 0],
        one[:, 3] - one[:, 1],
        two[:, 2] - two[:, 0],
        two[:, 3] - two[:, 1],
    )
    share = ((two[:, 0] - one[:, 0]) * by - (two[:, 1] - one[:, 1]) * bx) / (ax * by - ay * bx)
    levels: _Edges = np.unique(np.concatenate([edges[:, 1], edges[:, 3], one[:, 1] + share * ay]))
    return levels


def _new_widths(slab: NDArray[np.int64], spans: _Edges) -> _Edges:
    """Return for each span of x in its slab the width that no earlier span of the slab covers."""
    order = np.lexsort((spans[:, 0], slab))
    widths = np.zeros(len(spans))
    reach, last = 0.0, -1
    for index, at, (left, right) in zip(
        order.tolist(), slab[order].tolist(), spans[order].tolist(), strict=True
    ):
        if at != last:
            reach, last = left, at
        widths[index] = max(right - max(left, reach), 0.0)
        reach = max(reach, right)
    return widths
