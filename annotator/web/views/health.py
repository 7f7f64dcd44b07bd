"""Health checks for monitoring, without credentials and without the thread pool."""

from __future__ import annotations

import asyncio
import time
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from django.db import close_old_connections

from annotator.services.operations import health

TIMEOUT_SECONDS = 5.0
# Watchers that ask often get the answer of this moment, so that asking costs nothing; whoever waits for us to become
# ready hears of it at once.
CACHE_SECONDS, CACHE_SECONDS_NOT_READY = 1.0, 0.1

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")
_last: tuple[float, list[health.Check]] = (0.0, [])
_pending: asyncio.Future[list[health.Check]] | None = None


async def healthz(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """The process is running; nothing else is checked."""
    await _send_json(scope, send, 200, {"status": "ok"})


async def readyz(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Database, storage and worker, each with its state: 200 if all are ready, otherwise 503."""
    global _pending
    if _pending is None or _pending.done():
        _pending = asyncio.get_running_loop().run_in_executor(_thread, _run_checks)
    try:
        checks = await asyncio.wait_for(asyncio.shield(_pending), TIMEOUT_SECONDS)
    except TimeoutError:
        checks = [health.Check("database", False, f"no answer within {TIMEOUT_SECONDS:.0f} s")]
    is_ready = all(check.is_ok for check in checks)
    body = {check.name: {"ok": check.is_ok, "state": check.state} for check in checks}
    await _send_json(
        scope, send, 200 if is_ready else 503, {"status": "ready" if is_ready else "not ready", **body}
    )


def _run_checks() -> list[health.Check]:
    global _last
    is_ready = all(check.is_ok for check in _last[1])
    if time.monotonic() - _last[0] >= (CACHE_SECONDS if is_ready else CACHE_SECONDS_NOT_READY):
        close_old_connections()
        _last = (time.monotonic(), health.ready())
    return _last[1]


async def _send_json(scope: MutableMapping[str, Any], send: Any, status: int, body: dict[str, Any]) -> None:
    if scope["method"] not in {"GET", "HEAD"}:
        status, body = 405, {"status": "use GET"}
    content = orjson.dumps(body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(content)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
