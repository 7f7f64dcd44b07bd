"""The pixel rule: which pixels belong to a polygon; static/src/editor/geom/mask.js does the same arithmetic bit for bit.

Pixel (i, j) covers [i, i+1) x [j, j+1) and belongs to a part when its centre lies inside by the even-odd rule over
all rings of the part; the parts of a polygon are united. Ties are half-open: an edge owns its upper end and not its
lower one, a pixel whose centre lies on a left border belongs and on a right border does not. Crossings are computed
from the upper to the lower end of an edge in one fixed order of operations, whatever the direction of the ring, so
two polygons that share an edge never share a pixel and leave none out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from . import spans as sp
from .errors import TooLarge
from .spans import Bits, Spans

Ring = Sequence[Sequence[float]]
Part = Sequence[Ring]
MultiPolygon = Sequence[Part]

#: Most crossings of edges with pixel rows for one part; this many take about 400 MB for a moment.
MAX_CROSSINGS = 4_000_000


def ring_edges(part: Part) -> NDArray[np.float64]:
    """Return the edges of all rings of a part as an array (n, 4) of xa, ya, xb, yb with ya <= yb; rings are closed."""
    edges = []
    for ring in part:
        points = np.asarray(ring, np.float64)
        edges.append(np.concatenate([points, np.roll(points, -1, axis=0)], axis=1))
    both = np.concatenate(edges)
    return np.where((both[:, 1] > both[:, 3])[:, None], both[:, [2, 3, 0, 1]], both)


def rasterise(points: MultiPolygon, x0: int, y0: int, w: int, h: int) -> Bits:
    """Return the bool array of shape (h, w) of the pixels of `points` in the window at (x0, y0).

    Raises TooLarge when the window has more than spans.MAX_PIXELS or the rows are crossed more than MAX_CROSSINGS times.
    """
    return sp.to_bits(polygon_spans(points, x0, y0, w, h), w, h)


def polygon_spans(points: MultiPolygon, x0: int, y0: int, w: int, h: int) -> Spans:
    """Return the spans of the pixels of `points` in the window w x h at (x0, y0), without drawing any pixel."""
    sp.check_area(w, h)
    parts = [_part_spans(part, x0, y0, w, h) for part in points]
    return sp.merge(np.concatenate(parts)) if parts else sp.empty()


def _part_spans(part: Part, x0: int, y0: int, w: int, h: int) -> Spans:
    edges = ring_edges(part)
    first = np.clip(np.ceil(edges[:, 1] - 0.5), y0, y0 + h).astype(np.int64)
    stop = np.clip(np.ceil(edges[:, 3] - 0.5), y0, y0 + h).astype(np.int64)
    rows_each = stop - first
    total = int(rows_each.sum())
    if total > MAX_CROSSINGS:
        raise TooLarge(
            f"The polygon crosses pixel rows {total:,} times, at most {MAX_CROSSINGS:,} are allowed.",
            field="points",
        )
    index = np.repeat(np.arange(len(edges)), rows_each)
    row = np.repeat(first - (np.cumsum(rows_each) - rows_each), rows_each) + np.arange(total)
    xa, ya, xb, yb = edges[index].T
    # Keep this order of operations: the browser repeats it, and on dyadic numbers it decides ties exactly.
    crossing = xa + ((row + 0.5 - ya) * (xb - xa)) / (yb - ya)
    column = np.clip(np.ceil(crossing - 0.5), x0, x0 + w).astype(np.int64) - x0
    # Closed rings cross every row an even number of times, so sorting pairs entries with exits inside each row.
    keys = (row - y0) * w + column
    order = np.argsort((row - y0) * (w + 1) + column)
    spans: Spans = keys[order].reshape(-1, 2)
    return spans
