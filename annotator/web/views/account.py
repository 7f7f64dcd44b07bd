"""The page of one's own account: name, address, password, look."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.services.accounts import accounts
from annotator.web import forms, frames
from annotator.web.actors import actor_of, page, signed_in


@require_safe
@page
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "account/page.html", frames.plain(request))


@require_POST
@page
def change_profile(request: HttpRequest) -> HttpResponse:
    fields = forms.read(request)
    accounts.update(
        actor=actor_of(request),
        display_name=forms.words(fields, "display_name"),
        email=forms.words(fields, "email"),
    )
    return forms.done(request, to="/account/", toast=_("Account saved."), stay=True)


@require_POST
@page
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password; this session goes on, all others end."""
    fields = forms.read(request)
    user = accounts.set_password(
        actor=actor_of(request), old=forms.words(fields, "old"), new=forms.words(fields, "new")
    )
    update_session_auth_hash(request, user)
    return forms.done(request, to="/account/", toast=_("Password changed. Other devices are signed out."))


@require_POST
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember theme and contrast."""
    accounts.set_preferences(actor=actor_of(request), changes=dict(forms.read(request)))
    return HttpResponse(status=204)
