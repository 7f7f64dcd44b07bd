"""The rate limit of password sign-ins: counted per address and name in the cache, for one minute."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest

WINDOW_SECONDS = 60
_own = LocMemCache("sign-in", {})


def _key(request: HttpRequest, name: str) -> str:
    identity = f"{request.META.get('REMOTE_ADDR', '')}\n{name.casefold()}"
    return "sign-in:" + hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def take(request: HttpRequest, name: str) -> int | None:
    """Count one attempt and return how many are left in this minute; negative above the limit, None without a limit."""
    limit: int = settings.RATE_SIGN_IN_PER_MINUTE
    if limit <= 0:
        return None
    key = _key(request, name)
    try:
        return limit - _count(cache, key)
    except Exception:  # the driver's error if Redis is unavailable: each server then counts on its own
        return limit - _count(_own, key)


def _count(store: Any, key: str) -> int:
    store.add(key, 0, WINDOW_SECONDS)
    try:
        return int(store.incr(key))
    except ValueError:  # the key expired between the two calls
        store.set(key, 1, WINDOW_SECONDS)
        return 1


def forget(request: HttpRequest, name: str) -> None:
    """Reset the count after a correct password."""
    key = _key(request, name)
    _own.delete(key)
    with contextlib.suppress(Exception):  # Redis is unavailable; the count expires within a minute
        cache.delete(key)
