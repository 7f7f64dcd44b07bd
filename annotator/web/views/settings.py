"""The settings of a project: name, description, review, overlap of segments; trash and restore."""

from __future__ import annotations

import uuid

from django.conf import settings as conf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Missing
from annotator.models import Project
from annotator.services.annotations import segments
from annotator.services.projects import projects, trash
from annotator.web import forms, page_context
from annotator.web.actors import actor_of, signed_in
from annotator.web.scopes import Scope, project_page


@require_safe
@project_page
def settings(request: HttpRequest, scope: Scope) -> HttpResponse:
    context = {
        "trash_days": conf.TRASH_DAYS,
        "is_exclusive": bool(scope.project.settings.get(segments.EXCLUSIVE)),
    }
    return render(
        request, "settings/page.html", {**page_context.project(request, scope, "project-settings"), **context}
    )


@require_POST
@project_page
def change(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    changes: dict[str, object] = {
        name: forms.text(fields, name) for name in ("name", "description") if name in fields
    }
    if "review" in fields:
        changes["requires_review"] = forms.boolean(fields, "requires_review")
    if "segments" in fields:
        changes["settings"] = {segments.EXCLUSIVE: forms.boolean(fields, segments.EXCLUSIVE)}
    projects.update(actor=scope.actor, project=scope.project, changes=changes)
    return forms.respond(
        request, to=reverse("project-settings", args=[scope.project.pk]), toast=_("Project saved.")
    )


@require_POST
@project_page
def delete(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Move the project to the trash and open the home page, with undo; {confirm} is its name as the user typed it."""
    name = forms.text(forms.read(request), "confirm")
    trash.trash_project(actor=scope.actor, project=scope.project, name=name)
    toast = _("%(name)s moved to the trash.") % {"name": scope.project.name}
    undo = {"url": reverse("project-restore", args=[scope.project.pk]), "body": {}}
    return forms.respond(request, to="/", toast=toast, undo=undo)


@require_POST
@signed_in
def restore(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Restore a project from the trash, which `visible_to` excludes: the service checks the permission."""
    project = (
        Project.all_objects.filter(pk=project_id, trashed_at__isnull=False)
        .select_related("workspace")
        .first()
    )
    if project is None:
        raise Missing("There is no such project.")
    projects.restore(actor=actor_of(request), project=project)
    return forms.respond(
        request,
        to=reverse("project", args=[project.pk]),
        toast=_("%(name)s restored.") % {"name": project.name},
    )
