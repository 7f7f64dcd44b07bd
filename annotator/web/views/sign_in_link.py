"""Sign-in by a one-time link."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotator.services.accounts import sign_in


@never_cache
@require_GET
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in the user of the link and open the home page; an invalid link returns 404."""
    user = sign_in.use_link(secret=secret)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("/")
