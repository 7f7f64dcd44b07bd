"""The one rate limiter: how often a token may ask, in this process or shared through Redis; for passwords see guesses.py."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache

from annotator.domain.errors import Busy
from annotator.services import shared_cache

#: The code of a Busy that means: this credential asks too often.
THROTTLED = "throttled"


class Taken(NamedTuple):
    """What an attempt got: seconds to wait (0 when it is allowed) and how many more are allowed now."""

    wait: float
    left: int


class Buckets:
    """Token buckets in memory: each holds up to `burst` and fills with `rate` a second."""

    MAX_KEPT = 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[float, float, float]] = {}  # level, when, burst

    def take(self, key: str, *, rate: float, burst: float) -> Taken:
        """Take one when there is one."""
        now = self._clock()
        with self._lock:
            level, at, _ = self._levels.get(key, (burst, now, burst))
            level = min(burst, level + (now - at) * rate)
            wait = 0.0 if level >= 1 else (1 - level) / rate
            level -= 1 if wait == 0 else 0
            self._levels[key] = (level, now, burst)
            if len(self._levels) > self.MAX_KEPT:
                self._forget_fullest()
        return Taken(wait, int(level))

    def _forget_fullest(self) -> None:
        """Drop the half that asked least: a flood of new keys does not make the limiter forget a busy one."""
        by_level = sorted(self._levels.items(), key=lambda item: item[1][0] / item[1][2])
        self._levels = dict(by_level[: self.MAX_KEPT // 2])

    def forget(self, key: str) -> None:
        """Fill the bucket of a key."""
        with self._lock:
            self._levels.pop(key, None)

    def clear(self) -> None:
        """Forget everybody; for tests."""
        with self._lock:
            self._levels.clear()


def take_shared(key: str, *, rate: float, burst: float) -> Taken:
    """Like Buckets.take, through the shared cache: at most `burst` in each window of burst/rate seconds."""
    name, ends_in, seconds = _window(key, rate, burst)
    cache.add(name, 0, timeout=int(seconds * 2) + 1)
    try:
        count = cache.incr(name)
    except ValueError:  # it expired between the two calls
        count = 1
    return Taken(0.0 if count <= burst else ends_in, max(0, int(burst) - count))


def take(key: str, *, rate: float, burst: float) -> Taken:
    """Count one attempt of `key`: `burst` at once, `rate` a second in the long run."""
    if settings.REDIS_URL:
        # When Redis does not answer, each server counts for itself.
        taken = shared_cache.attempt(take_shared, key, rate=rate, burst=burst)
        if taken is not None:
            return taken
    return buckets.take(key, rate=rate, burst=burst)


def forget(key: str, *, rate: float, burst: float) -> None:
    """Reset the count of `key`."""
    buckets.forget(key)
    if settings.REDIS_URL:
        shared_cache.attempt(cache.delete, _window(key, rate, burst)[0])


buckets = Buckets()


def check_token(token_id: uuid.UUID) -> None:
    """Raise Busy (code "throttled", with `retry_after`) when the token asks too often; a rate of 0 is no limit."""
    rate = settings.RATE_API_PER_SECOND
    if not rate:
        return
    wait, _ = take(str(token_id), rate=rate, burst=max(rate, settings.RATE_API_BURST))
    if wait:
        message = f"Too many requests: at most {rate} a second are allowed for one credential."
        raise Busy(message, code=THROTTLED, retry_after=wait)


def check_failures(kind: str, address: str) -> None:
    """Count a link or credential from `address` that is not valid; raise Busy when there are too many.

    Their secrets cannot be guessed (256 bits), so a valid one is never refused: the limit only ends the errors.
    """
    limit = settings.RATE_INVALID_PER_MINUTE
    if limit and (wait := take(f"{kind}:{address}", rate=limit / 60, burst=limit).wait):
        raise Busy(
            "Too many invalid links or credentials from this address. Wait a minute.",
            code=THROTTLED,
            retry_after=max(1.0, wait),
        )


def _window(key: str, rate: float, burst: float) -> tuple[str, float, float]:
    """Return the cache's name of the present window, the seconds until it ends and its length."""
    seconds = max(1.0, burst / rate)
    now = time.time()
    number = int(now // seconds)
    return f"rate:{key}:{number}", (number + 1) * seconds - now, seconds
