"""The account page: display name, e-mail address, password, sessions, appearance."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator.domain.errors import Busy, Conflict
from annotator.models import User
from annotator.services.accounts import accounts, rates, sessions
from annotator.services.accounts.preferences import set_preferences
from annotator.web import forms, mails, page_context
from annotator.web.actors import actor_of, page, signed_in, user_of
from annotator.web.display_names import device_name

#: Links that verify an address, in an hour: the address may be anybody's.
MAILS_PER_HOUR = 5


@require_safe
@page
def account(request: HttpRequest) -> HttpResponse:
    own = sessions.list_own(actor=actor_of(request), current_key=request.session.session_key)
    rows = [{**session._asdict(), "device": device_name(session.user_agent)} for session in own]
    context = {
        "sends_email": settings.SENDS_EMAIL,
        "sessions": rows,
        "languages": settings.LANGUAGES,
        "chosen_language": user_of(request).preferences.get("language", ""),
    }
    return render(request, "account/page.html", {**page_context.base(request), **context})


@require_POST
@page
def change_profile(request: HttpRequest) -> HttpResponse:
    fields = forms.read(request)
    before = user_of(request).email
    user = accounts.update(
        actor=actor_of(request),
        display_name=forms.text(fields, "display_name"),
        email=forms.text(fields, "email"),
    )
    if user.email in ("", before) or not settings.SENDS_EMAIL:
        is_other = user.email.casefold() != before.casefold()
        return forms.respond(request, to="/account/", toast=_("Account saved."), stay=not is_other)
    return _send_verification(request, user)


@require_POST
@page
def send_verification(request: HttpRequest) -> HttpResponse:
    """Send the link that verifies the address again."""
    user = user_of(request)
    if not settings.SENDS_EMAIL:
        raise Conflict(_("This server sends no e-mail. An administrator can verify your address."))
    if not user.email or user.email_verified_at is not None:
        raise Conflict(_("There is no address to verify."))
    return _send_verification(request, user)


def _send_verification(request: HttpRequest, user: User) -> HttpResponse:
    wait, _left = rates.take(f"verify:{user.pk}", rate=MAILS_PER_HOUR / 3600, burst=MAILS_PER_HOUR)
    if wait:
        raise Busy(_("Too many messages. Try again later."), code=rates.THROTTLED, retry_after=wait)
    mails.send_verification(request, user)
    toast = _("Open the link that was sent to %(address)s to verify it.") % {"address": user.email}
    return forms.respond(request, to="/account/", toast=toast)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def verify_email(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button that verifies the address of the signed-in user, or verify it (POST)."""
    if request.method != "POST":
        return render(request, "account/verify.html")
    accounts.verify_email(actor=actor_of(request), token=token)
    return redirect("account")


@require_POST
@page
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password; this session continues, all others end."""
    fields = forms.read(request)
    user = accounts.set_password(
        actor=actor_of(request), old=forms.text(fields, "old"), new=forms.text(fields, "new")
    )
    update_session_auth_hash(request, user)
    actor = actor_of(request)
    sessions.end_others(user_id=user.pk, current_key=request.session.session_key, actor=actor)
    return forms.respond(request, to="/account/", toast=_("Password changed. Other devices are signed out."))


@require_POST
@page
def end_session(request: HttpRequest, session_id: str) -> HttpResponse:
    sessions.end(actor=actor_of(request), session_id=session_id)
    return forms.respond(request, to="/account/", toast=_("Session ended."))


@require_POST
@page
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    count = sessions.end_others(user_id=actor.user_id, current_key=request.session.session_key, actor=actor)
    toast = ngettext("%(n)d session ended.", "%(n)d sessions ended.", count) % {"n": count}
    return forms.respond(request, to="/account/", toast=toast)


@require_POST
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Save theme, contrast, language, and the keys of the labeling page."""
    set_preferences(actor=actor_of(request), changes=dict(forms.read(request)))
    return HttpResponse(status=204)
