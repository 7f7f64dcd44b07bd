"""Hashes that are near each other by Hamming distance, among very many; exact, numpy alone.

Pairs are found by pigeonhole. A hash has four bands of 16 bits, each with a radius; the radii, and one for each band, add up
to more than the distance. So of two hashes that are near, one band differs in at most its radius: each band is looked up
under all values so near, and only what is met there is compared.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

MAX_DISTANCE = 11
_BANDS, _BITS = 4, 16
# Candidates that are compared at once: a few arrays of 32 MB.
_BLOCK = 1 << 22
# From here on pairs are not worth their memory: each hash is then compared with all that have no group yet.
_MOST_PAIRS = 5_000_000

Hashes = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.intp]
OnStep = Callable[[float], None]


def _ignore(fraction: float) -> None:
    """The `on_step` of those who do not wait."""


def near_pairs(
    hashes: npt.NDArray[np.int64], distance: int, *, on_step: OnStep = _ignore
) -> tuple[Indices, Indices]:
    """Return all pairs (i, j), i < j, of hashes that differ in at most `distance` bits, 0..MAX_DISTANCE, in no order.

    `on_step` gets the progress, 0..1, and may raise to stop. Memory is proportional to the pairs.
    """
    return _joined(list(_pairs(hashes.view(np.uint64), distance, on_step)))


def _joined(found: list[tuple[Indices, Indices]]) -> tuple[Indices, Indices]:
    if not found:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])


def group(hashes: npt.NDArray[np.int64], distance: int, *, on_step: OnStep = _ignore) -> list[Indices]:
    """Return groups of at least two hashes, as rising indices, in the order of their first ones.

    In order, each hash that has no group yet takes all others without one that differ from it in at most `distance` bits. So
    no member is farther than that from the first one, which a chain of neighbors could be. At most MAX_DISTANCE.
    """
    unique, first, inverse = np.unique(hashes.view(np.uint64), return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    leaders = _leaders(unique[order], distance, on_step)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    leader_of = leaders[rank[inverse]]
    by_leader = np.argsort(leader_of, kind="stable")
    ends = np.flatnonzero(np.diff(leader_of[by_leader])) + 1
    return [part for part in np.split(by_leader, ends) if len(part) > 1]


def _leaders(hashes: Hashes, distance: int, on_step: OnStep) -> Indices:
    """Return, for each of distinct hashes, the index of the one whose group it is in."""
    found, count = [], 0
    for first, second in _pairs(hashes, distance, on_step):
        found.append((first, second))
        count += len(first)
        if count > _MOST_PAIRS:
            return _leaders_among_many(hashes, distance, on_step)
    return _leaders_of_pairs(len(hashes), found)


def _leaders_of_pairs(count: int, found: list[tuple[Indices, Indices]]) -> Indices:
    leaders = np.arange(count)
    if not found:
        return leaders
    first, second = _joined(found)
    by_first = np.argsort(first, kind="stable")
    first, second = first[by_first], second[by_first]
    heads, starts = np.unique(first, return_index=True)
    for head, others in zip(heads.tolist(), np.split(second, starts[1:]), strict=True):
        if leaders[head] == head:
            free = others[leaders[others] == others]
            leaders[free] = head
    return leaders


def _leaders_among_many(hashes: Hashes, distance: int, on_step: OnStep) -> Indices:
    """The same without pairs: quick where groups are large, as they are when there are too many pairs."""
    leaders = np.arange(len(hashes))
    rest = np.arange(len(hashes))
    while len(rest):
        is_near = np.bitwise_count(hashes[rest] ^ hashes[rest[0]]) <= distance
        leaders[rest[is_near]] = rest[0]
        rest = rest[~is_near]
        on_step(1 - len(rest) / len(hashes))
    return leaders


def _pairs(hashes: Hashes, distance: int, on_step: OnStep) -> Iterator[tuple[Indices, Indices]]:
    """Yield the pairs, each once, in parts."""
    if not 0 <= distance <= MAX_DISTANCE:
        raise ValueError(f"the distance must be 0..{MAX_DISTANCE}, not {distance}")
    radii = [(distance + 1 + band) // _BANDS - 1 for band in range(_BANDS)]
    bands = [hashes >> np.uint64(_BITS * band) & np.uint64(0xFFFF) for band in range(_BANDS)]
    steps = sum(len(_masks(radius)) for radius in radii)
    done = 0
    for band, radius in enumerate(radii):
        if radius < 0:
            continue
        values = bands[band].astype(np.intp)
        order = np.argsort(values, kind="stable")
        sorted_hashes, sorted_values = hashes[order], values[order]
        starts = np.concatenate([[0], np.cumsum(np.bincount(values, minlength=1 << _BITS))])
        for mask in _masks(radius):
            on_step(done / steps)
            done += 1
            for one, other in _meeting(sorted_values, starts, mask):
                is_near = np.bitwise_count(sorted_hashes[one] ^ sorted_hashes[other]) <= distance
                first, second = order[one[is_near]], order[other[is_near]]
                is_new = np.ones(len(first), bool)
                for earlier in range(band):  # what an earlier band has found is not found again
                    apart = np.bitwise_count(bands[earlier][first] ^ bands[earlier][second])
                    is_new &= apart.astype(np.int8) > radii[earlier]
                if is_new.any():
                    first, second = first[is_new], second[is_new]
                    yield np.minimum(first, second), np.maximum(first, second)


def _masks(radius: int) -> list[int]:
    """Return all values of a band with at most `radius` bits set, 0 first."""
    chosen = (bits for size in range(radius + 1) for bits in itertools.combinations(range(_BITS), size))
    return [sum(1 << bit for bit in bits) for bits in chosen]


def _meeting(values: Indices, starts: Indices, mask: int) -> Iterator[tuple[Indices, Indices]]:
    """Yield, in blocks, each pair of indices once whose sorted values differ by `mask`; `starts` is where each value begins."""
    if mask:
        # The one of a pair whose highest differing bit is not set looks for the other.
        lookers = np.flatnonzero(values & (1 << (mask.bit_length() - 1)) == 0)
        sought = values[lookers] ^ mask
        begin, end = starts[sought], starts[sought + 1]
    else:
        lookers = np.arange(len(values))
        begin, end = lookers + 1, starts[values + 1]
    amount = end - begin
    is_met = amount > 0
    lookers, begin, amount = lookers[is_met], begin[is_met], amount[is_met]
    ends = np.cumsum(amount)
    at = 0
    while at < len(lookers):
        passed = ends[at - 1] if at else 0
        to = max(at + 1, int(np.searchsorted(ends, passed + _BLOCK, side="right")))
        sizes = amount[at:to]
        shift = begin[at:to] - (ends[at:to] - sizes - passed)
        yield np.repeat(lookers[at:to], sizes), np.arange(sizes.sum()) + np.repeat(shift, sizes)
        at = to
