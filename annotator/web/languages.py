"""The language of a response: pages speak the user's, everything else English."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

#: What the addresses begin with that programs ask: their answers are the same whatever a caller's languages are.
PROGRAMS = ("/v1", "/v2", "/api/v", "/api/schema", "/customvision", "/m/", "/t/", "/u/", "/x/")


class LanguageMiddleware:
    """Activates the language of the request's user; stands after the middleware that knows the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_page = not request.path_info.startswith(PROGRAMS)
        with translation.override(language_of(request) if is_page else settings.LANGUAGE_CODE):
            response = self.get_response(request)
            if is_page:
                response.headers.setdefault("Content-Language", translation.get_language() or "")
                patch_vary_headers(response, ("Accept-Language",))
        return response


def language_of(request: HttpRequest) -> str:
    """Return the language of the user's account, else of the cookie of the sign-in page, else of the browser, else English."""
    preferences = getattr(request.user, "preferences", None) or {}
    return preferences.get("language") or get_language_from_request(request)
