"""The actor of a page request, and what visitors who are not signed in get instead."""

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


def user_of(request: HttpRequest) -> User:
    """Return the signed-in user; only behind `page` or `signed_in`."""
    user = request.user
    assert isinstance(user, User)
    return user


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in user as an Actor, limited only by memberships."""
    return Actor(user_id=user_of(request).pk, via="web")


def page(view: View) -> View:
    """Decorate a page or its form: visitors who are not signed in are redirected to the sign-in page and back (302).

    A script that submits the form gets the response of `signed_in` instead, since it cannot use the sign-in page.
    Responses are compressed: Django adds random padding, so that their length reveals nothing about secrets in them.
    """

    @gzip_page
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "application/json" in request.headers.get("Accept", ""):
            return _session_error(request) or view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(_return_path(request))
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def signed_in(view: View) -> View:
    """Decorate an endpoint of a page's script: without a session 401 and code "signed_out", so that the page keeps its data.

    The same if another user than the page's (X-Annotator-User) is signed in in this browser.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _session_error(request) or view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def _session_error(request: HttpRequest) -> JsonResponse | None:
    """Return the error for a script that does not act for the user of its page, None if it does."""
    if not request.user.is_authenticated:
        text = _("You are signed out. Sign in again in another tab. Your changes are kept.")
    elif request.headers.get("X-Annotator-User", str(request.user.pk)) != str(request.user.pk):
        text = _("Another user is signed in in this browser. Sign in again, or reload the page.")
    else:
        return None
    body = {"code": "signed_out", "message": text, "field": None}
    return JsonResponse(body, status=401, headers={"Cache-Control": "no-store"})


def _return_path(request: HttpRequest) -> str:
    """Return where to go after sign-in: the requested path, or the page whose form was submitted."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = urlsplit(request.headers.get("Referer", ""))
    return referer.path if referer.netloc == request.get_host() and referer.path else "/"
