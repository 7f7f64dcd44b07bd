"""The OpenAPI document at /api/schema/ and the page to browse it at /api/docs/, open to everybody."""

from __future__ import annotations

import functools

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe


@functools.cache
def _document() -> bytes:
    """Return the document; what makes it is heavy, so it is imported when the first reader comes."""
    content: bytes = import_string("api.common.schema.document_bytes")()
    return content


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer the document as JSON, under the name that the Accept header gives it."""
    kind = "application/vnd.oai.openapi+json"
    wanted = request.headers.get("Accept", "")
    return HttpResponse(_document(), content_type=kind if kind in wanted else "application/json")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Answer the page; its script and styles come from this server."""
    return render(request, "api/docs.html")
