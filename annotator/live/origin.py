"""The Origin check of WebSockets: pages of other sites must not use a visitor's session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class SameOrigin:
    """Accepts WebSockets whose Origin is this server or one of ANNOTATOR_TRUSTED_ORIGINS.

    The Host must be one of ALLOWED_HOSTS. A client without an Origin is not a browser, so it cannot carry a
    visitor's cookie by accident, and is passed on to the session check.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if not validate_host(_name_of(host), settings.ALLOWED_HOSTS) or not (
            origin is None or self._is_ours(scope, host, origin)
        ):
            await receive()
            await send({"type": "websocket.close", "code": 4403})
            return
        await self.app(scope, receive, send)

    def _is_ours(self, scope: dict[str, Any], host: str, origin: str) -> bool:
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        return origin in (f"{scheme}://{host}", *settings.CSRF_TRUSTED_ORIGINS)


def _name_of(host: str) -> str:
    """Return the host name in lower case without its port; empty if it is invalid."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name
