"""Identifiers: UUIDs of version 7 that rise within a process, one by one and many at once."""

from __future__ import annotations

import time

import pytest

from annotator.domain import ids


def test_ids_are_of_version_7_and_carry_their_time():
    before = time.time_ns() // 1_000_000
    made = [ids.uuid7(), *ids.uuid7s(3)]
    after = time.time_ns() // 1_000_000
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}
    assert all(before <= each.int >> 80 <= after + 1 for each in made)
    assert ids.uuid7s(0) == []


def test_ids_rise_also_beyond_what_a_millisecond_holds(monkeypatch: pytest.MonkeyPatch):
    now = time.time_ns() + 3_600_000_000_000
    monkeypatch.setattr(ids.time, "time_ns", lambda: now)
    monkeypatch.setattr(ids, "_last_ms", 0)  # put back afterwards: other tests live in the present
    made = [ids.uuid7(), *ids.uuid7s(10_000), ids.uuid7()]
    assert made == sorted(made) and len({each.int >> 64 for each in made}) == len(made)
    assert made[-1].int >> 80 == now // 1_000_000 + 2
    # Nothing but the random bits tells an id made elsewhere at the same moment apart.
    assert len({each.int & (1 << 62) - 1 for each in made}) == len(made)
