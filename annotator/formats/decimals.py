"""Sizes as short decimals: from the two ends of a side back to the number that a person or a file once wrote."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PLACES = 16


def shortest_size(start: float, stop: float) -> float:
    """Return the float of the shortest decimal w with start + w == stop in float64.

    When no float does (the size is far larger than `stop`), the float difference.
    """
    size = stop - start
    power = 1.0
    for _ in range(_PLACES):
        short = round(size * power) / power
        if start + short == stop:
            return short
        power *= 10.0
    return size


def shortest_sizes(starts: NDArray[np.float64], stops: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shortest_size for arrays, number for number the same."""
    sizes = stops - starts
    result = sizes.copy()
    todo = np.arange(sizes.size)
    power = 1.0
    for _ in range(_PLACES):
        short = np.rint(sizes[todo] * power) / power
        is_exact = starts[todo] + short == stops[todo]
        result[todo[is_exact]] = short[is_exact]
        todo = todo[~is_exact]
        if not todo.size:
            break
        power *= 10.0
    return result
