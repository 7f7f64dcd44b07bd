"""Attributes of a project: create, change with options and classes, reorder, delete."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from annotator.domain import attributes as rules
from annotator.domain.errors import Invalid
from annotator.domain.ids import parse_uuid
from annotator.services.vocabulary import attribute_edits, attributes
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import attributes as selectors

KINDS = (
    (rules.SELECTION, gettext_lazy("Single choice")),
    (rules.MULTIPLE, gettext_lazy("Multiple choice")),
    (rules.TEXT, gettext_lazy("Text")),
    (rules.INT, gettext_lazy("Whole number")),
    (rules.FLOAT, gettext_lazy("Number")),
    (rules.BOOL, gettext_lazy("Yes or no")),
)
SUBJECTS = (
    ("LABEL", gettext_lazy("Objects")),
    ("IMAGE", gettext_lazy("Images")),
    ("VIDEO", gettext_lazy("Videos")),
    ("SEGMENT", gettext_lazy("Segments")),
)
#: The columns that the form sends, by the names that errors carry.
_COLUMNS = {
    "name": "name",
    "type": "kind",
    "subject_type": "subject",
    "description": "description",
    "is_required": "is_required",
    "min": "minimum",
    "max": "maximum",
    "default": "default",
}


@require_safe
@project_page
def attribute_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the attributes; `?chosen=` opens one, `?chosen=new` the form of a new one."""
    rows = selectors.rows(scope.project)
    wanted = request.GET.get("chosen")
    row = next((one for one in rows if str(one.attribute.pk) == wanted), None)
    chosen = selectors.chosen(row) if row else selectors.blank(scope.project) if wanted == "new" else None
    context = {
        "rows": rows,
        "chosen": chosen,
        "kinds": KINDS,
        "subjects": SUBJECTS,
    }
    return render(
        request, "attributes/page.html", {**page_context.project(request, scope, "classes"), **context}
    )


@require_POST
@project_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    return _save(request, scope, None)


@require_POST
@project_call
def change(request: HttpRequest, scope: Scope, attribute_id: uuid.UUID) -> HttpResponse:
    return _save(request, scope, attribute_id)


def _save(request: HttpRequest, scope: Scope, attribute_id: uuid.UUID | None) -> HttpResponse:
    """Save the fields that are sent; `values` and `classes` replace the lists."""
    fields = forms.read(request)
    attribute = attribute_edits.find(scope.project, attribute_id) if attribute_id else None
    changes = {column: fields[name] for name, column in _COLUMNS.items() if name in fields}
    if attribute is None:
        changes = {"name": None, "kind": None} | changes
    if "values" in fields:
        changes["options"] = _options(fields["values"])
    saved = attribute_edits.save(
        actor=scope.actor,
        project=scope.project,
        attribute=attribute,
        changes=changes,
        concept_ids=_classes(fields),
    )
    return forms.respond(
        request, to=_page(scope, saved.pk), toast=_("%(name)s saved.") % {"name": saved.name}
    )


def _options(sent: Any) -> list[dict[str, Any]]:
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise Invalid("values must be a list of values.", field="values")
    return [{"id": parse_uuid(one.get("id")), "value": one.get("value")} for one in sent]


def _classes(fields: Mapping[str, Any]) -> list[uuid.UUID] | None:
    if "classes" not in fields:
        return None
    return forms.many_ids(fields, "classes", 10_000) if fields["classes"] else []


@require_POST
@project_call
def reorder(request: HttpRequest, scope: Scope) -> HttpResponse:
    keys = forms.many_ids(forms.read(request), "ids", 10_000)
    attribute_edits.reorder(actor=scope.actor, project=scope.project, ids=keys)
    return forms.respond(request, to=_page(scope), stay=True)


@require_POST
@project_call
def delete(request: HttpRequest, scope: Scope, attribute_id: uuid.UUID) -> HttpResponse:
    attribute = attribute_edits.find(scope.project, attribute_id)
    name = attribute.name
    attributes.delete(actor=scope.actor, attribute=attribute)
    return forms.respond(request, to=_page(scope), toast=_("%(name)s deleted.") % {"name": name})


def _page(scope: Scope, chosen: uuid.UUID | None = None) -> str:
    return reverse("attributes", args=[scope.project.pk]) + (f"?chosen={chosen}" if chosen else "")
