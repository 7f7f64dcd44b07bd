"""The media grid: the page with its first window, further windows, the shapes over tiles, the ids of long ranges."""

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
from annotator.web import forms, frames
from annotator.web.media_filter import MediaFilter
from annotator.web.places import Place, project_call, project_page
from annotator.web.selectors import filters, tiles
from annotator.web.selectors.overlays import overlays as read_overlays

FAR = 10_000_000


@require_safe
@project_page
def media(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the list from `?start=` (without a script it is paged), narrowed by the filters in the address."""
    chosen = MediaFilter.read(request.GET)
    start = forms.whole(request.GET, "start", 0, high=FAR)
    head = event_rows.head(place.project.pk)
    first, total = tiles.counted_window(place.project.pk, chosen, start, tiles.FIRST)
    bar = filters.bar(place.project, chosen)
    shown = {
        "bar": bar, "chosen": chosen, "query": chosen.query(), "total": total, "tiles": first, "start": start,
        "upload_datasets": [{"id": each.pk, "name": each.name} for each in bar.datasets],
        "more": start + len(first) if start + len(first) < total else None, "boot": _boot(place, chosen, head, total, first, start),
    }  # fmt: skip
    return render(request, "media/page.html", {**frames.project(request, place, "media"), **shown})


def _boot(
    place: Place, chosen: MediaFilter, head: int, total: int, first: list[dict[str, object]], start: int
) -> dict[str, object]:
    key = place.project.pk
    names = ("tiles", "overlays", "media-ids", "media-change", "media-undo")
    return {
        "project": key, "head": head, "total": total, "start": start, "tiles": first, "query": chosen.query(), "window": tiles.WINDOW,
        "urls": {name: reverse(name, args=[key]) for name in names}, "dataset": filters.one_dataset(chosen),
        "may": {"status": place.may("status.write"), "move": place.may("media.write"), "delete": place.may("media.delete"), "upload": place.may("media.upload")},
    }  # fmt: skip


@require_safe
@gzip_page
@project_call
def window(request: HttpRequest, place: Place) -> HttpResponse:
    """Return {total, items}: `?start=` and `?limit=`, `?after=<id>` (where `start` lies) or `?ids=a,b` as they are now."""
    if "ids" in request.GET:
        return forms.as_json({"items": tiles.known(place.project.pk, _ids(request))})
    chosen = MediaFilter.read(request.GET)
    start = forms.whole(request.GET, "start", 0, high=FAR)
    limit = forms.whole(request.GET, "limit", tiles.WINDOW, high=tiles.WINDOW)
    total: int | None = None
    if request.GET.get("count"):
        items, total = tiles.counted_window(place.project.pk, chosen, start, limit)
    else:
        items = tiles.window(place.project.pk, chosen, start, limit, parse_uuid(request.GET.get("after", "")))
    return forms.as_json({"start": start, "items": items, "total": total})


@require_safe
@gzip_page
@project_call
def overlays(request: HttpRequest, place: Place) -> HttpResponse:
    return forms.as_json(read_overlays(place.project.pk, _ids(request)))


@require_safe
@gzip_page
@project_call
def media_ids(request: HttpRequest, place: Place) -> HttpResponse:
    """Return the ids of a range of the list, for choosing it."""
    chosen, start = MediaFilter.read(request.GET), forms.whole(request.GET, "start", 0, high=FAR)
    limit = forms.whole(request.GET, "limit", tiles.MAX_IDS, high=tiles.MAX_IDS)
    return forms.as_json({"start": start, "ids": tiles.ids(place.project.pk, chosen, start, limit)})


def _ids(request: HttpRequest) -> list[uuid.UUID]:
    """Return the ids of `?ids=a,b,c`, at most two windows of them."""
    given = [part for part in request.GET.get("ids", "").split(",") if part]
    found = [parse_uuid(part) for part in given]
    if len(given) > 2 * tiles.WINDOW or None in found:
        raise Invalid(f"ids must be up to {2 * tiles.WINDOW} ids, separated by commas.", field="ids")
    return [key for key in found if key is not None]
