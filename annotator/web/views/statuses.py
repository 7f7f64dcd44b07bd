"""Statuses of a project: list with counts, create, change, reorder, delete with a target; with undo."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.services.media import status_edits, statuses
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import statuses as selectors


@require_safe
@project_page
def status_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the statuses with the number of media in each."""
    context = {"rows": selectors.rows(scope.project)}
    return render(
        request, "statuses/page.html", {**page_context.project(request, scope, "project-settings"), **context}
    )


@require_POST
@project_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    made = statuses.create(
        actor=scope.actor,
        project=scope.project,
        name=forms.text(fields, "name"),
        color=forms.text(fields, "color"),
    )
    return forms.respond(request, to=_page(scope), toast=_("%(name)s created.") % {"name": made.name})


@require_POST
@project_call
def change(request: HttpRequest, scope: Scope, status_id: uuid.UUID) -> HttpResponse:
    """Change the name or the color; the undo in the response takes it back."""
    fields = forms.read(request)
    status = status_edits.find(scope.project, status_id)
    changes: dict[str, Any] = {name: forms.text(fields, name) for name in ("name", "color") if name in fields}
    before = {name: getattr(status, name) for name in changes}
    saved = statuses.update(actor=scope.actor, status=status, changes=changes)
    undo = {"url": reverse("status-change", args=[scope.project.pk, status_id]), "body": before}
    return forms.respond(
        request, to=_page(scope), toast=_("%(name)s saved.") % {"name": saved.name}, undo=undo, stay=True
    )


@require_POST
@project_call
def reorder(request: HttpRequest, scope: Scope) -> HttpResponse:
    keys = forms.many_ids(forms.read(request), "ids", 1_000)
    status_edits.reorder(actor=scope.actor, project=scope.project, ids=keys)
    return forms.respond(request, to=_page(scope), stay=True)


@require_POST
@project_call
def delete(request: HttpRequest, scope: Scope, status_id: uuid.UUID) -> HttpResponse:
    """Delete a status; its media get the status `target`. The undo in the response brings both back."""
    fields = forms.read(request)
    status = status_edits.find(scope.project, status_id)
    name = status.name
    target = (
        statuses.find(project_id=scope.project.pk, status_id=forms.one_id(fields, "target"))
        if fields.get("target")
        else None
    )
    kept = status_edits.delete(actor=scope.actor, status=status, target=target)
    undo = {"url": reverse("status-restore", args=[scope.project.pk]), "body": kept}
    return forms.respond(request, to=_page(scope), toast=_("%(name)s deleted.") % {"name": name}, undo=undo)


@require_POST
@project_call
def restore(request: HttpRequest, scope: Scope) -> HttpResponse:
    status = status_edits.restore(actor=scope.actor, project=scope.project, kept=forms.read(request))
    return forms.respond(request, to=_page(scope), toast=_("%(name)s restored.") % {"name": status.name})


def _page(scope: Scope) -> str:
    return reverse("statuses", args=[scope.project.pk])
