"""The start page: all projects of a person, and making a new one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotator.services.projects import projects
from annotator.web import forms, frames
from annotator.web.actors import actor_of, page
from annotator.web.places import workspace_place
from annotator.web.selectors import home as selectors


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    groups = selectors.groups(actor_of(request))
    return render(
        request,
        "home/page.html",
        {**frames.plain(request), "groups": groups, "may_create": [g for g in groups if g.may_create]},
    )


@require_POST
@page
def create_project(request: HttpRequest) -> HttpResponse:
    """Make a project in one of the person's workspaces and go to it."""
    fields = forms.read(request)
    place = workspace_place(actor_of(request), forms.one_id(fields, "workspace"))
    project = projects.create(
        actor=place.actor,
        workspace=place.workspace,
        name=forms.words(fields, "name"),
        description=forms.words(fields, "description"),
        content_type=forms.words(fields, "content_type", "IMAGES"),
    )
    return forms.done(request, to=reverse("project", args=[project.pk]))
