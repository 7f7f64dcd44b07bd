"""The error pages for requests that reach no view or find the server out of order: unknown host, damaged request, outage, server error."""

from __future__ import annotations

import functools
import logging

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from annotator.domain.errors import DomainError, Invalid, Unavailable
from annotator.server.bodies import Answer

_log = logging.getLogger(__name__)


def error_of(request: HttpRequest, error: Exception | None) -> Invalid:
    """Return the error of a rejected request, with what to do about it."""
    if isinstance(error, DisallowedHost):
        host = request.META.get("HTTP_HOST", "")[:200]
        return Invalid(
            _(
                "This server is not configured for the host name %(host)s. "
                "An administrator can add it to ANNOTATOR_ALLOWED_HOSTS."
            )
            % {"host": host},
            code="host_not_allowed",
        )
    return Invalid(_("The address or the submitted data is damaged. Go back and try again."))


def bad_request_page(request: HttpRequest, error: Invalid) -> HttpResponse:
    """Return the page of status 400."""
    return render(request, "400.html", {"text": error.message}, status=400)


@functools.lru_cache(maxsize=32)
def early_page(status: int, code: str, text: str) -> Answer:
    """Return the page of an error that comes before any view, for a browser; it is in the default language."""
    context = {"error": Invalid(text, code=code), "status": status}
    content = loader.get_template("error.html").render(context).encode()
    return Answer(status, content, ((b"content-type", b"text/html; charset=utf-8"),))


def is_script(request: HttpRequest) -> bool:
    """Return whether an error is to be JSON: for scripts and our own pages' requests."""
    return request.path.startswith("/web/") or "application/json" in request.headers.get("Accept", "")


def json_error(error: DomainError, status: int) -> HttpResponse:
    """Return an error as scripts read it."""
    return JsonResponse({"code": error.code, "message": error.message, "field": error.field}, status=status)


def unavailable(request: HttpRequest, error: Unavailable, *, cause: BaseException) -> HttpResponse:
    """Return the 503 of an outage with Retry-After; it uses no database, so the page is that of a visitor."""
    _log.warning("%s %s: %s: %s", request.method, request.path, type(cause).__name__, str(cause).strip())
    if is_script(request):
        response = json_error(error, 503)
    else:
        content = loader.get_template("error.html").render({"error": error, "status": 503})
        response = HttpResponse(content, status=503)
    response["Retry-After"] = str(max(1, round(error.retry_after or 1)))
    return response


def server_error_page(request: HttpRequest) -> HttpResponse:
    """Return the page of status 500 with the request id that the log entry has; it does not use the database."""
    number = getattr(request, "request_id", "")
    _log.error("%s %s failed, request %s", request.method, request.path, number)
    return HttpResponse(loader.get_template("500.html").render({"number": number}), status=500)
