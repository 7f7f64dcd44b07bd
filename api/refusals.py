"""Refusals of requests that reach no view, in the words of the dialect whose address was asked."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse

from annotator.domain.errors import DomainError, TooLarge
from annotator.server.bridge import plain_refusal

from .common.views import DialectView
from .customvision.base import CustomVisionView
from .hasty.base import HastyView

#: The base view of each dialect by the first part of its addresses.
DIALECTS: dict[str, type[DialectView]] = {"v1": HastyView, "customvision": CustomVisionView}


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse | None:
    """Return a refusal as JSON for an address of a dialect, None for any other."""
    said = _in_words_of(request.path, error)
    return said and HttpResponse(said[1], status=said[0], content_type="application/json")


def early(path: str, status: int, code: str, text: str) -> tuple[int, bytes]:
    """Return status and JSON of a refusal that comes before Django: a body that is too large (413) is what the dialect says it is."""
    said = _in_words_of(path, TooLarge(text, code=code)) if status == 413 else None
    return said or plain_refusal(path, status, code, text)


def _in_words_of(path: str, error: DomainError) -> tuple[int, bytes] | None:
    """Return status and JSON of a refusal as the dialect of an address says it, None for an address of none."""
    kind = DIALECTS.get(path.split("/", 2)[1])
    if kind is None:
        return None
    view = kind()
    return view.error_status(error), orjson.dumps(view.error_body(error))
