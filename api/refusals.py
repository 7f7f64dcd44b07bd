"""Refusals of requests that reach no view, in the words of the dialect whose address was asked."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse

from annotator.domain.errors import DomainError

from .common.views import DialectView
from .customvision.base import CustomVisionView
from .hasty.base import HastyView

#: The base view of each dialect by the first part of its addresses.
DIALECTS: dict[str, type[DialectView]] = {"v1": HastyView, "customvision": CustomVisionView}


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse | None:
    """Return a refusal as JSON for an address of a dialect, None for any other."""
    kind = DIALECTS.get(request.path.split("/", 2)[1])
    if kind is None:
        return None
    view = kind()
    content = orjson.dumps(view.error_body(error))
    return HttpResponse(content, status=view.error_status(error), content_type="application/json")
