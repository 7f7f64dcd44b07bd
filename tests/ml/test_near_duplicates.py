"""Near hashes among many: the same pairs and groups as comparing each with each."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from annotator.ml import near_duplicates
from annotator.ml.near_duplicates import MAX_DISTANCE, group, near_pairs
from annotator.ml.phash import distance


def hashes(count: int, seed: int, near: int = 0) -> np.ndarray:
    """Return random hashes; `near` of them are others with 0..14 bits flipped."""
    chance = np.random.default_rng(seed)
    found = chance.integers(-(2**63), 2**63, count, dtype=np.int64)
    for index in range(count - near, count):
        bits = chance.choice(64, chance.integers(0, 15), replace=False)
        flipped = sum(1 << int(bit) for bit in bits)
        found[index] = found[chance.integers(0, count - near)] ^ np.uint64(flipped).view(np.int64)
    return found


def brute_pairs(found: np.ndarray, most: int) -> set[tuple[int, int]]:
    values = found.tolist()
    return {
        (i, j)
        for i, j in itertools.combinations(range(len(values)), 2)
        if distance(values[i], values[j]) <= most
    }


def brute_groups(found: np.ndarray, most: int) -> list[list[int]]:
    values, free, groups = found.tolist(), list(range(len(found))), []
    while free:
        near = [index for index in free if distance(values[free[0]], values[index]) <= most]
        free = [index for index in free if index not in near]
        groups.append(near)
    return [one for one in groups if len(one) > 1]


@pytest.mark.parametrize("most", [0, 1, 3, 4, 7, 8, 10, 11])
def test_pairs_and_groups_are_exact(most: int) -> None:
    found = hashes(500, most, near=200)
    first, second = near_pairs(found, most)
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    assert len(pairs) == len(set(pairs)) and set(pairs) == brute_pairs(found, most)
    assert [one.tolist() for one in group(found, most)] == brute_groups(found, most)


@pytest.mark.parametrize("limit", [0, 10, 10**9])
def test_groups_are_the_same_with_and_without_pairs(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_duplicates, "_MOST_PAIRS", limit)
    monkeypatch.setattr(near_duplicates, "_BLOCK", 7)
    found = hashes(200, 3, near=150)
    assert [one.tolist() for one in group(found, 9)] == brute_groups(found, 9)


def test_no_member_is_far_from_the_first() -> None:
    chain = np.array([0, 0b11, 0b1111, 0b111111, 0], np.int64)
    assert [one.tolist() for one in group(chain, 2)] == [[0, 1, 4], [2, 3]]


@pytest.mark.parametrize("count", [0, 1])
def test_few(count: int) -> None:
    found = hashes(count, 1)
    assert group(found, 4) == [] and len(near_pairs(found, 4)[0]) == 0


def test_distances_that_are_not_looked_up() -> None:
    for wrong in (-1, MAX_DISTANCE + 1):
        with pytest.raises(ValueError, match="must be 0"):
            near_pairs(hashes(3, 1), wrong)


def test_it_can_be_stopped() -> None:
    class Stop(Exception): ...

    def stop(fraction: float) -> None:
        assert 0 <= fraction <= 1
        if fraction > 0.4:
            raise Stop

    with pytest.raises(Stop):
        group(hashes(100, 1), 8, on_step=stop)
