"""Changes of chosen pictures on the media page: state, dataset, trash; at once or by a job, each with its undo."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from annotator.services.media import bulk
from annotator.web import forms
from annotator.web.media_filter import MediaFilter
from annotator.web.places import Place, project_call
from annotator.web.selectors import tiles


@require_POST
@project_call
def change(request: HttpRequest, place: Place) -> HttpResponse:
    """Change pictures: {what: status|move|delete, target?, ids: [...]} or {what, target?, all: true, query, except: [...]}.

    Up to 10,000 named ones at once. All that a filter lets through at once when they are few, else by a job.
    """
    fields = forms.read(request)
    target = forms.one_id(fields, "target") if fields.get("target") else None
    made, media = bulk.change_of(fields.get("what"), target), _chosen(place, fields)
    if not fields.get("all") or len(media) <= tiles.WINDOW:
        return _at_once(request, place, made, media)
    job = bulk.start(actor=place.actor, project=place.project, change=made, media=media)
    toast = ngettext("Changing %(n)s image …", "Changing %(n)s images …", len(media)) % {
        "n": f"{len(media):,}"
    }
    return forms.done(request, to=_page(place), toast=toast, job=str(job.pk), stay=True)


def _at_once(request: HttpRequest, place: Place, made: bulk.Change, media: list[uuid.UUID]) -> HttpResponse:
    done = bulk.apply(actor=place.actor, project=place.project, change=made, media=media)
    undo = {
        "url": reverse("media-undo", args=[place.project.pk]),
        "body": {"change": str(made.id), "what": made.what},
    }
    shown: dict[str, Any] = {
        "toast": _said(made.what, done),
        "undo": undo if done.changed else None,
        "changed": done.changed,
    }
    return forms.done(request, to=_page(place), stay=True, **shown)


@require_POST
@project_call
def undo(request: HttpRequest, place: Place) -> HttpResponse:
    fields = forms.read(request)
    what = forms.words(fields, "what")
    back = bulk.undo_change(
        actor=place.actor, project=place.project, change_id=forms.one_id(fields, "change"), what=what
    )
    toast = ngettext("%(n)s image restored", "%(n)s images restored", back) % {"n": f"{back:,}"}
    return forms.done(request, to=_page(place), toast=toast, stay=True, changed=back)


def _chosen(place: Place, fields: Mapping[str, Any]) -> list[uuid.UUID]:
    if not fields.get("all"):
        return forms.many_ids(fields, "ids", bulk.AT_ONCE)
    chosen = MediaFilter.read(QueryDict(forms.words(fields, "query")))
    left_out = set(forms.many_ids(fields, "except", bulk.AT_ONCE)) if fields.get("except") else set()
    return [
        key
        for key in tiles.rows(place.project.pk, chosen).values_list("pk", flat=True)
        if key not in left_out
    ]


def _said(what: str, done: bulk.Done) -> str:
    texts = {
        "status": ngettext("%(n)s image changed", "%(n)s images changed", done.changed),
        "move": ngettext("%(n)s image moved", "%(n)s images moved", done.changed),
        "delete": ngettext("%(n)s image deleted", "%(n)s images deleted", done.changed),
    }
    text = texts[what] % {"n": f"{done.changed:,}"}
    if not done.left:
        return text
    return text + ngettext(", %(n)s unchanged", ", %(n)s unchanged", done.left) % {"n": f"{done.left:,}"}


def _page(place: Place) -> str:
    return reverse("media", args=[place.project.pk])
