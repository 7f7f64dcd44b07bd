"""Sizes as short decimals."""

import random

import numpy as np

from annotator.formats.decimals import shortest_size, shortest_sizes


def test_a_size_with_few_digits_comes_back_from_the_two_ends():
    rng = random.Random(1)
    for _ in range(3_000):
        digits = rng.randint(0, 6)
        start, size = round(rng.uniform(-50, 4000), rng.randint(0, 6)), round(rng.uniform(0, 4000), digits)
        assert shortest_size(start, start + size) == size


def test_the_size_leads_to_the_very_same_end():
    rng = random.Random(2)
    for _ in range(3_000):
        start = rng.uniform(0, 4000)
        stop = start + rng.uniform(0, 4000)
        size = shortest_size(start, stop)
        assert start + size == stop and len(repr(size)) <= len(repr(stop - start))


def test_arrays_are_treated_alike():
    rng = np.random.default_rng(3)
    starts = rng.uniform(-100, 4000, 3_000).round(rng.integers(0, 12))
    stops = starts + np.concatenate([rng.uniform(0, 99, 1_500).round(2), rng.uniform(0, 99, 1_499), [0.0]])
    assert shortest_sizes(starts, stops).tolist() == [
        shortest_size(a, b) for a, b in zip(starts.tolist(), stops.tolist(), strict=True)
    ]
    assert shortest_sizes(starts[:0], stops[:0]).size == 0


def test_without_any_such_size_the_difference_is_taken():
    assert shortest_size(-1e6, 0.1) == 0.1 - -1e6
