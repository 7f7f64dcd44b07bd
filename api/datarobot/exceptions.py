"""Errors as DataRobot writes them: a message, and for one that its client tells apart a name.

Its client repeats 413, 429, 502, 503 and 504, so no fault of a caller but too many requests is answered with these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from annotator.domain.errors import (
    Busy,
    Conflict,
    Denied,
    DomainError,
    Invalid,
    Missing,
    TooLarge,
    Unavailable,
)
from api.common.exceptions import InternalError, MethodNotAllowed, UnsupportedMediaType, make_handler

#: The code of an Invalid that means: this is computed or waits for it already. The client raises a class of its own for it.
JOB_ALREADY_ADDED = "job_already_added"
_NAMES = {JOB_ALREADY_ADDED: "JobAlreadyAdded"}


class BadRequest(Invalid):
    """An input that is refused with 400: the few operations for which the vendor says so."""

    code = "bad_request"


STATUS: dict[type[DomainError], int] = {
    BadRequest: 400,
    Invalid: 422,
    TooLarge: 422,
    Denied: 403,
    Missing: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    UnsupportedMediaType: 415,
    Busy: 429,
    Unavailable: 503,
    InternalError: 500,
}


class DataRobotErrorSerializer(serializers.Serializer):
    """The body of every 4xx and 5xx response."""

    message = serializers.CharField()
    errorName = serializers.ChoiceField(tuple(_NAMES.values()), required=False)


def error_body(error: DomainError, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of an error."""
    name = _NAMES.get(error.code)
    return {"message": error.message} | ({"errorName": name} if name else {})


exception_handler = make_handler(STATUS, error_body)
