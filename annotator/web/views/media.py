"""The media grid: the page with its first window, further windows, shapes over tiles, ids of ranges."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from annotator.domain.errors import Invalid
from annotator.domain.ids import parse_uuid
from annotator.services import event_rows
from annotator.services.media.selection import MediaSelection
from annotator.web import forms, media_filter, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import filters, overview, tiles
from annotator.web.selectors.overlays import overlays as read_overlays

MAX_START = 10_000_000


@require_safe
@project_page
def media(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the list from `?start=` (without a script it is paged), narrowed by the filters in the address."""
    selection = media_filter.read(request.GET)
    query = media_filter.query_string(selection)
    start = forms.integer(request.GET, "start", 0, high=MAX_START)
    head = event_rows.head(scope.project.pk)
    first, total = tiles.counted_window(scope.project.pk, selection, start, tiles.FIRST)
    bar = filters.bar(scope.project, selection)
    reviews = overview.reviews(scope)
    context = {
        "reviews": reviews, "bar": bar, "selection": selection, "query": query, "total": total, "tiles": first, "start": start,
        "clear_url": filters.without_conditions(selection),
        "upload_datasets": [{"id": each.pk, "name": each.name} for each in bar.datasets],
        "more": start + len(first) if start + len(first) < total else None, "boot": _boot(scope, selection, head, total, first, start),
    }  # fmt: skip
    return render(request, "media/page.html", {**page_context.project(request, scope, "media"), **context})


def _boot(
    scope: Scope, selection: MediaSelection, head: int, total: int, first: list[dict[str, object]], start: int
) -> dict[str, object]:
    key, query = scope.project.pk, media_filter.query_string(selection)
    names = ("tiles", "overlays", "media-ids", "media-change", "media-undo")
    return {
        "project": key, "head": head, "total": total, "start": start, "tiles": first, "query": query, "window": tiles.WINDOW,
        "urls": {name: reverse(name, args=[key]) for name in names}, "dataset": filters.one_dataset(selection), "filtered": bool(selection),
        "videos": scope.project.content_type == "VIDEOS",
        "may": {"status": scope.may("status.write"), "move": scope.may("media.write"), "delete": scope.may("media.delete"), "upload": scope.may("media.upload")},
    }  # fmt: skip


@require_safe
@gzip_page
@project_call
def window(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Return {total, items}: `?start=` and `?limit=`, `?after=<id>` (whose successor is at `start`) or the current tiles of `?ids=a,b`."""
    if "ids" in request.GET:
        return forms.as_json({"items": tiles.tiles_of(scope.project.pk, _ids(request))})
    selection = media_filter.read(request.GET)
    start = forms.integer(request.GET, "start", 0, high=MAX_START)
    limit = forms.integer(request.GET, "limit", tiles.WINDOW, high=tiles.WINDOW)
    total: int | None = None
    if request.GET.get("count"):
        items, total = tiles.counted_window(scope.project.pk, selection, start, limit)
    else:
        items = tiles.window(
            scope.project.pk, selection, start, limit, parse_uuid(request.GET.get("after", ""))
        )
    return forms.as_json({"start": start, "items": items, "total": total})


@require_safe
@gzip_page
@project_call
def overlays(request: HttpRequest, scope: Scope) -> HttpResponse:
    return forms.as_json(read_overlays(scope.project.pk, _ids(request)))


@require_safe
@gzip_page
@project_call
def media_ids(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Return the ids of a range of the list, for selecting it."""
    selection, start = media_filter.read(request.GET), forms.integer(request.GET, "start", 0, high=MAX_START)
    limit = forms.integer(request.GET, "limit", tiles.MAX_IDS, high=tiles.MAX_IDS)
    return forms.as_json({"start": start, "ids": tiles.ids(scope.project.pk, selection, start, limit)})


def _ids(request: HttpRequest) -> list[uuid.UUID]:
    """Return the ids of `?ids=a,b,c`, at most two windows of them."""
    given = [part for part in request.GET.get("ids", "").split(",") if part]
    found = [parse_uuid(part) for part in given]
    if len(given) > 2 * tiles.WINDOW or None in found:
        raise Invalid(f"ids must be up to {2 * tiles.WINDOW} ids, separated by commas.", field="ids")
    return [key for key in found if key is not None]
