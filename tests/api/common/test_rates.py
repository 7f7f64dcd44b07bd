"""How often one credential may ask: sustained rate, bursts, each by itself; the same through a shared cache."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.domain.errors import Busy
from api.common import rates
from tests.api.hasty.conftest import caller
from tests.world import World

ONE, OTHER = uuid.uuid4(), uuid.uuid4()


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = [100.0]
    buckets = rates.Buckets(lambda: now[0])
    assert [buckets.take(ONE, rate=2, burst=3) for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take(OTHER, rate=2, burst=3) == 0
    now[0] += 0.5
    assert buckets.take(ONE, rate=2, burst=3) == 0
    assert buckets.take(ONE, rate=2, burst=3) > 0
    now[0] += 60
    assert [buckets.take(ONE, rate=2, burst=3) for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_shared_window_gives_its_burst() -> None:
    key = uuid.uuid4()
    assert [rates.take_shared(key, rate=0.001, burst=2) for _ in range(2)] == [0, 0]
    assert rates.take_shared(key, rate=0.001, burst=2) > 0
    assert rates.take_shared(uuid.uuid4(), rate=0.001, burst=2) == 0


def test_zero_is_no_limit_and_more_is_refused_in_words(settings: Any) -> None:
    key = uuid.uuid4()
    settings.RATE_API_PER_SECOND = 0
    rates.check(key)
    settings.RATE_API_PER_SECOND, settings.RATE_API_BURST = 1, 1
    rates.check(key)
    with pytest.raises(Busy) as error:
        rates.check(key)
    assert error.value.code == "throttled" and error.value.retry_after


def test_a_caller_is_told_when_to_come_again(w: World, settings: Any) -> None:
    settings.RATE_API_PER_SECOND, settings.RATE_API_BURST = 1, 2
    ann, max_ = caller(w.token(w.ann)), caller(w.token(w.max))
    assert [ann.raw("GET", "/projects").status_code for _ in range(3)] == [200, 200, 429]
    answer = ann.raw("GET", "/projects")
    assert answer["Retry-After"] == "1" and answer.json()["code"] == "throttled"
    assert max_.raw("GET", "/projects").status_code == 200
