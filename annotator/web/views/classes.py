"""Classes and tags of a project: made, changed, put in order, merged, deleted; each with its undo."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Invalid
from annotator.models import Job
from annotator.services.vocabulary import class_lists, concepts, merges
from annotator.web import forms, frames
from annotator.web.places import Place, project_call, project_page
from annotator.web.selectors import classes as selectors, jobs as job_rows

ROLES = ("region", "media")


@require_safe
@project_page
def classes(request: HttpRequest, place: Place) -> HttpResponse:
    """Show classes of regions; `?kind=tags` the tags of images in their groups; `?chosen=` opens one."""
    is_tags = request.GET.get("kind") == "tags"
    rows = selectors.tags(place.project) if is_tags else selectors.classes(place.project)
    chosen = next((row for row in rows if str(row.concept.pk) == request.GET.get("chosen")), None)
    shown = {
        "rows": rows, "is_tags": is_tags, "role": "media" if is_tags else "region", "chosen": chosen, "colors": selectors.colors(),
        "groups": selectors.groups(place.project, rows) if is_tags else [],
    }  # fmt: skip
    return render(request, "classes/page.html", {**frames.project(request, place, "classes"), **shown})


@require_POST
@project_call
def create(request: HttpRequest, place: Place) -> HttpResponse:
    """Make classes or tags of the lines of `names`; all of them or none."""
    fields = forms.read(request)
    role, names = _role(fields), [line.strip() for line in forms.words(fields, "names").splitlines()]
    details: dict[str, Any] = {"color": forms.words(fields, "color")} if fields.get("color") else {}
    if role == "media" and fields.get("group"):
        details["group_id"] = forms.one_id(fields, "group")
    made = class_lists.create(
        actor=place.actor,
        project=place.project,
        names=[name for name in names if name],
        role=role,
        details=details,
    )
    return forms.done(request, to=_page(place, role, made[0].pk if len(made) == 1 else None))


@require_POST
@project_call
def change(request: HttpRequest, place: Place, concept_id: uuid.UUID) -> HttpResponse:
    """Change name, colour, description, kind, parent or tag group; only what is sent."""
    fields = forms.read(request)
    role, concept = _role(fields), merges.find(place.project, concept_id, field="concept")
    concepts.update(actor=place.actor, concept=concept, changes=_changes(fields), role=role)
    toast = _("%(name)s saved.") % {"name": concept.name}
    return forms.done(request, to=_page(place, role, concept.pk), toast=toast, stay=True)


def _changes(fields: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "color", "description", "kind")
    changes: dict[str, Any] = {name: forms.words(fields, name) for name in names if name in fields}
    if "parent" in fields:
        changes["parent"] = forms.one_id(fields, "parent") if fields["parent"] else None
    if fields.get("group"):
        changes["group_id"] = forms.one_id(fields, "group")
    return changes


@require_POST
@project_call
def reorder(request: HttpRequest, place: Place) -> HttpResponse:
    fields = forms.read(request)
    role = _role(fields)
    concepts.reorder(
        actor=place.actor, project=place.project, ids=forms.many_ids(fields, "ids", 10_000), role=role
    )
    return forms.done(request, to=_page(place, role), stay=True)


@require_safe
@project_call
def merge_preview(request: HttpRequest, place: Place, concept_id: uuid.UUID) -> HttpResponse:
    source, target = (
        merges.find(place.project, concept_id),
        merges.find(place.project, forms.one_id(request.GET, "target")),
    )
    return forms.as_json(
        {**merges.preview(source=source, target=target), "source": source.name, "target": target.name}
    )


@require_POST
@project_call
def merge(request: HttpRequest, place: Place, concept_id: uuid.UUID) -> HttpResponse:
    fields = forms.read(request)
    role, source = _role(fields), merges.find(place.project, concept_id)
    target = merges.find(place.project, forms.one_id(fields, "target"))
    job = merges.start(actor=place.actor, project=place.project, source=source, target=target)
    said = {"source": source.name, "target": target.name, "n": f"{job.params['count']:,}"}
    toast = _merged(job.params["count"]) % said
    return _answer(
        request, place, role, job, toast, _("Merging %(source)s into %(target)s …") % said, target.pk
    )


def _merged(count: int) -> str:
    return ngettext(
        "%(source)s merged into %(target)s, %(n)s object",
        "%(source)s merged into %(target)s, %(n)s objects",
        count,
    )


@require_POST
@project_call
def delete(request: HttpRequest, place: Place, concept_id: uuid.UUID) -> HttpResponse:
    """Delete a class; `count` is the number of marks that go with it, as the person has read (and typed) it."""
    fields = forms.read(request)
    role, concept = _role(fields), merges.find(place.project, concept_id, field="concept")
    count = forms.whole({"count": str(fields.get("count", ""))}, "count", 0, high=10**12)
    job = merges.delete(actor=place.actor, project=place.project, concept=concept, role=role, count=count)
    said = {"name": concept.name}
    return _answer(request, place, role, job, _("%(name)s deleted.") % said, _("Deleting %(name)s …") % said)


def _answer(
    request: HttpRequest,
    place: Place,
    role: str,
    job: Job | None,
    toast: str,
    waiting: str,
    chosen: uuid.UUID | None = None,
) -> HttpResponse:
    """Answer a change that was made at once, with its undo, or one that a job makes."""
    is_done = job is None or job.state not in job_rows.OPEN
    undo = (
        {"url": reverse("job-undo", args=[job.pk]), "body": {}}
        if job is not None and job.artifact_id and is_done
        else None
    )
    to = _page(place, role, chosen)
    return forms.done(
        request,
        to=to,
        toast=toast if is_done else waiting,
        undo=undo,
        job=None if is_done or job is None else str(job.pk),
    )


def _role(fields: Mapping[str, Any]) -> str:
    role = forms.words(fields, "role", "region") or "region"
    if role not in ROLES:
        raise Invalid("role must be region or media.", field="role")
    return role


def _page(place: Place, role: str, chosen: uuid.UUID | None = None) -> str:
    query = "&".join(
        part
        for part in ("kind=tags" if role == "media" else "", f"chosen={chosen}" if chosen else "")
        if part
    )
    return reverse("classes", args=[place.project.pk]) + (f"?{query}" if query else "")
