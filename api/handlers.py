"""Errors of requests that reach no view, in the form of the dialect whose address was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from annotator.domain.errors import DomainError, TooLarge
from annotator.server.bridge import plain_refusal

from .common.exceptions import StatusTable, status_of
from .customvision import exceptions as customvision
from .hasty import exceptions as hasty

#: The statuses of each dialect and the function that writes its error bodies, by the first part of its addresses.
DIALECTS: dict[str, tuple[StatusTable, Callable[[DomainError, Mapping[str, str]], Any]]] = {
    "v1": (hasty.STATUS, hasty.error_body),
    "customvision": (customvision.STATUS, customvision.error_body),
}


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse | None:
    """Return an error as JSON for an address of a dialect, None for any other."""
    found = _in_form_of(request.path, error)
    return found and HttpResponse(found[1], status=found[0], content_type="application/json")


def early_error(path: str, status: int, code: str, text: str) -> tuple[int, bytes]:
    """Return status and JSON of an error that comes before Django: a body that is too large (413) is what the dialect says it is."""
    found = _in_form_of(path, TooLarge(text, code=code)) if status == 413 else None
    return found or plain_refusal(path, status, code, text)


def _in_form_of(path: str, error: DomainError) -> tuple[int, bytes] | None:
    """Return status and JSON of an error in the form of the dialect of an address, None for an address of none."""
    dialect = DIALECTS.get(path.split("/", 2)[1])
    if dialect is None:
        return None
    statuses, body = dialect
    return status_of(statuses, error), orjson.dumps(body(error, {}))
