"""Members of a workspace: invite, change roles, remove with undo; shown for a workspace and for a project."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import policy
from annotator.domain.errors import Missing
from annotator.models import Invitation, Membership
from annotator.services import undo
from annotator.services.workspaces import invitations, members
from annotator.services.workspaces.invitations import Invited
from annotator.web import forms, mails, page_context
from annotator.web.display_names import role_name
from annotator.web.scopes import Scope, project_page, workspace_page
from annotator.web.selectors import members as selectors


@require_safe
@project_page
def project_members(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the workspace's members inside a project, with their recent changes in it."""
    context = {
        "rows": selectors.members(scope),
        "invitations": selectors.invitations(scope),
        "roles": selectors.assignable_roles(scope),
        "work": selectors.label_changes_by_user(scope.project.pk),
    }
    return render(
        request, "members/page.html", {**page_context.project(request, scope, "project-members"), **context}
    )


@require_POST
@workspace_page
def invite(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Invite a person; the response has the link for one without an account, which is shown once."""
    fields = forms.read(request)
    invited = invitations.invite(
        actor=scope.actor,
        workspace=scope.workspace,
        name=forms.text(fields, "name"),
        display_name=forms.text(fields, "display_name"),
        email=forms.text(fields, "email"),
        role=forms.text(fields, "role"),
    )
    return _invite_response(request, scope, invited)


@require_POST
@workspace_page
def invitation_link(request: HttpRequest, scope: Scope, invitation_id: uuid.UUID) -> HttpResponse:
    """Make a new link for an invitation; the older one ends."""
    invited = invitations.renew(actor=scope.actor, invitation=_invitation(scope, invitation_id))
    return _invite_response(request, scope, invited)


@require_POST
@workspace_page
def revoke_invitation(request: HttpRequest, scope: Scope, invitation_id: uuid.UUID) -> HttpResponse:
    found = _invitation(scope, invitation_id)
    name = found.shown_name
    invitations.revoke(actor=scope.actor, invitation=found)
    return forms.respond(
        request, to=_page(scope), toast=_("Invitation of %(name)s revoked.") % {"name": name}
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


def _invite_response(request: HttpRequest, scope: Scope, invited: Invited) -> HttpResponse:
    is_mailed = mails.send_invitation(request, invited)
    path = reverse("invitation", args=[invited.secret]) if invited.secret else ""
    name = invited.invitation.shown_name
    toast = "" if path else _("%(name)s is invited and can accept on their home page.") % {"name": name}
    return forms.respond(
        request,
        to=_page(scope),
        toast=toast,
        stay=bool(path),
        link=mails.absolute(request, path) if path else "",
        name=name,
        days=invitations.VALID_FOR.days,
        mailed=invited.invitation.email if is_mailed else "",
    )


def _invitation(scope: Scope, invitation_id: uuid.UUID) -> Invitation:
    """Return an open invitation of the workspace for somebody who may manage its members, or raise Missing."""
    policy.require(scope.actor, scope.workspace, "member.manage")
    found = (
        invitations.pending_in(scope.workspace).select_related("workspace").filter(pk=invitation_id).first()
    )
    if found is None:
        raise Missing("There is no such invitation. It may have been answered.")
    return found


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
