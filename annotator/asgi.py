"""The composition root of the server: sockets, bytes, signs of life and everything else, each to its own place."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()  # first: models can be imported only after this

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.conf import settings

from annotator.files.app import application as files
from annotator.live.origin import SameOrigin
from annotator.live.routing import websocket_urlpatterns
from annotator.server import forwarded
from annotator.server.bridge import Receive, Scope, Send, WsgiBridge
from annotator.services import security_log
from annotator.services.accounts.background import BackgroundWriter
from annotator.services.accounts.tokens import token_usage
from annotator.web.views import health

# Paths whose bytes never pass the thread pool: media, uploads, results of jobs.
FILE_PREFIXES = ("/m/", "/u/", "/x/")

_proxies = forwarded.parse_networks(settings.TRUSTED_PROXIES)


def _refusal(path: str, status: int, code: str, text: str) -> tuple[int, bytes]:
    """Return what the caller of a body that was not taken is told."""
    from api.handlers import (
        early_error,
    )  # the dialects are loaded with the other views, once the server listens

    return early_error(path, status, code, text)


_pages = WsgiBridge(
    _django,
    threads=settings.HTTP_THREADS,
    body_limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    refusal=_refusal,
)
_writer = BackgroundWriter(token_usage.flush, security_log.flush)
_sockets: Any = SameOrigin(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route one connection; see DESIGN.md, "Processes, bytes, jobs"."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    scope = forwarded.apply(scope, _proxies)
    if scope["type"] == "websocket":
        await _sockets(scope, receive, send)
    elif scope["path"] == "/healthz":
        await health.healthz(scope, receive, send)
    elif scope["path"] == "/readyz":
        await health.readyz(scope, receive, send)
    elif scope["path"].startswith(FILE_PREFIXES):
        await files(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    """Start and stop what belongs to the process rather than to a request."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _writer.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            _writer.stop()
            _pages.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
