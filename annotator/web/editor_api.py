"""The calls of the labeling page: session, state, changes, cutouts, events, film. Session and shape are checked here, everything else in services."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Conflict, Invalid
from annotator.domain.ids import parse_uuid
from annotator.server.bodies import CLIENT_GONE
from annotator.server.json_body import read_object
from annotator.services import event_rows
from annotator.services.annotations import cutouts, editing
from annotator.services.media.decoding import tiles
from annotator.services.media.decoding.pool import Cancelled
from annotator.services.projects import projects
from annotator.web import forms, media_filter
from annotator.web.actors import actor_of, signed_in, user_of
from annotator.web.forms import as_json
from annotator.web.selectors import image_history, label as selectors, suggestions

PROTOCOL = 1
# A new server accepts the operations of pages that were loaded before the update.
ACCEPTED = frozenset({PROTOCOL})
MAX_FILM = 60


@require_safe
@signed_in
def media_state(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    media = selectors.find_media(actor, media_id)
    return as_json(selectors.media_state(actor, media, media_filter.read(request.GET)))


@require_safe
@signed_in
def media_history(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Return who changed what of a medium, newest first; with `?seq` what was before and after that change."""
    media = selectors.find_media(actor_of(request), media_id)
    if "seq" in request.GET:
        return as_json(image_history.change(media, _integer(request, "seq", 0)))
    return as_json({"items": image_history.lines(media)})


@require_safe
@signed_in
def media_suggestions(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Return what models suggest for a medium, the surest first."""
    media = selectors.find_media(actor_of(request), media_id)
    return as_json({"items": suggestions.of_media(media)})


@require_POST
@signed_in
def media_changes(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    media = selectors.find_media(actor, media_id)
    body = read_object(request)
    version = body.get("v")
    if not isinstance(version, int) or version not in ACCEPTED:
        raise Conflict("This page is older than the server. Reload it; your changes are kept.", code="reload")
    client = forms.client(body)
    results, seq = editing.apply(actor=actor, media=media, ops=body.get("ops"), client=client)
    return as_json({"v": PROTOCOL, "seq": seq, "results": results})


@require_POST
@signed_in
def media_cut(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Return the mask of the object that the hints mean; stores nothing. Ended when the page does not wait any more."""
    actor = actor_of(request)
    media = selectors.find_media(actor, media_id)
    hints = read_object(request)
    try:
        found = cutouts.cut(actor=actor, media=media, hints=hints, is_cancelled=request.META.get(CLIENT_GONE))
    except Cancelled:
        return HttpResponse(status=499)  # nobody reads it; proxies write this status for a client that left
    return as_json({"box": found.box, "mask": found.mask})


@require_POST
@signed_in
def media_tiles(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Have the tiles of an image made that came before there were tiles, or lost them: {"coming"}. An event tells when they are there."""
    actor = actor_of(request)
    media = selectors.find_media(actor, media_id)
    return as_json({"coming": tiles.request(actor=actor, media=media)})


@require_safe
@signed_in
def project_session(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Return what the labeling page embeds of its session and vocabulary, as it is now."""
    project = projects.find(actor=actor_of(request), project_id=project_id)
    return as_json(selectors.session(user_of(request), project, csrf=get_token(request)))


@require_safe
@signed_in
def project_events(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    project = projects.find(actor=actor_of(request), project_id=project_id)
    since, limit = _integer(request, "since", 0), _integer(request, "limit", event_rows.PAGE)
    media = request.GET.get("media", "")
    if media and parse_uuid(media) is None:
        raise Invalid("media must be an id.", field="media")
    return as_json(event_rows.page(project.pk, since, parse_uuid(media), limit))


@require_safe
@signed_in
def project_film(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    project = projects.find(actor=actor, project_id=project_id)
    selection = media_filter.read(request.GET)
    around = parse_uuid(request.GET.get("around", ""))
    if "at" in request.GET:
        media = selectors.media_at(project.pk, selection, _integer(request, "at", 0))
    elif around is None:
        raise Invalid("around must be the id of an image.", field="around")
    else:
        media = selectors.find_media(actor, around)
    before, after = (
        min(_integer(request, name, default), MAX_FILM) for name, default in (("before", 8), ("after", 12))
    )
    return as_json(selectors.film(project.pk, selection, media, before, after))


def _integer(request: HttpRequest, name: str, default: int) -> int:
    raw = request.GET.get(name, "")
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or len(raw) > 18:
        raise Invalid(f"{name} must be a whole number.", field=name)
    return int(raw)
