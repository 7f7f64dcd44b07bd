"""The account page: display name, e-mail address, password, appearance."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.services.accounts import accounts
from annotator.web import forms, page_context
from annotator.web.actors import actor_of, page, signed_in


@require_safe
@page
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "account/page.html", page_context.base(request))


@require_POST
@page
def change_profile(request: HttpRequest) -> HttpResponse:
    fields = forms.read(request)
    accounts.update(
        actor=actor_of(request),
        display_name=forms.text(fields, "display_name"),
        email=forms.text(fields, "email"),
    )
    return forms.respond(request, to="/account/", toast=_("Account saved."), stay=True)


@require_POST
@page
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password; this session continues, all others end."""
    fields = forms.read(request)
    user = accounts.set_password(
        actor=actor_of(request), old=forms.text(fields, "old"), new=forms.text(fields, "new")
    )
    update_session_auth_hash(request, user)
    return forms.respond(request, to="/account/", toast=_("Password changed. Other devices are signed out."))


@require_POST
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Save theme and contrast."""
    accounts.set_preferences(actor=actor_of(request), changes=dict(forms.read(request)))
    return HttpResponse(status=204)
