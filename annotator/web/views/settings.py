"""The settings of a project: name, description; to the trash and back."""

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
from annotator.services.projects import projects
from annotator.web import forms, frames
from annotator.web.actors import actor_of, signed_in
from annotator.web.places import Place, project_page


@require_safe
@project_page
def settings(request: HttpRequest, place: Place) -> HttpResponse:
    shown = {"trash_days": conf.TRASH_DAYS}
    return render(
        request, "settings/page.html", {**frames.project(request, place, "project-settings"), **shown}
    )


@require_POST
@project_page
def change(request: HttpRequest, place: Place) -> HttpResponse:
    fields = forms.read(request)
    changes = {name: forms.words(fields, name) for name in ("name", "description") if name in fields}
    projects.update(actor=place.actor, project=place.project, changes=changes)
    return forms.done(
        request, to=reverse("project-settings", args=[place.project.pk]), toast=_("Project saved.")
    )


@require_POST
@project_page
def trash(request: HttpRequest, place: Place) -> HttpResponse:
    """Move the project to the trash and go home, where it can be restored."""
    projects.trash(actor=place.actor, project=place.project)
    toast = _("%(name)s moved to the trash.") % {"name": place.project.name}
    undo = {"url": reverse("project-restore", args=[place.project.pk]), "body": {}}
    return forms.done(request, to="/", toast=toast, undo=undo)


@require_POST
@signed_in
def restore(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Bring a project back from the trash, where `visible_to` does not look: the service asks for the right."""
    project = (
        Project.all_objects.filter(pk=project_id, trashed_at__isnull=False)
        .select_related("workspace")
        .first()
    )
    if project is None:
        raise Missing("There is no such project.")
    projects.restore(actor=actor_of(request), project=project)
    return forms.done(
        request,
        to=reverse("project", args=[project.pk]),
        toast=_("%(name)s restored.") % {"name": project.name},
    )
