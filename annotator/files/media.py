"""GET of media and of job files, by signed URL."""

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

from annotator.domain.errors import Denied, Missing, Unavailable
from annotator.domain.ids import parse_uuid
from annotator.server import clients
from annotator.server.turns import NoRoom, Turns
from annotator.services.exchange.exports import exports
from annotator.services.media import urls as media_urls
from annotator.services.media.decoding import renditions
from annotator.services.media.decoding.pool import Part
from annotator.services.media.decoding.renditions import Remote, Served, Wanted

from .responses import BUCKET_THREADS, blob_response, error_response, headers_of, refusal_of
from .threads import in_database

# How long the store's own link to an export lives: nobody asks whether the person may still have it.
EXPORT_LINK_SECONDS = 300
View = Callable[[Request], Awaitable[Response]]
# Requests for renditions that must be made first wait here without a thread, workspaces in rotation.
_making = Turns(
    settings.DECODING_REQUESTS,
    places_each=settings.DECODING_REQUESTS_EACH,
    waiting=settings.DECODING_WAITING,
    waiting_each=settings.DECODING_WAITING_EACH,
)
_making_threads = anyio.CapacityLimiter(settings.DECODING_REQUESTS)
_in_flight: dict[tuple[uuid.UUID, str, uuid.UUID | None], asyncio.Task[Served]] = {}


def signed(view: View) -> View:
    """Decorate a view: check the signature first, and return domain errors as JSON."""

    async def wrapped(request: Request) -> Response:
        try:
            check_signature(request)
            return await view(request)
        except Exception as error:
            return error_response(refusal_of(error))

    return wrapped


def check_signature(request: Request) -> None:
    """Raise Denied unless the URL was signed by this server and has not expired."""
    query = request.query_params
    if not media_urls.is_valid(request.scope["path"], query.get("e", ""), query.get("s", "")):
        raise Denied("This URL is not valid or has expired. Request a new one.", code="signature")


def uuid_param(request: Request, name: str) -> uuid.UUID:
    """Return the id in the path, or raise Missing."""
    key = parse_uuid(request.path_params[name])
    if key is None:
        raise Missing("There is no such file.")
    return key


@signed
async def media(request: Request) -> Response:
    """Send a variant of a medium; a missing rendition is made first."""
    variant, name = request.path_params["variant"], request.path_params["name"]
    found = await in_database(
        renditions.find, uuid_param(request, "media"), variant, request.path_params["version"]
    )
    max_age = int(request.query_params["e"]) - int(time.time())
    if isinstance(found, Wanted) and found.box is not None:
        part = await _part(found)
        return Response(part.data, media_type="image/jpeg", headers=headers_of(name, max_age))
    if isinstance(found, Wanted):
        found = await _make_once(found)
    if isinstance(found, Remote):
        found = await anyio.to_thread.run_sync(renditions.open_remote, found, limiter=BUCKET_THREADS)
    return await blob_response(request, found, name=name, max_age=max_age, redirect=settings.MEDIA_REDIRECT)


async def _make_once(wanted: Wanted) -> Served:
    """Make a rendition once, also for concurrent requests."""
    key = (wanted.media_id, wanted.variant, wanted.source_id)
    task = _in_flight.get(key)
    if task is None or task.get_loop() is not asyncio.get_running_loop():
        task = asyncio.create_task(_make(wanted))
        _in_flight[key] = task
        task.add_done_callback(lambda _: _in_flight.pop(key, None))
    return await asyncio.shield(task)


async def _make(wanted: Wanted) -> Served:
    return await in_database(renditions.keep, wanted, await _part(wanted))


async def _part(wanted: Wanted) -> Part:
    """Make a rendition in the turn of its workspace. Raises Unavailable when too many wait."""
    try:
        async with _making.turn(str(wanted.workspace_id)):
            return await anyio.to_thread.run_sync(partial(renditions.make, wanted), limiter=_making_threads)
    except NoRoom:
        text = "The server is busy making other images. Try again in a few seconds."
        raise Unavailable(text, code="decoder_busy", retry_after=5) from None


@signed
async def export(request: Request) -> Response:
    """Send the file of a job as a download; the log has each that starts at the beginning."""
    job_id = uuid_param(request, "job")
    served = await in_database(renditions.find_artifact, job_id, uuid_param(request, "user"))
    if request.method == "GET" and request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        with clients.serving(
            request.client.host if request.client else "", request.headers.get("user-agent", "")
        ):
            await in_database(exports.record_download, job_id)
    max_age = int(request.query_params["e"]) - int(time.time())
    return await blob_response(
        request,
        served,
        name=request.path_params["name"],
        max_age=max_age,
        redirect=settings.MEDIA_REDIRECT,
        link_seconds=EXPORT_LINK_SECONDS,
    )
