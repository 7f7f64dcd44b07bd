"""The ASGI application for files: media, results of jobs, uploads. No session, no cookie: the signed URL grants access."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from .media import export, media
from .tiles import tile
from .uploads import upload

application = Starlette(
    routes=[
        Route("/m/{media}/{variant}/{version}/{name}", media, methods=["GET", "HEAD"]),
        Route("/t/{media}/{layer}/{version}/{tile:path}", tile, methods=["GET", "HEAD"]),
        Route("/x/{job}/{user}/{name}", export, methods=["GET", "HEAD"]),
        Route("/u/{slot}", upload, methods=["PUT", "POST"]),
    ],
)
# A path with a trailing slash does not exist; a redirect would use the host that the request names.
application.router.redirect_slashes = False
