"""Errors as Custom Vision writes them: a code of its list, at the top for its clients and nested as its gateway does it.

Its clients repeat 408 and every 5xx, so no fault of a caller is answered with these.
"""

from __future__ import annotations

import re
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
from annotator.services.accounts.rates import THROTTLED
from api.common.exceptions import (
    UNAUTHENTICATED,
    InternalError,
    MethodNotAllowed,
    UnsupportedMediaType,
    make_handler,
)

STATUS: dict[type[DomainError], int] = {
    Invalid: 400,
    TooLarge: 400,
    Denied: 403,
    Missing: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    UnsupportedMediaType: 415,
    Busy: 429,
    Unavailable: 503,
    InternalError: 500,
}
# The codes of errors: by the domain's code, by the input they name, by their class.
_BY_CODE = {
    UNAUTHENTICATED: "ForbiddenUser",
    THROTTLED: "BadRequestExceededQuota",
    "quota": "BadRequestExceededQuota",
    "token_scope": "ForbiddenUserResource",
    "too_large": "BadRequestExceededBatchSize",
    "no_model": "BadRequestNotSupported",
}
_BY_FIELD = {
    "imageIds": "BadRequestInvalidIds",
    "regionIds": "BadRequestInvalidIds",
    "tagIds": "BadRequestInvalidIds",
    "iterationId": "BadRequestInvalidIds",
}
_BY_CLASS: dict[type[DomainError], str] = {
    Invalid: "BadRequest",
    TooLarge: "BadRequestExceededBatchSize",
    Denied: "ForbiddenUserInsufficientCapability",
    Missing: "NotFound",
    MethodNotAllowed: "BadRequestOperationNotSupported",
    Conflict: "Conflict",
    UnsupportedMediaType: "UnsupportedMediaType",
    Busy: "ErrorUnknown",
    InternalError: "ErrorUnknown",
}


class InnerErrorSerializer(serializers.Serializer):
    """The error as the gateway nests it."""

    code = serializers.CharField()
    message = serializers.CharField()


class CustomVisionErrorSerializer(serializers.Serializer):
    """The body of every 4xx and 5xx response."""

    code = serializers.CharField()
    message = serializers.CharField()
    error = InnerErrorSerializer()


def code_of(error: DomainError, codes: Mapping[str, str]) -> str:
    """Return the code of an error; `codes` are the view's own, by the domain's code or by the name of the input.

    A domain code in the vendor's spelling is one already.
    """
    if error.code[:1].isupper():
        return error.code
    parts = re.split(r"[.\[]", error.field or "")
    lookups = (
        (codes, error.code),
        (_BY_CODE, error.code),
        (codes, parts[0]),
        (codes, parts[-1]),
        (_BY_FIELD, parts[0]),
    )
    for table, key in lookups:
        if key in table:
            return table[key]
    return next(_BY_CLASS[kind] for kind in type(error).__mro__ if kind in _BY_CLASS)


def error_body(error: DomainError, codes: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of an error; where the key is missing the gateway writes the status as the nested code."""
    code = code_of(error, codes)
    inner = "401" if error.code == UNAUTHENTICATED else code
    return {"code": code, "message": error.message, "error": {"code": inner, "message": error.message}}


exception_handler = make_handler(STATUS, error_body)
