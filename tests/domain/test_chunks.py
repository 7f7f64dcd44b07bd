"""Chunks of anything that can be iterated."""

from __future__ import annotations

from annotator.domain.chunks import chunks


def test_all_items_come_in_order_and_the_last_chunk_may_be_shorter() -> None:
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([1, 2], 2)) == [[1, 2]]
    assert list(chunks((), 2)) == []


def test_nothing_is_read_ahead_of_a_chunk() -> None:
    source = iter(range(10))
    assert next(chunks(source, 3)) == [0, 1, 2]
    assert next(source) == 3
