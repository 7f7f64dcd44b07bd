"""Keypoint schemas of a project: list, create from a template, delete."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Invalid, Missing
from annotator.domain.ids import parse_uuid
from annotator.models import KeypointSchema
from annotator.services.vocabulary import keypoint_schemas, keypoint_templates
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import keypoints as selectors


@require_safe
@project_page
def keypoint_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the keypoint schemas with their skeletons and classes."""
    context = {
        "rows": selectors.rows(scope.project),
        "templates": selectors.templates(),
        "classes": selectors.classes(scope.project),
    }
    return render(
        request, "keypoints/page.html", {**page_context.project(request, scope, "classes"), **context}
    )


@require_POST
@project_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Create a schema from a template for the classes chosen, several fields `classes` of a form or a list."""
    fields = forms.read(request)
    sent = request.POST.getlist("classes") if request.POST else fields.get("classes", [])
    if not isinstance(sent, list):
        raise Invalid("classes must be a list of ids.", field="classes")
    keys = [key for key in (parse_uuid(one) for one in sent) if key]
    if len(keys) < len(sent):
        raise Invalid("classes must hold ids only.", field="classes")
    schema = keypoint_templates.create(
        actor=scope.actor,
        project=scope.project,
        key=forms.text(fields, "template"),
        name=forms.text(fields, "name"),
        concept_ids=list(dict.fromkeys(keys)),
    )
    return forms.respond(request, to=_page(scope), toast=_("%(name)s created.") % {"name": schema.name})


@require_POST
@project_call
def delete(request: HttpRequest, scope: Scope, schema_id: uuid.UUID) -> HttpResponse:
    rows = KeypointSchema.all_objects.filter(project=scope.project, pk=schema_id)
    schema = rows.select_related("project").first()
    if schema is None:
        raise Missing("There is no such keypoint schema.")
    name = schema.name
    keypoint_schemas.delete(actor=scope.actor, schema=schema)
    return forms.respond(request, to=_page(scope), toast=_("%(name)s deleted.") % {"name": name})


def _page(scope: Scope) -> str:
    return reverse("keypoints", args=[scope.project.pk])
