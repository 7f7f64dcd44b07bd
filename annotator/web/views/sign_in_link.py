"""Sign-in by a one-time link: a page with a button, so that a preview of the link does not use it."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotator.services.accounts import sign_in
from annotator.web.views.sign_in import remember_device

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Show whom the link signs in, or sign them in (POST) and open the home page; an invalid link returns 404.

    The page names the user who is signed in in this browser already: their session ends.
    """
    if request.method != "POST":
        person = sign_in.find_link(secret=secret).user
        return render(request, "sign_in/link.html", {"person": person, "host": request.get_host()})
    person = sign_in.use_link(secret=secret)
    login(request, person, backend=BACKEND)
    return remember_device(redirect("/"), person)
