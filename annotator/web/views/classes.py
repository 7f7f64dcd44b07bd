"""Classes, tags and activity types of a project: create, change, reorder, merge, delete; with undo."""

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
from annotator.models import Concept, Job
from annotator.services.vocabulary import class_lists, concepts, examples, merges
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import classes as selectors, guidelines as guideline_rows, jobs as job_rows
from annotator.web.templatetags.ui import num

ROLES = ("region", "media", "segment")


@require_safe
@project_page
def classes(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the classes, or with `?kind=tags` the tags in their groups; `?chosen=` opens one."""
    is_tags = request.GET.get("kind") == "tags"
    rows = selectors.tags(scope.project) if is_tags else selectors.classes(scope.project)
    chosen = next((row for row in rows if str(row.concept.pk) == request.GET.get("chosen")), None)
    context = {
        "rows": rows, "is_tags": is_tags, "role": "media" if is_tags else "region", "chosen": chosen, "colors": selectors.colors(),
        "groups": selectors.groups(scope.project, rows) if is_tags else [],
    }  # fmt: skip
    return render(
        request, "classes/page.html", {**page_context.project(request, scope, "classes"), **context}
    )


@require_POST
@project_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Create a class or tag for each line of `names`; all of them or none."""
    fields = forms.read(request)
    role, names = _role(fields), [line.strip() for line in forms.text(fields, "names").splitlines()]
    details: dict[str, Any] = {"color": forms.text(fields, "color")} if fields.get("color") else {}
    if role == "media" and fields.get("group"):
        details["group_id"] = forms.one_id(fields, "group")
    created = class_lists.create(
        actor=scope.actor,
        project=scope.project,
        names=[name for name in names if name],
        role=role,
        details=details,
    )
    return forms.respond(request, to=_page(scope, role, created[0].pk if len(created) == 1 else None))


@require_POST
@project_call
def change(request: HttpRequest, scope: Scope, concept_id: uuid.UUID) -> HttpResponse:
    """Change name, color, description, kind, parent or tag group; only the fields that are sent."""
    fields = forms.read(request)
    role, concept = _role(fields), merges.find(scope.project, concept_id, field="concept")
    changes = _changes(fields)
    undo = _undo_of(scope, concept, role, changes)
    concepts.update(actor=scope.actor, concept=concept, changes=changes, role=role)
    toast = _("%(name)s saved.") % {"name": concept.name}
    return forms.respond(request, to=_page(scope, role, concept.pk), toast=toast, undo=undo, stay=True)


def _undo_of(scope: Scope, concept: Concept, role: str, changes: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the undo of a new name or color alone; the form of a class shows all of it again anyway."""
    if not changes.keys() <= {"name", "color"}:
        return None
    before = {name: getattr(concept, name) for name in changes}
    url = reverse("class-change", args=[scope.project.pk, concept.pk])
    return {"url": url, "body": {"role": role, **before}}


def _changes(fields: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "color", "description", "kind")
    changes: dict[str, Any] = {name: forms.text(fields, name) for name in names if name in fields}
    if "parent" in fields:
        changes["parent"] = forms.one_id(fields, "parent") if fields["parent"] else None
    if fields.get("group"):
        changes["group_id"] = forms.one_id(fields, "group")
    return changes


@require_POST
@project_call
def reorder(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    role = _role(fields)
    concepts.reorder(
        actor=scope.actor, project=scope.project, ids=forms.many_ids(fields, "ids", 10_000), role=role
    )
    return forms.respond(request, to=_page(scope, role), stay=True)


@require_safe
@project_call
def guidelines(request: HttpRequest, scope: Scope, concept_id: uuid.UUID) -> HttpResponse:
    """Return the instructions and the examples of a class."""
    return forms.as_json(guideline_rows.of_class(scope.project, concept_id))


@require_POST
@project_call
def choose_example(request: HttpRequest, scope: Scope, concept_id: uuid.UUID) -> HttpResponse:
    """Make an object an example of its class, or no longer: {label, is_chosen}."""
    fields = forms.read(request)
    examples.choose(
        actor=scope.actor, project=scope.project, concept_id=concept_id,
        label_id=forms.one_id(fields, "label"), is_chosen=forms.boolean(fields, "is_chosen"),
    )  # fmt: skip
    return forms.as_json(guideline_rows.of_class(scope.project, concept_id))


@require_safe
@project_call
def merge_preview(request: HttpRequest, scope: Scope, concept_id: uuid.UUID) -> HttpResponse:
    source, target = (
        merges.find(scope.project, concept_id),
        merges.find(scope.project, forms.one_id(request.GET, "target")),
    )
    return forms.as_json(
        {**merges.preview(source=source, target=target), "source": source.name, "target": target.name}
    )


@require_POST
@project_call
def merge(request: HttpRequest, scope: Scope, concept_id: uuid.UUID) -> HttpResponse:
    fields = forms.read(request)
    role, source = _role(fields), merges.find(scope.project, concept_id)
    target = merges.find(scope.project, forms.one_id(fields, "target"))
    job = merges.start(actor=scope.actor, project=scope.project, source=source, target=target)
    values = {"source": source.name, "target": target.name, "n": num(job.params["count"])}
    toast = _merge_toast(job.params["count"]) % values
    return _job_response(
        request, scope, role, job, toast, _("Merging %(source)s into %(target)s …") % values, target.pk
    )


def _merge_toast(count: int) -> str:
    return ngettext(
        "%(source)s merged into %(target)s, %(n)s object",
        "%(source)s merged into %(target)s, %(n)s objects",
        count,
    )


@require_POST
@project_call
def delete(request: HttpRequest, scope: Scope, concept_id: uuid.UUID) -> HttpResponse:
    """Delete a class; `count` is the number of annotations to delete, as the user has confirmed it."""
    fields = forms.read(request)
    role, concept = _role(fields), merges.find(scope.project, concept_id, field="concept")
    count = forms.integer({"count": str(fields.get("count", ""))}, "count", 0, high=10**12)
    job = merges.delete(actor=scope.actor, project=scope.project, concept=concept, role=role, count=count)
    values = {"name": concept.name}
    return _job_response(
        request, scope, role, job, _("%(name)s deleted.") % values, _("Deleting %(name)s …") % values
    )


def _job_response(
    request: HttpRequest,
    scope: Scope,
    role: str,
    job: Job | None,
    toast: str,
    pending_toast: str,
    chosen: uuid.UUID | None = None,
) -> HttpResponse:
    """Return the response to a change that is done, with its undo, or that a job makes."""
    is_done = job is None or job.state not in job_rows.OPEN
    undo = (
        {"url": reverse("job-undo", args=[job.pk]), "body": {}}
        if job is not None and job.artifact_id and is_done
        else None
    )
    to = _page(scope, role, chosen)
    return forms.respond(
        request,
        to=to,
        toast=toast if is_done else pending_toast,
        undo=undo,
        job=None if is_done or job is None else str(job.pk),
    )


def _role(fields: Mapping[str, Any]) -> str:
    role = forms.text(fields, "role", "region") or "region"
    if role not in ROLES:
        raise Invalid("role must be region, media or segment.", field="role")
    return role


def _page(scope: Scope, role: str, chosen: uuid.UUID | None = None) -> str:
    if role == "segment":
        return reverse("activities", args=[scope.project.pk])
    query = "&".join(
        part
        for part in ("kind=tags" if role == "media" else "", f"chosen={chosen}" if chosen else "")
        if part
    )
    return reverse("classes", args=[scope.project.pk]) + (f"?{query}" if query else "")
