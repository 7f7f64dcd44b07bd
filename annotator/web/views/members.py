"""Members of a workspace: invite, change roles, remove with undo; shown for a workspace and for a project."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Missing
from annotator.models import Membership
from annotator.services import undo
from annotator.services.workspaces import invitations, members
from annotator.web import forms, page_context
from annotator.web.display_names import role_name
from annotator.web.scopes import Scope, project_page, workspace_page
from annotator.web.selectors import members as selectors


@require_safe
@project_page
def project_members(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the workspace's members inside a project, with their recent changes in it."""
    context = {
        "rows": selectors.members(scope),
        "roles": selectors.assignable_roles(scope),
        "work": selectors.label_changes_by_user(scope.project.pk),
    }
    return render(
        request, "members/page.html", {**page_context.project(request, scope, "project-members"), **context}
    )


@require_POST
@workspace_page
def invite(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Add a member; a new user gets an invite link, which is shown once."""
    fields = forms.read(request)
    member, secret = invitations.invite(
        actor=scope.actor,
        workspace=scope.workspace,
        name=forms.text(fields, "name"),
        display_name=forms.text(fields, "display_name"),
        email=forms.text(fields, "email"),
        role=forms.text(fields, "role"),
    )
    return _invite_response(request, scope, member, secret)


@require_POST
@workspace_page
def invite_again(request: HttpRequest, scope: Scope, member_id: uuid.UUID) -> HttpResponse:
    member = _member(scope, member_id)
    return _invite_response(
        request, scope, member, invitations.invite_again(actor=scope.actor, member=member)
    )


@require_POST
@workspace_page
def change_role(request: HttpRequest, scope: Scope, member_id: uuid.UUID) -> HttpResponse:
    member = _member(scope, member_id)
    before = member.role
    members.set_role(actor=scope.actor, member=member, role=forms.text(forms.read(request), "role"))
    toast = _("Role of %(name)s changed to %(role)s.") % {
        "name": member.user.shown_name,
        "role": role_name(member.role),
    }
    undo_call = {"url": request.path, "body": {"role": before}}
    return forms.respond(request, to=_page(scope), toast=toast, undo=undo_call, stay=True, role=member.role)


@require_POST
@workspace_page
def remove(request: HttpRequest, scope: Scope, member_id: uuid.UUID) -> HttpResponse:
    """Remove a member; the response offers the undo."""
    member = _member(scope, member_id)
    seq = undo.remove_member(actor=scope.actor, member=member)
    if member.user_id == scope.actor.user_id:
        return forms.respond(
            request, to=reverse("workspaces"), toast=_("You have left %(name)s.") % {"name": scope.workspace}
        )
    toast = _("%(name)s removed from the workspace.") % {"name": member.user.shown_name}
    undo_call = {"url": reverse("member-restore", args=[scope.workspace.pk]), "body": {"seq": seq}}
    return forms.respond(request, to=_page(scope), toast=toast, undo=undo_call, stay=True)


@require_POST
@workspace_page
def restore(request: HttpRequest, scope: Scope) -> HttpResponse:
    member = undo.restore_member(
        actor=scope.actor, workspace=scope.workspace, seq=forms.read(request).get("seq")
    )
    toast = _("%(name)s restored as a member. Their API tokens stay revoked.") % {
        "name": member.user.shown_name
    }
    return forms.respond(request, to=_page(scope), toast=toast, stay=True)


def _invite_response(request: HttpRequest, scope: Scope, member: Membership, secret: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("sign-in-link", args=[secret])) if secret else ""
    name = member.user.shown_name
    toast = "" if link else _("%(name)s added to the workspace.") % {"name": name}
    days = invitations.INVITATION_VALID_FOR.days
    return forms.respond(
        request, to=_page(scope), toast=toast, stay=bool(link), link=link, name=name, days=days
    )


def _member(scope: Scope, member_id: uuid.UUID) -> Membership:
    found = (
        Membership.objects.filter(workspace=scope.workspace, pk=member_id)
        .select_related("user", "workspace")
        .first()
    )
    if found is None:
        raise Missing("There is no such member.")
    return found


def _page(scope: Scope) -> str:
    return reverse("workspace", args=[scope.workspace.pk])
