"""Threads for blocking calls of the async views: database calls in a small pool, disk work in anyio's threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, ParamSpec, TypeVar

from django.db import close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")

# Four threads: these calls are short, and the pages' pool must not wait for them on database locks.
SIZE = 4
_executor: ThreadPoolExecutor | None = None
_lock = threading.Lock()


async def in_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a short database call in this module's threads and return its result."""
    call = partial(copy_context().run, _fresh, work, args, kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pool(), call)


def _fresh(work: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    """Close stale connections around the call, as Django does around a request."""
    close_old_connections()
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()


def _pool() -> ThreadPoolExecutor:
    global _executor
    with _lock:
        if _executor is None:
            _executor = ThreadPoolExecutor(SIZE, thread_name_prefix="files-db")
        return _executor


def close() -> None:
    """Stop the threads and close their database connections; the next call starts new ones. For shutdown and tests."""
    global _executor
    with _lock:
        old, _executor = _executor, None
    if old is None:
        return
    barrier = threading.Barrier(SIZE)

    def last() -> None:
        barrier.wait(timeout=10)
        connections.close_all()

    for done in [old.submit(last) for _ in range(SIZE)]:
        done.result()
    old.shutdown()
