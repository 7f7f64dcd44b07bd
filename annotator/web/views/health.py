"""Health checks for monitoring, without the thread pool; details only for operators."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from django.conf import settings
from django.db import close_old_connections

from annotator.services.operations import health

TIMEOUT_SECONDS = 5.0
# Watchers that ask often get the answer of this moment, so that asking costs nothing; whoever waits for us to become
# ready hears of it at once.
CACHE_SECONDS, CACHE_SECONDS_NOT_READY = 1.0, 0.1

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")
_last: tuple[float, list[health.Check]] = (0.0, [])
_pending: asyncio.Future[list[health.Check]] | None = None
_log = logging.getLogger(__name__)


async def healthz(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """The process is running; nothing else is checked."""
    await _send_json(scope, send, 200, {"status": "ok"})


async def readyz(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """200 if database, storage and worker are ready, otherwise 503; Redis is told and not needed.

    Each with its state for whoever sends ANNOTATOR_STATUS_TOKEN as bearer token: paths and errors are no
    business of others.
    """
    global _pending
    if _pending is None or _pending.done():
        _pending = asyncio.get_running_loop().run_in_executor(_thread, _run_checks)
    try:
        checks = await asyncio.wait_for(asyncio.shield(_pending), TIMEOUT_SECONDS)
    except TimeoutError:
        checks = [health.Check("database", False, f"no answer within {TIMEOUT_SECONDS:.0f} s")]
    is_ready = _is_ready(checks)
    body: dict[str, Any] = {"status": "ready" if is_ready else "not ready"}
    if _is_operator(scope):
        body |= {check.name: {"ok": check.is_ok, "state": check.state} for check in checks}
    await _send_json(scope, send, 200 if is_ready else 503, body)


def _is_ready(checks: list[health.Check]) -> bool:
    return all(check.is_ok for check in checks if check.is_needed)


def _is_operator(scope: MutableMapping[str, Any]) -> bool:
    sent = dict(scope["headers"]).get(b"authorization", b"")
    expected = f"Bearer {settings.STATUS_TOKEN}".encode()
    return bool(settings.STATUS_TOKEN) and hmac.compare_digest(sent, expected)


def _run_checks() -> list[health.Check]:
    global _last
    is_ready = _is_ready(_last[1])
    if time.monotonic() - _last[0] >= (CACHE_SECONDS if is_ready else CACHE_SECONDS_NOT_READY):
        close_old_connections()
        before, checks = _last[1], health.ready()
        _log_changes(before, checks)
        _last = (time.monotonic(), checks)
    return _last[1]


def _log_changes(before: list[health.Check], checks: list[health.Check]) -> None:
    """Log what stopped or started being ready, once."""
    was_ready = {check.name: check.is_ok for check in before}
    for check in checks:
        if check.is_ok != was_ready.get(check.name, True):
            _log.log(
                logging.INFO if check.is_ok else logging.ERROR if check.is_needed else logging.WARNING,
                "%s is %s: %s", check.name, "ready" if check.is_ok else "not ready", check.state,
            )  # fmt: skip


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
