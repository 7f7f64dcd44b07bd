"""How often a token may ask: sustained rate, bursts, each key by itself; shared or not."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.cache import cache

from annotator.domain.errors import Busy
from annotator.services.accounts import rates

ONE, OTHER = str(uuid.uuid4()), str(uuid.uuid4())


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = [100.0]
    buckets = rates.Buckets(lambda: now[0])
    assert [buckets.take(ONE, rate=2, burst=3).wait for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take(OTHER, rate=2, burst=3).wait == 0
    now[0] += 0.5
    assert buckets.take(ONE, rate=2, burst=3).wait == 0
    assert buckets.take(ONE, rate=2, burst=3).wait > 0
    now[0] += 60
    assert [buckets.take(ONE, rate=2, burst=3).wait for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_shared_window_gives_its_burst() -> None:
    key = str(uuid.uuid4())
    assert [rates.take_shared(key, rate=0.001, burst=2).wait for _ in range(2)] == [0, 0]
    assert rates.take_shared(key, rate=0.001, burst=2).wait > 0
    assert rates.take_shared(str(uuid.uuid4()), rate=0.001, burst=2).wait == 0


def test_zero_is_no_limit_and_more_is_refused_in_words(settings: Any) -> None:
    key = uuid.uuid4()
    settings.RATE_API_PER_SECOND = 0
    rates.check_token(key)
    settings.RATE_API_PER_SECOND, settings.RATE_API_BURST = 1, 1
    rates.check_token(key)
    with pytest.raises(Busy) as error:
        rates.check_token(key)
    assert error.value.code == "throttled" and error.value.retry_after


def test_a_flood_of_keys_does_not_push_out_a_busy_one() -> None:
    buckets = rates.Buckets(lambda: 100.0)
    for _ in range(3):
        buckets.take(ONE, rate=1, burst=3)
    for number in range(buckets.MAX_KEPT + 10):
        buckets.take(str(number), rate=1, burst=3)
    assert buckets.take(ONE, rate=1, burst=3).wait > 0


def test_invalid_credentials_of_an_address_are_answered_so_often(settings: Any) -> None:
    settings.RATE_INVALID_PER_MINUTE = 3
    for _ in range(3):
        rates.check_failures("token", "10.0.0.1")
    with pytest.raises(Busy):
        rates.check_failures("token", "10.0.0.1")
    rates.check_failures("token", "10.0.0.2")
    rates.check_failures("link", "10.0.0.1")


def test_each_server_counts_for_itself_while_redis_does_not_answer(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ConnectionError

    settings.REDIS_URL = "redis://cache.invalid"
    for name in ("add", "incr", "delete"):
        monkeypatch.setattr(cache, name, fail)
    key = str(uuid.uuid4())
    assert [rates.take(key, rate=0.001, burst=2).wait == 0 for _ in range(3)] == [True, True, False]
    rates.forget(key, rate=0.001, burst=2)
    assert rates.take(key, rate=0.001, burst=2).wait == 0
