"""Calls to the cache that servers share through Redis, which may be away: what is in it can be counted or read elsewhere."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.conf import settings

P = ParamSpec("P")
T = TypeVar("T")

# How long Redis is not asked again after it did not answer, so that an outage costs a request in some seconds its timeout.
PAUSE_SECONDS = 5.0
_log = logging.getLogger(__name__)
_paused_until = 0.0


def attempt(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Return what a call to the cache returns, None while Redis is away; without Redis the cache is this process's."""
    global _paused_until
    if not settings.REDIS_URL:
        return call(*args, **kwargs)
    if time.monotonic() < _paused_until:
        return None
    try:
        return call(*args, **kwargs)
    except Exception as error:  # the driver's own kinds
        _log.warning("the shared cache does not respond: %s: %s", type(error).__name__, error)
        _paused_until = time.monotonic() + PAUSE_SECONDS
        return None
