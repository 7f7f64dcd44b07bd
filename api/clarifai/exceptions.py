"""Errors in the vendor's form: an object with `status` alone, whose code says what kind it is and `details` why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework import serializers

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
from api.common.exceptions import UNAUTHENTICATED, InternalError, MethodNotAllowed, NoCredential, make_handler

from . import statuses
from .statuses import Code

_CODES: dict[type[DomainError], Code] = {
    Invalid: statuses.INVALID_REQUEST,
    NoModel: statuses.MODEL_DOES_NOT_EXIST,
    TooLarge: statuses.EXCEEDS_LIMITS,
    Denied: statuses.INSUFFICIENT_SCOPES,
    NoCredential: statuses.KEY_INVALID,
    Missing: statuses.DOES_NOT_EXIST,
    MethodNotAllowed: statuses.METHOD_NOT_ALLOWED,
    Conflict: statuses.TRY_AGAIN,
    Busy: statuses.THROTTLED,
    Unavailable: statuses.RESOURCE_EXHAUSTED,
    InternalError: statuses.UNCATEGORIZED,
}
STATUS: dict[type[DomainError], int] = {kind: code.http for kind, code in _CODES.items()}
#: The domain's codes of an Invalid that have a status of their own.
_OF_INVALID = {"malformed_json": statuses.BAD_FORMAT}


class Refusal(Invalid):
    """A refusal with a status of the vendor's own."""

    def __init__(self, status: Code, message: str) -> None:
        super().__init__(message, code=str(status.number))
        self.status = status


@contextmanager
def refusing(codes: Mapping[str, Code]) -> Iterator[None]:
    """Give the domain's refusals of input in the block the vendor's statuses of their codes; ids in use are called duplicates."""
    try:
        yield
    except Invalid as error:
        if error.code not in codes:
            raise
        raise Refusal(codes[error.code], f"duplicate {error.field or 'id'}: {error.message}") from None


class StatusSerializer(serializers.Serializer):
    """What became of a request."""

    code = serializers.IntegerField()
    description = serializers.CharField()
    details = serializers.CharField(required=False)
    req_id = serializers.CharField()


class ClarifaiErrorSerializer(serializers.Serializer):
    """The body of every response to a request that failed as a whole."""

    status = StatusSerializer()


def code_of(error: DomainError) -> Code:
    """Return the vendor's status of an error."""
    if isinstance(error, Refusal):
        return error.status
    if isinstance(error, Denied) and error.code == UNAUTHENTICATED:
        return statuses.KEY_INVALID
    if type(error) is Invalid and error.code in _OF_INVALID:
        return _OF_INVALID[error.code]
    return next(_CODES[kind] for kind in type(error).__mro__ if kind in _CODES)


def error_body(error: DomainError, codes: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of an error."""
    code = code_of(error)
    found = {"code": code.number, "description": code.description, "details": error.message}
    return {"status": found | {"req_id": statuses.request_id()}}


exception_handler = make_handler(STATUS, error_body)
