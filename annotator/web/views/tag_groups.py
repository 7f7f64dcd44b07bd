"""Tag groups of a project: create, change, reorder, delete (their tags move to the default group)."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from annotator.domain.errors import Missing
from annotator.models import TagGroup
from annotator.services import undo
from annotator.services.vocabulary import concepts
from annotator.web import forms
from annotator.web.scopes import Scope, project_call

ONE, MANY = "SELECTION", "MULTIPLE-SELECTION"


@require_POST
@project_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    concepts.create_group(
        actor=scope.actor,
        project=scope.project,
        name=forms.text(fields, "name"),
        kind=forms.text(fields, "kind", MANY) or MANY,
        is_required=forms.boolean(fields, "is_required"),
    )
    return forms.respond(request, to=_page(scope))


@require_POST
@project_call
def change(request: HttpRequest, scope: Scope, group_id: uuid.UUID) -> HttpResponse:
    fields = forms.read(request)
    changes: dict[str, Any] = {name: forms.text(fields, name) for name in ("name", "kind") if name in fields}
    if "is_required_sent" in fields or "is_required" in fields:
        changes["is_required"] = forms.boolean(fields, "is_required")
    concepts.update_group(actor=scope.actor, group=_group(scope, group_id), changes=changes)
    return forms.respond(request, to=_page(scope), toast=_("Group saved."))


@require_POST
@project_call
def reorder(request: HttpRequest, scope: Scope) -> HttpResponse:
    keys = forms.many_ids(forms.read(request), "ids", 10_000)
    concepts.reorder_groups(actor=scope.actor, project=scope.project, ids=keys)
    return forms.respond(request, to=_page(scope), stay=True)


@require_POST
@project_call
def delete(request: HttpRequest, scope: Scope, group_id: uuid.UUID) -> HttpResponse:
    """Delete a group; the undo in the response restores it with its tags."""
    group = _group(scope, group_id)
    body: dict[str, Any] = {"id": str(group.pk), "name": group.name, "kind": group.kind}
    body |= {"is_required": group.is_required, "order": group.order}
    body["tags"] = [str(key) for key in group.concepts.values_list("pk", flat=True)]
    concepts.delete_group(actor=scope.actor, group=group)
    undo_call = {"url": reverse("tag-group-restore", args=[scope.project.pk]), "body": body}
    return forms.respond(
        request,
        to=_page(scope),
        toast=_("%(name)s deleted. Its tags were kept.") % {"name": group.name},
        undo=undo_call,
    )


@require_POST
@project_call
def restore(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    keys = forms.many_ids(fields, "tags", 10_000) if fields.get("tags") else []
    undo.restore_group(
        actor=scope.actor, project=scope.project, key=forms.one_id(fields, "id"), name=forms.text(fields, "name"),
        kind=forms.text(fields, "kind"), is_required=forms.boolean(fields, "is_required"), order=fields.get("order"), concept_ids=keys,
    )  # fmt: skip
    return forms.respond(request, to=_page(scope), toast=_("Group restored."))


def _group(scope: Scope, group_id: uuid.UUID) -> TagGroup:
    found = TagGroup.all_objects.filter(project=scope.project, pk=group_id).select_related("project").first()
    if found is None:
        raise Missing("There is no such tag group.")
    return found


def _page(scope: Scope) -> str:
    return reverse("classes", args=[scope.project.pk]) + "?kind=tags"
