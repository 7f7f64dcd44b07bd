"""The home page: all projects of a user, and creating one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotator.services.projects import projects
from annotator.web import forms, page_context
from annotator.web.actors import actor_of, page, user_of
from annotator.web.scopes import workspace_scope
from annotator.web.selectors import home as selectors, members


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    groups = selectors.groups(actor_of(request))
    context = {
        "groups": groups,
        "may_create": [group for group in groups if group.may_create],
        "invitations": members.invitations_to(user_of(request)),
    }
    return render(request, "home/page.html", {**page_context.base(request), **context})


@require_POST
@page
def create_project(request: HttpRequest) -> HttpResponse:
    """Create a project in one of the user's workspaces and open it."""
    fields = forms.read(request)
    scope = workspace_scope(actor_of(request), forms.one_id(fields, "workspace"))
    project = projects.create(
        actor=scope.actor,
        workspace=scope.workspace,
        name=forms.text(fields, "name"),
        description=forms.text(fields, "description"),
        content_type=forms.text(fields, "content_type", "IMAGES"),
    )
    return forms.respond(request, to=reverse("project", args=[project.pk]))
