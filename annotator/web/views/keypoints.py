"""Keypoint schemas of a project: list, create, the page of one with its points and edges, delete with undo."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.domain import text
from annotator.domain.errors import Invalid
from annotator.services import event_rows
from annotator.services.vocabulary import keypoint_edits, keypoint_schemas, keypoint_templates
from annotator.web import forms, keypoint_fields, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import keypoints as selectors

#: The template of a schema without points.
EMPTY = "empty"


@require_safe
@project_page
def keypoint_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the keypoint schemas with their skeletons and classes."""
    context = {
        "rows": selectors.rows(scope.project),
        "templates": selectors.templates(),
        "classes": selectors.free_classes(scope.project),
    }
    return render(
        request, "keypoints/page.html", {**page_context.project(request, scope, "classes"), **context}
    )


@require_safe
@project_page
def keypoint_schema(request: HttpRequest, scope: Scope, schema_id: uuid.UUID) -> HttpResponse:
    """Show one schema with its points on an example image; a script also gets it as JSON."""
    schema = keypoint_edits.find(scope.project, schema_id)
    head = event_rows.head(scope.project.pk)
    state = selectors.state(schema)
    if forms.wants_json(request):
        return forms.as_json(state)
    key = [scope.project.pk, schema.pk]
    boot = {
        "project": scope.project.pk,
        "schema": schema.pk,
        "head": head,
        "state": state,
        "may_write": scope.may("vocabulary.write"),
        "urls": {
            "self": reverse("keypoint-schema", args=key),
            "save": reverse("keypoint-schema-change", args=key),
            "uses": reverse("keypoint-schema-uses", args=key),
            "examples": reverse("keypoint-examples", args=[scope.project.pk]),
        },
    }
    context = {"schema": schema, "boot": boot, "has_images": scope.project.content_type == "IMAGES"}
    return render(
        request, "keypoints/schema.html", {**page_context.project(request, scope, "classes"), **context}
    )


@require_POST
@project_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Create a schema from a template for the classes chosen, several fields `classes` of a form or a list."""
    fields = forms.read(request)
    sent = request.POST.getlist("classes") if request.POST else fields.get("classes", [])
    keys = _ids(sent, "classes")
    name, template = forms.text(fields, "name"), forms.text(fields, "template")
    make: Any = keypoint_templates.create if template != EMPTY else keypoint_templates.create_empty
    details = {"key": template} if template != EMPTY else {}
    schema = make(actor=scope.actor, project=scope.project, name=name, concept_ids=keys, **details)
    return forms.respond(
        request, to=_page(scope, schema.pk), toast=_("%(name)s created.") % {"name": schema.name}
    )


@require_POST
@project_call
def change(request: HttpRequest, scope: Scope, schema_id: uuid.UUID) -> HttpResponse:
    """Save what is sent: name, kind, description, `points`, `edges` and `classes` replace; `version` is what it is based on."""
    fields = forms.read(request)
    schema = keypoint_edits.save(
        actor=scope.actor,
        schema=keypoint_edits.find(scope.project, schema_id),
        based_on=forms.text(fields, "version"),
        changes=keypoint_fields.changes(fields),
        concept_ids=_ids(fields["classes"], "classes") if "classes" in fields else None,
    )
    state = selectors.state(keypoint_edits.find(scope.project, schema.pk))
    return forms.respond(
        request, to=_page(scope, schema.pk), toast=_("%(name)s saved.") % {"name": schema.name}, stay=True, state=state
    )  # fmt: skip


@require_safe
@project_call
def uses(request: HttpRequest, scope: Scope, schema_id: uuid.UUID) -> HttpResponse:
    """Return {count}: how many labels have a point of the class `?point=`, so that it cannot be removed."""
    schema = keypoint_edits.find(scope.project, schema_id)
    point = keypoint_edits.find_class(schema, forms.one_id(request.GET, "point"))
    return forms.as_json({"count": keypoint_schemas.count_labels(schema, point.pk)})


@require_safe
@project_call
def examples(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Return {items}: images to place the points on, those whose name contains `?name=`, or that of `?id=`."""
    media_id = forms.one_id(request.GET, "id") if request.GET.get("id") else None
    name = text.clean(request.GET.get("name", ""), field="name", limit=200, required=False)
    return forms.as_json({"items": selectors.examples(scope.project, name=name, media_id=media_id)})


@require_POST
@project_call
def delete(request: HttpRequest, scope: Scope, schema_id: uuid.UUID) -> HttpResponse:
    """Delete a schema that no label uses; the undo in the response brings it back with its ids."""
    kept = keypoint_edits.delete(actor=scope.actor, schema=keypoint_edits.find(scope.project, schema_id))
    undo = {"url": reverse("keypoint-schema-restore", args=[scope.project.pk]), "body": kept}
    return forms.respond(
        request, to=_page(scope), toast=_("%(name)s deleted.") % {"name": kept["name"]}, undo=undo
    )


@require_POST
@project_call
def restore(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    schema = keypoint_edits.restore(
        actor=scope.actor,
        project=scope.project,
        fields=_kept(fields),
        concept_ids=_ids(fields.get("concepts", []), "concepts"),
    )
    return forms.respond(request, to=_page(scope), toast=_("%(name)s restored.") % {"name": schema.name})


def _kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    sent = {"points": fields.get("classes", []), "edges": fields.get("edges", [])}
    own = {name: forms.text(fields, name) for name in ("name", "kind", "description", "template")}
    return {
        **own,
        **keypoint_fields.changes(sent),
        "id": forms.one_id(fields, "id"),
        "order": fields.get("order"),
    }


def _ids(sent: Any, field: str) -> list[uuid.UUID]:
    """Return distinct ids of a list in its order, perhaps none."""
    if not isinstance(sent, list):
        raise Invalid(f"{field} must be a list of ids.", field=field)
    return forms.many_ids({field: sent}, field, 10_000) if sent else []


def _page(scope: Scope, schema_id: uuid.UUID | None = None) -> str:
    if schema_id:
        return reverse("keypoint-schema", args=[scope.project.pk, schema_id])
    return reverse("keypoints", args=[scope.project.pk])
