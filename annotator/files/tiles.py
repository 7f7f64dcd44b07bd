"""GET of the tiles of an image, by a signed URL that holds for all tiles of a layer."""

from __future__ import annotations

import time
from functools import partial

import anyio
from starlette.requests import Request
from starlette.responses import Response

from annotator.domain.errors import Denied
from annotator.services.media import urls as media_urls
from annotator.services.tiling import reading

from .media import uuid_param
from .responses import error_response, headers_of, refusal_of
from .threads import in_database


async def tile(request: Request) -> Response:
    """Send a tile, or what describes its layer. It never changes: another image has another address."""
    try:
        return await _tile(request)
    except Exception as error:
        return error_response(refusal_of(error))


async def _tile(request: Request) -> Response:
    path, name, query = request.scope["path"], request.path_params["tile"], request.query_params
    if not media_urls.is_valid(path.removesuffix(name), query.get("e", ""), query.get("s", "")):
        raise Denied("This URL is not valid or has expired. Request a new one.", code="signature")
    layer, version = request.path_params["layer"], request.path_params["version"]
    found = await in_database(reading.find, uuid_param(request, "media"), layer, version)
    data, mime = await anyio.to_thread.run_sync(partial(reading.read, found, name))
    headers = headers_of(name.replace("/", "_"), int(query["e"]) - int(time.time()))
    return Response(data, headers=headers, media_type=mime)
