"""Middleware of all HTTP responses: a request id, and domain errors as pages or JSON."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _

from annotator.domain.errors import Busy, Conflict, Denied, DomainError, Invalid, Missing, TooLarge
from annotator.server import clients
from annotator.services import outages, security_log
from annotator.services.accounts.sessions import session_usage
from annotator.web import error_pages
from annotator.web.actors import actor_of
from annotator.web.scopes import workspace_of

STATUS_OF: dict[type[DomainError], int] = {
    Invalid: 400,
    Denied: 403,
    Missing: 404,
    Conflict: 409,
    TooLarge: 413,
    Busy: 429,
}
Handler = Callable[[HttpRequest], HttpResponseBase]


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a domain error on our own pages."""
    return next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 400)


class RequestIdMiddleware:
    """Sets X-Request-ID on every response, so that users can report a failed request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class ClientMiddleware:
    """Names the sender of the request to the security log, for services that do not see the request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with clients.serving(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", "")):
            return self.get_response(request)


class NoStoreMiddleware:
    """Keeps pages and answers to signed-in users out of caches; static files, media and the API document keep their rules."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") or request.path.startswith("/web/")
        has_session = hasattr(request, "session") and request.session.accessed
        if (is_page or has_session) and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response


#: Endpoints that an open page asks by itself: they do not keep an unattended session alive.
_POLLED = frozenset({"project-events", "job-state"})


class SessionUseMiddleware:
    """Notes the last use of the session of a signed-in user, in memory only."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match, key = request.resolver_match, request.session.session_key
        if request.session.accessed and key and not (match and match.url_name in _POLLED):
            session_usage.note(key)
        return response


class DomainErrorMiddleware:
    """Turns a DomainError of a page view, an outage, and an empty 405 into a response; API errors are handled before they reach it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        error = Invalid(
            _("This address only accepts form submissions. Go back to the page with the form.")
            if request.method in ("GET", "HEAD")
            else _("This action is not available at this address. Reload the page and try again."),
            code="method_not_allowed",
        )
        error_response = _error_response(request, error, 405)
        error_response["Allow"] = response["Allow"]
        return error_response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if outage := outages.unavailable(error):
            return error_pages.unavailable(request, outage, cause=error)
        if not isinstance(error, DomainError):
            return None
        if isinstance(error, Denied):
            _record_refusal(request, error)
        response = _error_response(request, error, status_of(error))
        if isinstance(error, Busy) and error.retry_after:
            response["Retry-After"] = str(max(1, round(error.retry_after)))
        return response


def _record_refusal(request: HttpRequest, error: Denied) -> None:
    match = request.resolver_match
    security_log.record_refusal(
        error,
        method=request.method or "",
        path=request.path,
        actor=actor_of(request) if request.user.is_authenticated else None,
        workspace_id=workspace_of(match.kwargs) if match else None,
    )


def _error_response(request: HttpRequest, error: DomainError, status: int) -> HttpResponse:
    """Return an error as JSON for a script, as a page otherwise."""
    if error_pages.is_script(request):
        return error_pages.json_error(error, status)
    return render(request, "error.html", {"error": error, "status": status}, status=status)
