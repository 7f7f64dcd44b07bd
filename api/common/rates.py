"""How often one credential may ask: a bucket per token, in this process or shared by all servers through Redis."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache

from annotator.domain.errors import Busy

from .errors import THROTTLED


class Buckets:
    """Token buckets in memory: each holds up to `burst` and fills with `rate` a second."""

    MAX_KEPT = 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[uuid.UUID, tuple[float, float]] = {}

    def take(self, key: uuid.UUID, *, rate: float, burst: float) -> float:
        """Take one and return 0, or return the seconds until there is one again."""
        now = self._clock()
        with self._lock:
            level, at = self._levels.get(key, (burst, now))
            level = min(burst, level + (now - at) * rate)
            wait = 0.0 if level >= 1 else (1 - level) / rate
            if len(self._levels) > self.MAX_KEPT:
                self._levels.clear()
            self._levels[key] = (level - 1 if wait == 0 else level, now)
        return wait

    def clear(self) -> None:
        """Forget all: for tests."""
        with self._lock:
            self._levels.clear()


def take_shared(key: uuid.UUID, *, rate: float, burst: float) -> float:
    """Like Buckets.take, through the shared cache: at most `burst` in each window of burst/rate seconds."""
    seconds = max(1.0, burst / rate)
    now = time.time()
    window = int(now // seconds)
    name = f"rate:{key}:{window}"
    cache.add(name, 0, timeout=int(seconds * 2) + 1)
    try:
        count = cache.incr(name)
    except ValueError:  # expired in between
        return 0.0
    return 0.0 if count <= burst else (window + 1) * seconds - now


buckets = Buckets()


def check(key: uuid.UUID) -> None:
    """Raise Busy (code "throttled", with `retry_after`) when the credential asks too often; a rate of 0 is no limit."""
    rate = settings.RATE_API_PER_SECOND
    if not rate:
        return
    burst = max(rate, settings.RATE_API_BURST)
    try:
        wait = (take_shared if settings.REDIS_URL else buckets.take)(key, rate=rate, burst=burst)
    except Exception:  # what the driver raises when Redis does not answer: each server counts for itself then
        wait = buckets.take(key, rate=rate, burst=burst)
    if wait:
        message = f"Too many requests: at most {rate} a second are allowed for one credential."
        raise Busy(message, code=THROTTLED, retry_after=wait)
