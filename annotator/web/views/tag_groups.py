"""Tag groups of a project: made, changed, deleted (their tags fall back to the default group)."""

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
from annotator.web.places import Place, project_call

ONE, MANY = "SELECTION", "MULTIPLE-SELECTION"


@require_POST
@project_call
def create(request: HttpRequest, place: Place) -> HttpResponse:
    fields = forms.read(request)
    concepts.create_group(
        actor=place.actor,
        project=place.project,
        name=forms.words(fields, "name"),
        kind=forms.words(fields, "kind", MANY) or MANY,
        is_required=forms.flag(fields, "is_required"),
    )
    return forms.done(request, to=_page(place))


@require_POST
@project_call
def change(request: HttpRequest, place: Place, group_id: uuid.UUID) -> HttpResponse:
    fields = forms.read(request)
    changes: dict[str, Any] = {name: forms.words(fields, name) for name in ("name", "kind") if name in fields}
    if "is_required_sent" in fields or "is_required" in fields:
        changes["is_required"] = forms.flag(fields, "is_required")
    concepts.update_group(actor=place.actor, group=_group(place, group_id), changes=changes)
    return forms.done(request, to=_page(place), toast=_("Group saved."))


@require_POST
@project_call
def delete(request: HttpRequest, place: Place, group_id: uuid.UUID) -> HttpResponse:
    """Delete a group; the answer's undo makes it anew, with the tags that it had."""
    group = _group(place, group_id)
    body = {"name": group.name, "kind": group.kind, "is_required": group.is_required}
    body["tags"] = [str(key) for key in group.concepts.values_list("pk", flat=True)]
    concepts.delete_group(actor=place.actor, group=group)
    undo_call = {"url": reverse("tag-group-restore", args=[place.project.pk]), "body": body}
    return forms.done(
        request,
        to=_page(place),
        toast=_("%(name)s deleted. Its tags were kept.") % {"name": group.name},
        undo=undo_call,
    )


@require_POST
@project_call
def restore(request: HttpRequest, place: Place) -> HttpResponse:
    fields = forms.read(request)
    keys = forms.many_ids(fields, "tags", 10_000) if fields.get("tags") else []
    undo.restore_group(
        actor=place.actor, project=place.project, name=forms.words(fields, "name"), kind=forms.words(fields, "kind"),
        is_required=forms.flag(fields, "is_required"), concept_ids=keys,
    )  # fmt: skip
    return forms.done(request, to=_page(place), toast=_("Group restored."))


def _group(place: Place, group_id: uuid.UUID) -> TagGroup:
    found = TagGroup.all_objects.filter(project=place.project, pk=group_id).select_related("project").first()
    if found is None:
        raise Missing("There is no such tag group.")
    return found


def _page(place: Place) -> str:
    return reverse("classes", args=[place.project.pk]) + "?kind=tags"
