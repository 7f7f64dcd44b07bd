"""Whole-number bins over values of a target: half-open, so that each value lies in exactly one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.domain.errors import Invalid

MAX_BINS = 10
#: Beyond this whole numbers are not exact in float64, so edges would not be either.
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Bin:
    """Values v with start <= v < end: how many, and which of them, by its index, is nearest to their median."""

    start: int
    end: int
    count: int
    middle: int


def integer_bins(values: Sequence[float], counts: Sequence[int] | None = None) -> list[Bin]:
    """Return the bins that hold a value, in order: at most MAX_BINS of equal width over floor(min) to floor(max) + 1.

    `counts` says how often each value is there, once by default. Of several values equally near to the median the first counts. Raises Invalid for values beyond 2**53.
    """
    every = np.asarray(values, dtype=np.float64)
    if not every.size:
        return []
    if np.abs(every).max() >= _EXACT:
        raise Invalid("The values of the target are too large for bins of whole numbers.")
    whole = np.floor(every).astype(np.int64)
    low, high = int(whole.min()), int(whole.max()) + 1
    width = math.ceil((high - low) / MAX_BINS)
    times = np.ones(every.size, np.int64) if counts is None else np.asarray(counts)
    found = []
    places = (whole - low) // width
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order], prepend=-1))
    for members in np.split(order, starts[1:]):
        start = low + int(places[members[0]]) * width
        inside = every[members]
        median = np.median(np.repeat(inside, times[members]))
        middle = members[int(np.argmin(np.abs(inside - median)))]
        found.append(Bin(start, start + width, int(times[members].sum()), int(middle)))
    return found
