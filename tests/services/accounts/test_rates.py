"""How often a token may ask and a password may be tried: sustained rate, bursts, each key by itself; shared or not."""

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


@pytest.mark.parametrize("url", ["", "redis://cache.invalid"])
def test_attempts_to_sign_in_are_counted_by_address_and_name(settings: Any, url: str) -> None:
    settings.REDIS_URL, settings.RATE_SIGN_IN_PER_MINUTE = (
        url,
        3,
    )  # the cache of the tests stands for the shared one
    lefts = [rates.take_sign_in("10.0.0.1", name) for name in ("ann", "Ann", "ANN")]
    assert [taken and (taken.wait, taken.left) for taken in lefts] == [(0, 2), (0, 1), (0, 0)]
    refused = rates.take_sign_in("10.0.0.1", "ann")
    assert refused is not None and 0 < refused.wait <= rates.SIGN_IN_SECONDS
    for address, name in (("10.0.0.2", "ann"), ("10.0.0.1", "max")):
        other = rates.take_sign_in(address, name)
        assert other is not None and other.wait == 0
    rates.forget_sign_in("10.0.0.1", "ann")
    again = rates.take_sign_in("10.0.0.1", "ann")
    assert again == (0, 2)
    settings.RATE_SIGN_IN_PER_MINUTE = 0
    assert rates.take_sign_in("10.0.0.1", "ann") is None


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
