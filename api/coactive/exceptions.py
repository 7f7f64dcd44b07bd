"""Errors as Coactive writes them: a text as `detail`, or for input a list of places and reasons as FastAPI does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.settings import api_settings

from annotator.domain.errors import (
    Busy,
    Conflict,
    Denied,
    DomainError,
    Invalid,
    Missing,
    NoModel,
    TooLarge,
    Unavailable,
)
from api.common.exceptions import InternalError, MethodNotAllowed, NoCredential, make_handler

STATUS: dict[type[DomainError], int] = {
    Invalid: 422,
    NoModel: 400,
    TooLarge: 422,
    Denied: 403,
    NoCredential: 403,
    Missing: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    Busy: 429,
    Unavailable: 503,
    InternalError: 500,
}
#: Where input can be; the first part of the place of an error.
PLACES = ("path", "query", "body")
# The types of errors, by the codes that the fields give their messages.
_TYPES = {"required": "value_error.missing", "null": "type_error.none.not_allowed"}


class ValidationErrorSerializer(serializers.Serializer):
    """One thing that is wrong with the input."""

    loc = serializers.ListField(child=serializers.JSONField())
    msg = serializers.CharField()
    type = serializers.CharField()


class CoactiveErrorSerializer(serializers.Serializer):
    """The body of every 4xx and 5xx response: a text, or for 422 a list of ValidationError."""

    detail = serializers.JSONField()


def error_body(error: DomainError, codes: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of an error."""
    if not isinstance(error, Invalid | TooLarge) or isinstance(error, NoModel):
        return {"detail": error.message}
    found = [int(part) if part.isdecimal() else part for part in re.findall(r"[^.\[\]]+", error.field or "")]
    loc = found if found[1:] and found[0] in PLACES else ["body", *found]
    return {"detail": [{"loc": loc, "msg": error.message, "type": f"value_error.{error.code}"}]}


_handle = make_handler(STATUS, error_body)


def exception_handler(exception: Exception, context: Any) -> Response:
    """Return the response to an exception; of input that serializers refuse it names all that is wrong."""
    if isinstance(exception, exceptions.ValidationError):
        return Response({"detail": list(_reasons(exception.detail, []))}, status=422)
    return _handle(exception, context)


def _reasons(detail: Any, loc: list[str | int]) -> Iterator[dict[str, Any]]:
    """Yield what is wrong at a place and below it."""
    if isinstance(detail, exceptions.ErrorDetail):
        name = next((part for part in reversed(loc) if isinstance(part, str)), "")
        kind = _TYPES.get(detail.code or "", "value_error")
        yield {"loc": loc, "msg": f"{name} {detail}", "type": kind}
    elif isinstance(detail, Mapping):
        for key, below in detail.items():
            yield from _reasons(below, loc if key == api_settings.NON_FIELD_ERRORS_KEY else [*loc, key])
    else:
        for index, below in enumerate(detail):
            is_place = below and not isinstance(below, exceptions.ErrorDetail)
            yield from _reasons(below, [*loc, index] if is_place else loc)
