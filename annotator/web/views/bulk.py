"""Bulk changes on the media page: status, dataset, trash; immediately or by a job, each with its undo."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from annotator.services.media import bulk
from annotator.web import forms, media_filter
from annotator.web.scopes import Scope, project_call
from annotator.web.selectors import tiles
from annotator.web.templatetags.ui import num


@require_POST
@project_call
def change(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Change media: {what: status|move|delete, target?, ids: [...]} or {what, target?, all: true, query, except: [...]}.

    Up to 10,000 named media are changed immediately. All that match a filter are changed immediately if they are few, otherwise by a job.
    """
    fields = forms.read(request)
    target = forms.one_id(fields, "target") if fields.get("target") else None
    bulk_change, media = bulk.change_of(fields.get("what"), target), _selected_ids(scope, fields)
    if not fields.get("all") or len(media) <= tiles.WINDOW:
        return _change_now(request, scope, bulk_change, media)
    job = bulk.start(actor=scope.actor, project=scope.project, change=bulk_change, media=media)
    toast = _pending_text(scope, len(media)) % {"n": num(len(media))}
    return forms.respond(request, to=_page(scope), toast=toast, job=str(job.pk), stay=True)


def _change_now(
    request: HttpRequest, scope: Scope, bulk_change: bulk.Change, media: list[uuid.UUID]
) -> HttpResponse:
    done = bulk.apply(actor=scope.actor, project=scope.project, change=bulk_change, media=media)
    undo = {
        "url": reverse("media-undo", args=[scope.project.pk]),
        "body": {"change": str(bulk_change.id), "what": bulk_change.what},
    }
    data: dict[str, Any] = {
        "toast": _result_text(scope, bulk_change.what, done),
        "undo": undo if done.changed else None,
        "changed": done.changed,
    }
    return forms.respond(request, to=_page(scope), stay=True, **data)


@require_POST
@project_call
def undo(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    what = forms.text(fields, "what")
    count = bulk.undo_change(
        actor=scope.actor, project=scope.project, change_id=forms.one_id(fields, "change"), what=what
    )
    toast = _restored_text(scope, count) % {"n": num(count)}
    return forms.respond(request, to=_page(scope), toast=toast, stay=True, changed=count)


def _selected_ids(scope: Scope, fields: Mapping[str, Any]) -> list[uuid.UUID]:
    if not fields.get("all"):
        return forms.many_ids(fields, "ids", bulk.AT_ONCE)
    selection = media_filter.read(QueryDict(forms.text(fields, "query")))
    excluded = set(forms.many_ids(fields, "except", bulk.AT_ONCE)) if fields.get("except") else set()
    return [
        key
        for key in media_filter.list_media(scope.project.pk, selection).values_list("pk", flat=True)
        if key not in excluded
    ]


def _is_videos(scope: Scope) -> bool:
    return scope.project.content_type == "VIDEOS"


def _pending_text(scope: Scope, count: int) -> str:
    if _is_videos(scope):
        return ngettext("Changing %(n)s video …", "Changing %(n)s videos …", count)
    return ngettext("Changing %(n)s image …", "Changing %(n)s images …", count)


def _restored_text(scope: Scope, count: int) -> str:
    if _is_videos(scope):
        return ngettext("%(n)s video restored", "%(n)s videos restored", count)
    return ngettext("%(n)s image restored", "%(n)s images restored", count)


def _changed_texts(scope: Scope, count: int) -> dict[str, str]:
    if _is_videos(scope):
        return {
            "status": ngettext("%(n)s video changed", "%(n)s videos changed", count),
            "move": ngettext("%(n)s video moved", "%(n)s videos moved", count),
            "delete": ngettext("%(n)s video deleted", "%(n)s videos deleted", count),
        }
    return {
        "status": ngettext("%(n)s image changed", "%(n)s images changed", count),
        "move": ngettext("%(n)s image moved", "%(n)s images moved", count),
        "delete": ngettext("%(n)s image deleted", "%(n)s images deleted", count),
    }


def _result_text(scope: Scope, what: str, done: bulk.Done) -> str:
    text = _changed_texts(scope, done.changed)[what] % {"n": num(done.changed)}
    if not done.left:
        return text
    return text + ngettext(", %(n)s unchanged", ", %(n)s unchanged", done.left) % {"n": num(done.left)}


def _page(scope: Scope) -> str:
    return reverse("media", args=[scope.project.pk])
