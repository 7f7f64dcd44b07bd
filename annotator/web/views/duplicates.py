"""Images that are there more than once, side by side: one of a group is kept, the others go into the trash."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Invalid
from annotator.models import Job, JobState
from annotator.services.insight import duplicate_searches, duplicates
from annotator.services.jobs.jobs import OPEN
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import duplicates as selectors, jobs as job_rows
from annotator.web.selectors.overlays import overlays
from annotator.web.templatetags.ui import num

#: Groups of a page, and images of a group that are shown.
GROUPS, IMAGES = 10, 24
DEFAULT_DISTANCE = 4


@require_safe
@project_page
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the groups; `?distance=` is by how many bits images may differ, -1 for equal bytes, `?start=` the first group."""
    distance = _number(request, "distance", DEFAULT_DISTANCE, selectors.SAME_BYTES, duplicates.MAX_DISTANCE)
    is_job = distance != selectors.SAME_BYTES and duplicate_searches.is_large(scope.project)
    search = duplicate_searches.latest(scope.project, distance) if is_job else None
    if request.GET.get("part") == "rows":
        return render(request, "jobs/_rows.html", {"rows": _rows(scope, search)})
    if is_job and (search is None or search.state != JobState.DONE):
        context = {"distance": distance, "most": duplicates.MAX_DISTANCE, "is_job": True, "rows": _rows(scope, search)}  # fmt: skip
        return _render(request, scope, context)
    found = selectors.groups(actor=scope.actor, project=scope.project, distance=distance, search=search)
    start = _number(request, "start", 0, 0, max(0, len(found) - 1)) // GROUPS * GROUPS
    shown = found[start : start + GROUPS]
    cards = selectors.cards(scope.project, [group[:IMAGES] for group in shown])
    keys = [image["id"] for images in cards for image in images if image["labels"]]
    context = {
        "overlays": overlays(scope.project.pk, keys),
        "is_job": is_job,
        "searched_at": search and search.finished_at,
        "distance": distance,
        "most": duplicates.MAX_DISTANCE,
        "total": len(found),
        "first": start + 1,
        "last": start + len(shown),
        "previous": _query(distance, start - GROUPS) if start else "",
        "next": _query(distance, start + GROUPS) if start + GROUPS < len(found) else "",
        "groups": [
            {"number": start + place, "images": images, "hidden": len(group) - len(images)}
            for place, (group, images) in enumerate(zip(shown, cards, strict=True), 1)
            if len(images) > 1
        ],
        "here": _query(distance, start),
    }
    return _render(request, scope, context)


def _render(request: HttpRequest, scope: Scope, context: dict[str, Any]) -> HttpResponse:
    frame = page_context.project(request, scope, "duplicates")
    return render(request, "duplicates/page.html", {**frame, **context})


def _rows(scope: Scope, search: Job | None) -> list[job_rows.JobRow]:
    """Return the row of a search that waits or runs."""
    is_open = search is not None and search.state in OPEN
    return job_rows.rows_of([search], scope.actor) if search is not None and is_open else []


@require_POST
@project_call
def search(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Start the job that compares the images: {distance}."""
    value = forms.text(forms.read(request), "distance")
    if not (value.isascii() and value.isdigit() and len(value) < 3):
        raise Invalid("distance must be a whole number.", field="distance")
    distance = int(value)
    duplicate_searches.start(actor=scope.actor, project=scope.project, distance=distance)
    address = reverse("duplicates", args=[scope.project.pk])
    return forms.respond(request, to=f"{address}?{urlencode({'distance': distance})}")


@require_POST
@project_call
def merge(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Keep one image of a group: {keep, images, annotations, here}."""
    fields = forms.read(request)
    keep = forms.one_id(fields, "keep")
    images = forms.many_ids({"images": forms.text(fields, "images").split()}, "images", IMAGES)
    done = duplicates.merge(
        actor=scope.actor,
        project=scope.project,
        keep=keep,
        others=[key for key in images if key != keep],
        with_annotations=forms.boolean(fields, "annotations"),
    )
    body = {name: [str(key) for key in getattr(done, name)] for name in ("trashed", "labels", "tags")}
    undo = {
        "url": reverse("duplicates-undo", args=[scope.project.pk]),
        "body": {**body, "kept": str(done.kept)},
    }
    return forms.respond(request, to=_address(scope, fields), toast=_told(done), undo=undo)


@require_POST
@project_call
def undo(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    ids = {
        name: forms.many_ids(fields, name, 100_000) if fields.get(name) else []
        for name in ("trashed", "labels", "tags")
    }
    done = duplicates.Merge(forms.one_id(fields, "kept"), ids["trashed"], ids["labels"], ids["tags"])
    count = duplicates.undo(actor=scope.actor, project=scope.project, done=done)
    toast = ngettext("%(n)s image restored.", "%(n)s images restored.", count) % {"n": num(count)}
    return forms.respond(request, to=reverse("duplicates", args=[scope.project.pk]), toast=toast, stay=True)


def _told(done: duplicates.Merge) -> str:
    """Return what was done in words."""
    count = len(done.trashed)
    parts = [ngettext("%(n)s image moved to the trash.", "%(n)s images moved to the trash.", count) % {"n": num(count)}]  # fmt: skip
    if moved := len(done.labels):
        parts.append(ngettext("%(n)s label merged.", "%(n)s labels merged.", moved) % {"n": num(moved)})
    if done.scaled:
        parts.append(ngettext("%(n)s label was scaled to the size of the kept image.", "%(n)s labels were scaled to the size of the kept image.", done.scaled) % {"n": num(done.scaled)})  # fmt: skip
    if done.skipped:
        parts.append(ngettext("%(n)s label was too small for it.", "%(n)s labels were too small for it.", done.skipped) % {"n": num(done.skipped)})  # fmt: skip
    return " ".join(parts)


def _number(request: HttpRequest, name: str, default: int, low: int, high: int) -> int:
    """Return a number of the address within its limits; nonsense is the default."""
    value = request.GET.get(name, "")
    is_number = value.removeprefix("-").isascii() and value.removeprefix("-").isdigit() and len(value) < 10
    return min(max(int(value), low), high) if is_number else default


def _query(distance: int, start: int) -> str:
    return urlencode({"distance": distance, "start": start})


def _address(scope: Scope, fields: Any) -> str:
    """Return the page that the form was on."""
    here = forms.text(fields, "here")
    address = reverse("duplicates", args=[scope.project.pk])
    return f"{address}?{here}" if here.replace("distance=", "").replace("&start=", "").replace("-", "").isdigit() else address  # fmt: skip
