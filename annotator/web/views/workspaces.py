"""Pages of workspaces: all of a person's, and one with its members and settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import policy
from annotator.services.jobs import jobs
from annotator.services.workspaces import workspaces
from annotator.web import forms, frames
from annotator.web.actors import actor_of, page, person_of
from annotator.web.places import Place, workspace_page
from annotator.web.selectors import members as selectors


@require_http_methods(["GET", "HEAD", "POST"])
@page
def workspace_list(request: HttpRequest) -> HttpResponse:
    """Show the person's workspaces, or make one of her own (POST)."""
    if request.method == "POST":
        made = workspaces.create(name=forms.words(forms.read(request), "name"), owner=person_of(request))
        return forms.done(request, to=reverse("workspace", args=[made.pk]))
    rows = selectors.workspaces(actor_of(request))
    return render(request, "workspaces/list.html", {**frames.plain(request), "rows": rows})


@require_safe
@workspace_page
def workspace(request: HttpRequest, place: Place) -> HttpResponse:
    shown = {"rows": selectors.members(place), "roles": selectors.roles_to_give(place)}
    return render(request, "workspaces/page.html", {**frames.workspace(request, place), **shown})


@require_POST
@workspace_page
def add_sample(request: HttpRequest, place: Place) -> HttpResponse:
    """Begin to draw the sample project; a job makes it within seconds."""
    policy.require(place.actor, place.workspace, "project.create")
    job = jobs.start(actor=place.actor, workspace=place.workspace, kind="sample_project")
    return forms.done(request, to="/", toast=_("Drawing the sample project …"), job=str(job.pk))


@require_POST
@workspace_page
def change_workspace(request: HttpRequest, place: Place) -> HttpResponse:
    fields = forms.read(request)
    changes = {name: forms.words(fields, name) for name in ("name", "description") if name in fields}
    workspaces.update(actor=place.actor, workspace=place.workspace, changes=changes)
    return forms.done(
        request, to=reverse("workspace", args=[place.workspace.pk]), toast=_("Workspace saved."), stay=True
    )
