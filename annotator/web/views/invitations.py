"""Answers to invitations: the page of a link, and the buttons on one's home page."""

from __future__ import annotations

import uuid

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotator.domain.errors import Conflict, Invalid
from annotator.services.workspaces import invitations
from annotator.web import forms
from annotator.web.actors import actor_of, page
from annotator.web.display_names import role_name
from annotator.web.views.sign_in_link import BACKEND


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an invitation, or answer it (POST): with a new account, with the signed-in one, or no. An invalid link returns 404."""
    if request.method != "POST":
        return _page(request, secret)
    answer = request.POST.get("answer", "")
    if answer == "decline":
        invitations.decline_by_link(secret=secret)
        return render(request, "invitations/declined.html")
    if answer == "join" and request.user.is_authenticated:
        invitations.accept_by_link(actor=actor_of(request), secret=secret)
        return redirect("/")
    if answer != "new":
        return _page(request, secret)
    try:
        user, _member = invitations.accept_as_new(secret=secret, username=request.POST.get("username", ""))
    except (Invalid, Conflict) as error:
        return _page(request, secret, error=error.message)
    login(request, user, backend=BACKEND)
    return redirect("/")


@require_POST
@page
def accept(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Accept an invitation to one's account."""
    member = invitations.accept(actor=actor_of(request), invitation_id=invitation_id)
    toast = _("You are a member of %(name)s.") % {"name": member.workspace}
    return forms.respond(request, to=reverse("home"), toast=toast)


@require_POST
@page
def decline(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Decline an invitation to one's account."""
    invitations.decline(actor=actor_of(request), invitation_id=invitation_id)
    return forms.respond(request, to=reverse("home"), toast=_("Invitation declined."))


def _page(request: HttpRequest, secret: str, error: str = "") -> HttpResponse:
    found = invitations.open_link(secret=secret).invitation
    context = {
        "invitation": found,
        "role": role_name(found.role),
        "username": request.POST.get("username") or found.username or found.email.partition("@")[0],
        "error": error,
        "host": request.get_host(),
    }
    return render(request, "invitations/page.html", context)
