"""The queue that carries ids of jobs to workers: huey, loaded without drivers that this installation does not use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

__all__ = ["HUEY"]


@contextmanager
def _without_spare_drivers() -> Iterator[None]:
    """Make the drivers that nobody needs look absent: huey tries them all, which costs 25 MB and half a second."""
    spare = [name for name in ("psycopg", "redis") if name not in sys.modules]
    if settings.REDIS_URL and "redis" in spare:
        spare.remove("redis")
    sys.modules.update(dict.fromkeys(spare))  # type: ignore[arg-type]  # None: importing raises ImportError
    try:
        yield
    finally:
        for name in spare:
            del sys.modules[name]


with _without_spare_drivers():
    from huey.contrib.djhuey import HUEY
