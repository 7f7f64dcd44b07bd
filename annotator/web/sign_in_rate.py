"""How often somebody may try a password: counted per address and name in the cache, for one minute; no database."""

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
    who = f"{request.META.get('REMOTE_ADDR', '')}\n{name.casefold()}"
    return "sign-in:" + hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def take(request: HttpRequest, name: str) -> int | None:
    """Count one try and return how many are left in this minute; below 0 is one too many; None when there is no limit."""
    limit: int = settings.RATE_SIGN_IN_PER_MINUTE
    if limit <= 0:
        return None
    key = _key(request, name)
    try:
        return limit - _count(cache, key)
    except Exception:  # what the driver raises when Redis does not answer: each server counts for itself then
        return limit - _count(_own, key)


def _count(store: Any, key: str) -> int:
    store.add(key, 0, WINDOW_SECONDS)
    try:
        return int(store.incr(key))
    except ValueError:  # it ran out between the two calls
        store.set(key, 1, WINDOW_SECONDS)
        return 1


def forget(request: HttpRequest, name: str) -> None:
    """Start anew after a right password."""
    key = _key(request, name)
    _own.delete(key)
    with contextlib.suppress(Exception):  # Redis does not answer; the count ends within the minute
        cache.delete(key)
