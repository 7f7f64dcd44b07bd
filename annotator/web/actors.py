"""Who asks on our own pages: the signed-in person as an Actor, and what a stranger gets instead of a page or a call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

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
    """A page of ours: a visitor who is not signed in goes to the sign-in page and comes back (302).

    Sent packed: Django pads packed answers at random, so their length says nothing of the secrets in them.
    """

    @gzip_page
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def signed_in(view: View) -> View:
    """A call of a page's script: without a session 401 and code "signed_out", so that the page keeps what it holds."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            body = {"code": "signed_out", "message": _("You are signed out. Sign in again; nothing is lost.")}
            return JsonResponse(body, status=401, headers={"Cache-Control": "no-store"})
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]
