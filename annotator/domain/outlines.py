"""Mask to polygon along pixel edges, so that polygon to mask gives the same pixels back; no smoothing lives here.

A part is a set of pixels connected over their sides: one outer ring and its holes. Pixels that touch only at a corner
are different parts. Rings run with the mask on their right (outer ones clockwise on the screen, holes the other way).
Vertices are whole numbers and stand at corners only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .errors import TooLarge
from .spans import Bits

Rings = list[list[list[int]]]

#: Most vertices that a traced mask may have in all its rings.
MAX_VERTICES = 100_000


def mask_to_points(mask: Bits, x0: int = 0, y0: int = 0, *, limit: int = MAX_VERTICES) -> list[Rings]:
    """Return the multipolygon of a bool array (height, width) whose first pixel is (x0, y0); [] for an empty mask.

    rasterise(mask_to_points(m), 0, 0, w, h) equals m. Raises TooLarge above `limit` vertices.
    """
    corners = _corners(mask)
    if len(corners.x) > limit:
        raise TooLarge(
            f"The outline of the mask has {len(corners.x):,} corners, at most {limit:,} are allowed.",
            field="mask",
        )
    rings, ring_of = _trace(corners)
    parts: list[Rings] = []
    part_of_ring: list[int] = []
    finder = _LeftEdges(corners, ring_of)
    for ring in rings:
        x, y = int(corners.x[ring[0]]), int(corners.y[ring[0]])
        path = [[int(corners.x[i]) + x0, int(corners.y[i]) + y0] for i in ring]
        # The pixel below the top edge of a ring is set for an outer ring and clear for a hole.
        if y < mask.shape[0] and x < mask.shape[1] and mask[y, x]:
            part_of_ring.append(len(parts))
            parts.append([path])
        else:
            part = part_of_ring[finder.ring_left_of(_run_start(mask, x, y - 1), y - 1)]
            part_of_ring.append(part)
            parts[part].append([path[0], *path[:0:-1]])
    return parts


class _Corners:
    """Vertices of the outline: coordinates, and for each the partner along its row and along its column."""

    __slots__ = ("beside", "upright", "x", "y")

    def __init__(
        self,
        x: NDArray[np.int64],
        y: NDArray[np.int64],
        row_rank: NDArray[np.int64],
        column_rank: NDArray[np.int64],
    ) -> None:
        self.x, self.y = x, y
        # Along a row (column) of lattice lines, corners pair up into the horizontal (vertical) edges of the outline.
        self.beside = _partners(np.lexsort((row_rank, x, y)))
        self.upright = _partners(np.lexsort((column_rank, y, x)))


def _partners(order: NDArray[np.int64]) -> NDArray[np.int64]:
    partner = np.empty_like(order)
    partner[order[0::2]] = order[1::2]
    partner[order[1::2]] = order[0::2]
    return partner


def _corners(mask: Bits) -> _Corners:
    """Find the corners, ascending by row, then column; where two pixels touch diagonally there are two.

    Of the two, the first is the end of the left horizontal edge. It belongs to the upper vertical edge when the upper
    left pixel is set, and to the lower one when the upper right pixel is: so the two pixels stay apart.
    """
    padded = np.pad(mask, 1).astype(np.uint8)
    kinds = padded[:-1, :-1] | padded[:-1, 1:] << 1 | padded[1:, :-1] << 2 | padded[1:, 1:] << 3
    corner_count = np.array([0, 1, 1, 0, 1, 0, 2, 1, 1, 2, 0, 1, 0, 1, 1, 0], np.uint8)[kinds]
    y, x = np.nonzero(corner_count)
    each = corner_count[y, x].astype(np.int64)
    kind = np.repeat(kinds[y, x], each)
    x, y = np.repeat(x, each), np.repeat(y, each)
    second = np.zeros(x.size, np.int64)
    second[1:] = (x[1:] == x[:-1]) & (y[1:] == y[:-1])
    return _Corners(x, y, second, np.where(kind == 6, 1 - second, second))


def _trace(corners: _Corners) -> tuple[list[list[int]], NDArray[np.int64]]:
    """Return the rings as lists of corner numbers, each from its top left corner, and the ring of each corner."""
    beside, upright = corners.beside.tolist(), corners.upright.tolist()
    ring_of = [-1] * len(beside)
    rings: list[list[int]] = []
    for first in range(len(beside)):
        if ring_of[first] >= 0:
            continue
        ring, at = [], first
        while ring_of[at] < 0:
            ring_of[at] = ring_of[beside[at]] = len(rings)
            ring += [at, beside[at]]
            at = upright[beside[at]]
        rings.append(ring)
    return rings, np.array(ring_of, np.int64)


def _run_start(mask: Bits, x: int, y: int) -> int:
    """Return the first column of the run of set pixels of row y that holds column x."""
    gaps = np.flatnonzero(~mask[y, : x + 1])
    return int(gaps[-1]) + 1 if gaps.size else 0


class _LeftEdges:
    """Finds the ring whose vertical edge borders a pixel on its left."""

    def __init__(self, corners: _Corners, ring_of: NDArray[np.int64]) -> None:
        uppers = np.flatnonzero(corners.y < corners.y[corners.upright])
        self._height = int(corners.y.max()) + 1 if corners.y.size else 1
        keys = corners.x[uppers] * self._height + corners.y[uppers]
        order = np.argsort(keys)
        self._keys, self._rings = keys[order], ring_of[uppers][order]

    def ring_left_of(self, x: int, y: int) -> int:
        return int(self._rings[np.searchsorted(self._keys, x * self._height + y, side="right") - 1])
