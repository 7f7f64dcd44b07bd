"""Bins of whole numbers: at most ten, half-open, each value in one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from annotator.domain.bins import MAX_BINS, Bin, integer_bins
from annotator.domain.errors import Invalid

_NUMBERS = st.lists(
    st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e6, 1e6, allow_nan=False)), min_size=1, max_size=60
)


@given(_NUMBERS)
def test_each_value_is_in_one_bin_and_the_middle_is_nearest_to_the_median(values: list[float]) -> None:
    found = integer_bins(values)
    assert 1 <= len(found) <= MAX_BINS and sum(each.count for each in found) == len(values)
    assert len({each.end - each.start for each in found}) == 1
    for before, after in itertools.pairwise(found):
        assert before.end <= after.start
    for each in found:
        inside = sorted(float(value) for value in values if each.start <= value < each.end)
        assert len(inside) == each.count
        half = len(inside) // 2
        median = inside[half] if len(inside) % 2 else (inside[half - 1] + inside[half]) / 2
        assert abs(float(values[each.middle]) - median) == pytest.approx(
            min(abs(value - median) for value in inside)
        )


def test_edges() -> None:
    assert integer_bins([]) == []
    assert integer_bins([5]) == [Bin(5, 6, 1, 0)]
    assert integer_bins([0.5, 0.25]) == [Bin(0, 1, 2, 0)]
    assert integer_bins([0, 9, 99]) == [Bin(0, 10, 2, 0), Bin(90, 100, 1, 2)]
    assert integer_bins([0, 100]) == [Bin(0, 11, 1, 0), Bin(99, 110, 1, 1)]
    assert integer_bins([-0.5, -1.0]) == [Bin(-1, 0, 2, 0)]
    for wrong in (2.0**53, -1e300):
        with pytest.raises(Invalid):
            integer_bins([0.0, wrong])
