"""The ASGI application of bytes: media, results of jobs, uploads. No session, no cookie: the signed address is the right."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from .media import export, media
from .uploads import upload

application = Starlette(
    routes=[
        Route("/m/{media}/{variant}/{version}/{name}", media, methods=["GET", "HEAD"]),
        Route("/x/{job}/{name}", export, methods=["GET", "HEAD"]),
        Route("/u/{slot}", upload, methods=["PUT", "POST"]),
    ],
)
# An address with a slash too many is none of ours; a redirect would lead to whatever host the request names.
application.router.redirect_slashes = False
