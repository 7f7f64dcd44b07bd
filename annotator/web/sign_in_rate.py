"""How often somebody may try a password: counted per address and name in the cache, for one minute; no database."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WINDOW_SECONDS = 60


def _key(request: HttpRequest, name: str) -> str:
    who = f"{request.META.get('REMOTE_ADDR', '')}\n{name.casefold()}"
    return "sign-in:" + hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def take(request: HttpRequest, name: str) -> int | None:
    """Count one try and return how many are left in this minute; below 0 is one too many; None when there is no limit."""
    limit: int = settings.RATE_SIGN_IN_PER_MINUTE
    if limit <= 0:
        return None
    key = _key(request, name)
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return limit - int(cache.incr(key))
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, WINDOW_SECONDS)
        return limit - 1


def forget(request: HttpRequest, name: str) -> None:
    """Start anew after a right password."""
    cache.delete(_key(request, name))
