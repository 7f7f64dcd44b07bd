"""Limits of connections, as protocols of uvicorn: how many an address has, how long and large the headers of a request are.

uvicorn limits idle connections (timeout_keep_alive) and all connections together (limit_concurrency), neither of which ends a
client that sends headers slowly; h11 limits the size of headers, httptools does not. See docs/decisions/017.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import Any

from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from annotator.server import forwarded

MAX_HEADER_BYTES = 64 * 1024
WARN_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Addresses:
    """How many connections each address has, trusted proxies excepted: all clients come from them."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._warned = -WARN_SECONDS

    def key_of(self, client: tuple[str, int] | None) -> str:
        """Return what connections of a client are counted under, "" for one that is not counted."""
        address = client[0] if client else ""
        if forwarded.is_in(address, forwarded.parse_networks(settings.TRUSTED_PROXIES)):
            return ""
        return forwarded.network_of(address)

    def has_room(self, key: str) -> bool:
        """Return whether an address may have one more connection; one line a minute in the log names those that may not."""
        limit = settings.CONNECTIONS_PER_ADDRESS
        if not key or not limit or self._open[key] < limit:
            return True
        if time.monotonic() - self._warned >= WARN_SECONDS:
            self._warned = time.monotonic()
            _log.warning(
                "%s has %d connections, which is the limit (ANNOTATOR_CONNECTIONS_PER_ADDRESS); for a proxy, set ANNOTATOR_TRUSTED_PROXIES",
                key,
                limit,
            )
        return False

    def add(self, key: str) -> None:
        if key:
            self._open[key] += 1

    def remove(self, key: str) -> None:
        if key:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


addresses = Addresses()


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools; a connection whose next headers are late or too large is closed."""

    _key = ""
    _timer: asyncio.TimerHandle | None = None
    _is_in_headers = False
    _awaits_headers = True
    _header_bytes = 0
    _is_upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        key = addresses.key_of(self.client)
        if not addresses.has_room(key):
            self._end(b"503 Service Unavailable", b"Too many connections from your address.")
            return
        self._key = key
        addresses.add(key)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._let_go()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        is_continued = self._is_in_headers
        super().data_received(data)
        if self._is_upgraded or self.transport.is_closing():
            return
        if is_continued and self._is_in_headers:
            self._header_bytes += len(data)
            if self._header_bytes > MAX_HEADER_BYTES:
                self._end(b"431 Request Header Fields Too Large", b"The headers are too large.")
                return
        if self._awaits_headers and self._timer is None:
            self._start_timer()

    def on_message_begin(self) -> None:
        self._is_in_headers, self._header_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_headers = self._awaits_headers = False
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._awaits_headers = True
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._is_upgraded = True
        self._let_go()
        super().handle_websocket_upgrade()

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(settings.HEADER_SECONDS, self._is_late)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self) -> None:
        self._timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._start_timer()  # the client waits for an answer
        elif self._is_in_headers:
            self._end(b"408 Request Timeout", b"The request did not arrive in time.")
        elif (
            self.timeout_keep_alive_task is None
        ):  # else it is idle between two requests, which uvicorn limits
            self.transport.close()  # without words: a browser may have opened it ahead of need

    def _end(self, status: bytes, text: bytes) -> None:
        self.transport.write(
            b"HTTP/1.1 %s\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nretry-after: 5\r\nconnection: close\r\n\r\n%s"
            % (status, len(text), text)
        )
        self.transport.close()

    def _let_go(self) -> None:
        self._stop_timer()
        addresses.remove(self._key)
        self._key = ""


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol of WebSockets, whose connections are counted like others."""

    _key = ""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._key = addresses.key_of(self.client)
        addresses.add(self._key)

    def connection_lost(self, exc: Exception | None) -> None:
        addresses.remove(self._key)
        super().connection_lost(exc)
