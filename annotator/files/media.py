"""GET of media and of the files that jobs made, by signed address."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import partial

import anyio
from django.conf import settings
from starlette.requests import Request
from starlette.responses import Response

from annotator.domain.errors import Denied, DomainError, Missing
from annotator.domain.ids import parse_uuid
from annotator.services.media import urls as media_urls
from annotator.services.media.decoding import renditions
from annotator.services.media.decoding.renditions import Served, Wanted

from .answers import blob_response, headers_of, refusal
from .threads import in_database

View = Callable[[Request], Awaitable[Response]]
# Requests for pictures that have yet to be made wait here and hold no thread of anybody's.
_making = anyio.CapacityLimiter(8)
_in_flight: dict[tuple[uuid.UUID, str, uuid.UUID], asyncio.Task[Served]] = {}


def guarded(view: View) -> View:
    """Answer refusals of the domain, and nothing at all without a valid signature."""

    async def wrapped(request: Request) -> Response:
        try:
            check_signature(request)
            return await view(request)
        except DomainError as error:
            return refusal(error)

    return wrapped


def check_signature(request: Request) -> None:
    """Raise Denied unless the address was signed by this server and is still valid."""
    query = request.query_params
    if not media_urls.is_valid(request.scope["path"], query.get("e", ""), query.get("s", "")):
        raise Denied("This URL is not valid or has expired. Request a new one.", code="signature")


def key_in(request: Request, name: str) -> uuid.UUID:
    """Return the id in the path; Missing for nonsense."""
    key = parse_uuid(request.path_params[name])
    if key is None:
        raise Missing("There is no such file.")
    return key


@guarded
async def media(request: Request) -> Response:
    """Send a variant of a medium; a rendition that was not made yet is made now and answered like any other."""
    variant, name = request.path_params["variant"], request.path_params["name"]
    found = await in_database(
        renditions.find, key_in(request, "media"), variant, request.path_params["version"]
    )
    max_age = int(request.query_params["e"]) - int(time.time())
    if isinstance(found, Wanted) and found.box is not None:
        part = await anyio.to_thread.run_sync(partial(renditions.make, found), limiter=_making)
        return Response(part.data, media_type="image/jpeg", headers=headers_of(name, max_age))
    if isinstance(found, Wanted):
        found = await _made(found)
    return await blob_response(request, found, name=name, max_age=max_age, redirect=settings.MEDIA_REDIRECT)


async def _made(wanted: Wanted) -> Served:
    """Make a rendition once, however many ask for it at the same time."""
    key = (wanted.media_id, wanted.variant, wanted.source_id)
    task = _in_flight.get(key)
    if task is None or task.get_loop() is not asyncio.get_running_loop():
        task = asyncio.create_task(_make(wanted))
        _in_flight[key] = task
        task.add_done_callback(lambda _: _in_flight.pop(key, None))
    return await asyncio.shield(task)


async def _make(wanted: Wanted) -> Served:
    part = await anyio.to_thread.run_sync(partial(renditions.make, wanted), limiter=_making)
    return await in_database(renditions.keep, wanted, part)


@guarded
async def export(request: Request) -> Response:
    """Send the file that a job made, as a download."""
    served = await in_database(renditions.find_artifact, key_in(request, "job"))
    max_age = int(request.query_params["e"]) - int(time.time())
    return await blob_response(
        request, served, name=request.path_params["name"], max_age=max_age, redirect=settings.MEDIA_REDIRECT
    )
