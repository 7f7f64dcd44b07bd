"""Who asks on our own pages: the signed-in person as an Actor, and what a stranger gets instead of a page or a call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from annotator.domain.actor import Actor
from annotator.models import User

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def person_of(request: HttpRequest) -> User:
    """Return the signed-in person; only behind `page` or `signed_in`."""
    user = request.user
    assert isinstance(user, User)
    return user


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in person as one who acts on a page: no limits but her memberships."""
    return Actor(user_id=person_of(request).pk, via="web")


def page(view: View) -> View:
    """A page of ours, or a form of one: a visitor who is not signed in goes to the sign-in page and comes back (302).

    A script that sends the form is told as by `signed_in`: it would take the sign-in page for an answer.
    Sent packed: Django pads packed answers at random, so their length says nothing of the secrets in them.
    """

    @gzip_page
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "application/json" in request.headers.get("Accept", ""):
            return _refusal(request) or view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(_way_back(request))
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def signed_in(view: View) -> View:
    """A call of a page's script: without a session 401 and code "signed_out", so that the page keeps what it holds.

    The same when somebody else than the person of the page (X-Annotator-User) has signed in on this browser.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _refusal(request) or view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def _refusal(request: HttpRequest) -> JsonResponse | None:
    """Return what a script is told that does not act for the person of its page; None when it does."""
    if not request.user.is_authenticated:
        text = _("You are signed out. Sign in again in another tab. Your changes are kept.")
    elif request.headers.get("X-Annotator-User", str(request.user.pk)) != str(request.user.pk):
        text = _("Another user is signed in in this browser. Sign in again, or reload the page.")
    else:
        return None
    body = {"code": "signed_out", "message": text, "field": None}
    return JsonResponse(body, status=401, headers={"Cache-Control": "no-store"})


def _way_back(request: HttpRequest) -> str:
    """Return where to go after signing in: what was asked for, or the page whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    return came.path if came.netloc == request.get_host() and came.path else "/"
