"""Middleware of all HTTP answers: a request id, and refusals of the domain as pages or JSON of our own."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from annotator.domain.errors import Busy, Conflict, Denied, DomainError, Invalid, Missing, TooLarge

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
    """Return the HTTP status of a refusal on our own pages."""
    return next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 400)


class RequestIdMiddleware:
    """Puts X-Request-ID on every answer, so that a person can name a failed call to the operator."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class DomainErrorMiddleware:
    """Turns a DomainError of a page view into an answer; dialects handle theirs before it gets here."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        status = status_of(error)
        wants_json = request.path.startswith("/web/") or "application/json" in request.headers.get(
            "Accept", ""
        )
        if wants_json:
            body = {"code": error.code, "message": error.message, "field": error.field}
            response: HttpResponse = JsonResponse(body, status=status)
        else:
            response = render(request, "error.html", {"error": error, "status": status}, status=status)
        if isinstance(error, Busy) and error.retry_after:
            response["Retry-After"] = str(max(1, round(error.retry_after)))
        return response
