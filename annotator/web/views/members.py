"""Members: who belongs to a workspace, inviting, roles, removing with undo; shown for a workspace and for a project."""

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
from annotator.services.accounts import accounts
from annotator.services.workspaces import members
from annotator.web import forms, frames
from annotator.web.places import Place, project_page, workspace_page
from annotator.web.selectors import members as selectors
from annotator.web.words import role_name


@require_safe
@project_page
def project_members(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the workspace's members inside a project, with what each did here lately."""
    shown = {
        "rows": selectors.members(place),
        "roles": selectors.roles_to_give(place),
        "work": selectors.work_of(place.project.pk),
    }
    return render(
        request, "members/page.html", {**frames.project(request, place, "project-members"), **shown}
    )


@require_POST
@workspace_page
def invite(request: HttpRequest, place: Place) -> HttpResponse:
    """Add a person; a new one gets a one-time address, which is shown once to be handed over."""
    fields = forms.read(request)
    member, secret = accounts.invite(
        actor=place.actor,
        workspace=place.workspace,
        name=forms.words(fields, "name"),
        display_name=forms.words(fields, "display_name"),
        email=forms.words(fields, "email"),
        role=forms.words(fields, "role"),
    )
    return _invited(request, place, member, secret)


@require_POST
@workspace_page
def invite_again(request: HttpRequest, place: Place, member_id: uuid.UUID) -> HttpResponse:
    member = _member(place, member_id)
    return _invited(request, place, member, accounts.invite_again(actor=place.actor, member=member))


@require_POST
@workspace_page
def change_role(request: HttpRequest, place: Place, member_id: uuid.UUID) -> HttpResponse:
    member = _member(place, member_id)
    before = member.role
    members.set_role(actor=place.actor, member=member, role=forms.words(forms.read(request), "role"))
    toast = _("Role of %(name)s changed to %(role)s.") % {
        "name": member.user.shown_name,
        "role": role_name(member.role),
    }
    undo_call = {"url": request.path, "body": {"role": before}}
    return forms.done(request, to=_page(place), toast=toast, undo=undo_call, stay=True, role=member.role)


@require_POST
@workspace_page
def remove(request: HttpRequest, place: Place, member_id: uuid.UUID) -> HttpResponse:
    """Take a person out of the workspace; the answer names how to bring her back."""
    member = _member(place, member_id)
    seq = undo.remove_member(actor=place.actor, member=member)
    if member.user_id == place.actor.user_id:
        return forms.done(
            request, to=reverse("workspaces"), toast=_("You have left %(name)s.") % {"name": place.workspace}
        )
    toast = _("%(name)s removed from the workspace.") % {"name": member.user.shown_name}
    undo_call = {"url": reverse("member-restore", args=[place.workspace.pk]), "body": {"seq": seq}}
    return forms.done(request, to=_page(place), toast=toast, undo=undo_call, stay=True)


@require_POST
@workspace_page
def restore(request: HttpRequest, place: Place) -> HttpResponse:
    member = undo.restore_member(
        actor=place.actor, workspace=place.workspace, seq=forms.read(request).get("seq")
    )
    toast = _("%(name)s restored as a member.") % {"name": member.user.shown_name}
    return forms.done(request, to=_page(place), toast=toast, stay=True)


def _invited(request: HttpRequest, place: Place, member: Membership, secret: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("sign-in-link", args=[secret])) if secret else ""
    name = member.user.shown_name
    toast = "" if link else _("%(name)s added to the workspace.") % {"name": name}
    days = accounts.INVITATION_VALID_FOR.days
    return forms.done(request, to=_page(place), toast=toast, stay=bool(link), link=link, name=name, days=days)


def _member(place: Place, member_id: uuid.UUID) -> Membership:
    found = (
        Membership.objects.filter(workspace=place.workspace, pk=member_id)
        .select_related("user", "workspace")
        .first()
    )
    if found is None:
        raise Missing("There is no such member.")
    return found


def _page(place: Place) -> str:
    return reverse("workspace", args=[place.workspace.pk])
