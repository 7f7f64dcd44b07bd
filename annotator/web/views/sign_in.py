"""Sign-in by password and sign-out; for sign-in links see sign_in_link."""

from __future__ import annotations

import math

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotator import events
from annotator.domain.errors import Busy
from annotator.models import User
from annotator.server import clients
from annotator.services import security_log
from annotator.services.accounts import accounts, guesses
from annotator.services.security_log import Kind
from annotator.web.actors import actor_of

DEVICE_COOKIE = "device"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or try a name (or e-mail address) and password; `guesses` limits the attempts."""
    if request.method == "POST":
        return _authenticate(
            request, request.POST.get("name", "").strip()[:254], request.POST.get("password", "")
        )
    if request.user.is_authenticated:
        return redirect(_next(request))
    return _form(request)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session (POST); a GET changes nothing."""
    if request.method == "POST":
        if request.user.is_authenticated:
            security_log.record(Kind.SIGN_OUT, actor=actor_of(request))
        logout(request)
        events.recheck_sockets()
    return redirect(settings.LOGIN_URL if request.method == "POST" else "/")


def _authenticate(request: HttpRequest, name: str, password: str) -> HttpResponse:
    account = accounts.find(name=name) if _is_text(name) else None
    try:
        attempt = guesses.begin_sign_in(
            name=name,
            account=account,
            address=clients.current().address,
            device=request.COOKIES.get(DEVICE_COOKIE, ""),
        )
    except Busy as error:
        security_log.record(Kind.SIGN_IN_LIMITED)
        return _too_many(request, name, round(error.retry_after or 60))
    user = authenticate(request, username=account.username if account else "", password=password[:1000])
    if user is None:
        security_log.record(Kind.SIGN_IN_FAILED, user_id=account.pk if account else None)
        return _form(request, _mismatch_text(attempt.left), name)
    guesses.succeeded(attempt)
    login(request, user)
    request.session.set_expiry(None if request.POST.get("stay") else 0)
    security_log.record(Kind.SIGN_IN, actor=actor_of(request))
    return remember_device(redirect(_next(request)), account)


def remember_device(response: HttpResponse, account: User | None) -> HttpResponse:
    """Mark the browser as one in which the account signed in: those who guess elsewhere cannot keep the person out of it."""
    if account is not None:
        response.set_cookie(
            DEVICE_COOKIE,
            guesses.device_token(account),
            max_age=guesses.DEVICE_VALID_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _too_many(request: HttpRequest, name: str, seconds: int) -> HttpResponse:
    minutes = math.ceil(seconds / 60)
    text = ngettext(
        "Too many attempts. Try again in %(n)d minute, or ask for a sign-in link.",
        "Too many attempts. Try again in %(n)d minutes, or ask for a sign-in link.",
        minutes,
    )
    response = _form(request, text % {"n": minutes}, name, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _is_text(name: str) -> bool:
    """Return whether the name can be used in a query: names with NUL or lone surrogates do not exist."""
    return "\0" not in name and not any("\ud800" <= character <= "\udfff" for character in name)


def _mismatch_text(left: int | None) -> str:
    text = _("Incorrect name or password.")
    if left is None or left > 4:
        return text
    return text + " " + ngettext("%(n)d attempt left.", "%(n)d attempts left.", left) % {"n": left}


def _form(request: HttpRequest, error: str = "", name: str = "", status: int = 200) -> HttpResponse:
    context = {"error": error, "name": name, "next": _next(request), "host": request.get_host()}
    return render(request, "sign_in/page.html", context, status=status)


def _next(request: HttpRequest) -> str:
    """Return where to go after sign-in: always the path of a page of this server."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    # `redirect` takes a bare word as the name of a view.
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, None)
    return target if is_ours else settings.LOGIN_REDIRECT_URL
