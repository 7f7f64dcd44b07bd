"""The composition root of the server: sockets, bytes, signs of life and everything else, each to its own place."""

from __future__ import annotations

import os
import re
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()  # first: models can be imported only after this

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, InterfaceError, close_old_connections

from annotator.files.app import application as files
from annotator.live.limits import SocketsPerPerson
from annotator.live.origin import SameOrigin
from annotator.live.routing import websocket_urlpatterns
from annotator.server import bodies, forwarded
from annotator.server.bodies import Admission, Answer, Receive, Refused, Scope, Send
from annotator.server.bridge import WsgiBridge, plain_refusal
from annotator.server.internal_files import InternalFiles
from annotator.server.lanes import Lane
from annotator.services import outages, security_log
from annotator.services.accounts import mail
from annotator.services.accounts.background import BackgroundWriter
from annotator.services.accounts.sessions import session_usage
from annotator.services.accounts.tokens import token_usage
from annotator.services.projects.usage import project_usage
from annotator.services.workspaces.quotas import quotas
from annotator.web.views import health

# Paths whose bytes never pass the thread pool: media, tiles, uploads, results of jobs.
FILE_PREFIXES = ("/m/", "/t/", "/u/", "/x/")

_proxies = forwarded.parse_networks(settings.TRUSTED_PROXIES)


# Requests that hash passwords, which takes a core for a quarter of a second and nobody has to be signed in for.
HASHING = re.compile(
    r"/(?:sign-in/?|account/password|admin/password_change/|admin/annotator/user/(?:add|.+/password)/)"
)
HASHING_WAITING, HASHING_WAITING_EACH = 100, 20


def is_hashing(scope: Scope) -> bool:
    """Return whether the request hashes a password."""
    return scope["method"] == "POST" and HASHING.fullmatch(scope["path"]) is not None


def is_decoding(scope: Scope) -> bool:
    """Return whether the request decodes or fetches images while its caller waits."""
    from annotator.web.admission import is_waiting
    from api.handlers import is_decoding as says_view

    return says_view(scope["method"], scope["path"]) or is_waiting(scope["path"])


def _refusal(scope: Scope, status: int, code: str, text: str) -> Answer:
    """Return what the caller of a request that reaches no view is told."""
    # The dialects are loaded with the other views, once the server listens.
    from annotator.web.error_pages import early_page
    from api.handlers import early_error

    accepts = bodies.header(scope, b"accept") or b""
    page = early_page(status, code, text) if accepts.startswith(b"text/html") else None
    return early_error(scope["path"], status, code, text) or page or plain_refusal(scope, status, code, text)


def _admit(environ: dict[str, Any]) -> Admission:
    """Return what a request may send, by its headers alone. Raises Refused."""
    from annotator.web.admission import admit as admit_page
    from api.handlers import admit as admit_dialect

    close_old_connections()
    request = WSGIRequest(environ)
    try:
        return admit_dialect(request) or admit_page(request)
    except (DatabaseError, InterfaceError) as error:
        outage = outages.unavailable(error)
        if outage is None:
            raise
        scope = {"path": request.path, "headers": [(b"accept", request.headers.get("Accept", "").encode())]}
        answer = _refusal(scope, 503, outage.code, outage.message)
        raise Refused(answer.repeated_after(outage.retry_after or 1)) from error


_pages = WsgiBridge(
    _django,
    threads=settings.HTTP_THREADS,
    body_limit=max(settings.MAX_JSON_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.MAX_UPLOAD_BYTES),
    refusal=_refusal,
    admit=_admit,
    lanes=(
        Lane(
            is_hashing,
            threads=settings.HASHING_THREADS,
            waiting=HASHING_WAITING,
            waiting_each=HASHING_WAITING_EACH,
        ),
        Lane(
            is_decoding,
            threads=settings.DECODING_REQUESTS,
            threads_each=settings.DECODING_REQUESTS_EACH,
            waiting=settings.DECODING_WAITING,
            waiting_each=settings.DECODING_WAITING_EACH,
            is_admitted=True,
        ),
    ),
)
_pages_or_files = InternalFiles(_pages, files)
_writer = BackgroundWriter(
    token_usage.flush, session_usage.flush, project_usage.flush, security_log.flush, quotas.flush
)
_mailer = BackgroundWriter(mail.deliver)
_sockets: Any = SameOrigin(AuthMiddlewareStack(SocketsPerPerson(URLRouter(websocket_urlpatterns))))


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
        await _pages_or_files(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    """Start and stop what belongs to the process rather than to a request."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _writer.start()
            _mailer.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            _writer.stop()
            _mailer.stop()
            _pages.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
