"""The composition root of HTTP: all dialects, all pages."""

from __future__ import annotations

import sys

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from annotator.services import outages
from annotator.web import error_pages
from api.common.exceptions import InternalError
from api.handlers import error_response

apps.get_app_config("admin").load()  # type: ignore[attr-defined]

urlpatterns = [
    path("", include("annotator.web.urls")),
    path("", include("api.urls")),
    path("admin/", admin.site.urls),
]


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be taken: each caller in its own words."""
    error = error_pages.error_of(request, exception)
    return error_response(request, error) or error_pages.bad_request_page(request, error)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer for an outage in the middleware, or a mistake of ours, outside of the dialects' views."""
    cause = sys.exception()
    if cause is not None and (outage := outages.unavailable(cause)):
        return error_response(request, outage) or error_pages.unavailable(request, outage, cause=cause)
    return error_response(
        request, InternalError("Something went wrong on our side.")
    ) or error_pages.server_error_page(request)
