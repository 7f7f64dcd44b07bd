"""Refusals of requests that reach no view, in the words of the dialect whose address was asked."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse

from annotator.domain.errors import DomainError, TooLarge

from .common.views import DialectView
from .customvision.base import CustomVisionView
from .hasty.base import HastyView

#: The base view of each dialect by the first part of its addresses.
DIALECTS: dict[str, type[DialectView]] = {"v1": HastyView, "customvision": CustomVisionView}


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse | None:
    """Return a refusal as JSON for an address of a dialect, None for any other."""
    view = _view_of(request.path)
    if view is None:
        return None
    content = orjson.dumps(view.error_body(error))
    return HttpResponse(content, status=view.error_status(error), content_type="application/json")


def early(path: str, status: int, code: str, text: str) -> tuple[int, bytes]:
    """Return status and JSON of a refusal that comes before Django: a body that is too large (413) is what the dialect says it is."""
    view = _view_of(path)
    if view is None or status != 413:
        return status, orjson.dumps({"code": code, "message": text})
    error = TooLarge(text, code=code)
    return view.error_status(error), orjson.dumps(view.error_body(error))


def _view_of(path: str) -> DialectView | None:
    kind = DIALECTS.get(path.split("/", 2)[1])
    return kind() if kind else None
