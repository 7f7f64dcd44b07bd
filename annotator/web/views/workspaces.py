"""The pages of workspaces: the list, and one with its members and settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import policy
from annotator.services.jobs import jobs
from annotator.services.workspaces import workspaces
from annotator.web import forms, page_context
from annotator.web.actors import actor_of, page
from annotator.web.scopes import Scope, workspace_page
from annotator.web.selectors import members as selectors


@require_http_methods(["GET", "HEAD", "POST"])
@page
def workspace_list(request: HttpRequest) -> HttpResponse:
    """Show the user's workspaces, or create one (POST)."""
    if request.method == "POST":
        name = forms.text(forms.read(request), "name")
        created = workspaces.create_own(actor=actor_of(request), name=name)
        return forms.respond(request, to=reverse("workspace", args=[created.pk]))
    rows = selectors.workspaces(actor_of(request))
    return render(request, "workspaces/list.html", {**page_context.base(request), "rows": rows})


@require_safe
@workspace_page
def workspace(request: HttpRequest, scope: Scope) -> HttpResponse:
    context = {
        "rows": selectors.members(scope),
        "invitations": selectors.invitations(scope),
        "roles": selectors.assignable_roles(scope),
        "usage": selectors.usage(scope) if scope.may("workspace.manage") else None,
    }
    return render(request, "workspaces/page.html", {**page_context.workspace(request, scope), **context})


@require_POST
@workspace_page
def add_sample(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Start the job that creates the sample project."""
    policy.require(scope.actor, scope.workspace, "project.create")
    job = jobs.start(actor=scope.actor, workspace=scope.workspace, kind="sample_project")
    return forms.respond(request, to="/", toast=_("Creating the sample project …"), job=str(job.pk))


@require_POST
@workspace_page
def change_workspace(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    changes = {name: forms.text(fields, name) for name in ("name", "description") if name in fields}
    workspaces.update(actor=scope.actor, workspace=scope.workspace, changes=changes)
    return forms.respond(
        request, to=reverse("workspace", args=[scope.workspace.pk]), toast=_("Workspace saved."), stay=True
    )
