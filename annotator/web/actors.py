"""From a request of our own pages to an Actor, and what happens when nobody is signed in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from annotator.domain.actor import Actor
from annotator.domain.errors import Denied
from annotator.models import User

View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts on our own pages: the person of the session, without the limits of a token."""
    user = request.user
    if not isinstance(user, User):
        raise Denied("Sign in first.", code="signed_out")
    return Actor(user_id=user.pk, via="web")


def signed_in(view: View) -> View:
    """Answer 401 JSON when nobody is signed in: for the calls of pages under /web/."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return JsonResponse({"code": "signed_out", "message": "Your session has ended. Sign in again; nothing is lost."}, status=401)
        return view(request, *args, **kwargs)

    return guarded


def page(view: View) -> View:
    """Redirect to the sign-in page, and back afterwards, when nobody is signed in: for pages."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
