"""How Custom Vision says no: a code of its list, at the top for its clients and nested as its gateway does it.

Its clients repeat 408 and every 5xx, so nothing that a client does wrong uses these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypedDict

from annotator.domain.errors import Busy, Conflict, Denied, DomainError, Invalid, Missing, TooLarge
from api.common.errors import THROTTLED, UNAUTHENTICATED, Broken, NotAllowed, WrongMediaType

STATUS: dict[type[DomainError], int] = {
    Invalid: 400,
    TooLarge: 400,
    Denied: 403,
    Missing: 404,
    NotAllowed: 405,
    Conflict: 409,
    WrongMediaType: 415,
    Busy: 429,
    Broken: 500,
}
# The codes of refusals: by the domain's code, by the input they name, by their kind.
_BY_CODE = {
    UNAUTHENTICATED: "ForbiddenUser",
    THROTTLED: "BadRequestExceededQuota",
    "token_scope": "ForbiddenUserResource",
    "too_large": "BadRequestExceededBatchSize",
}
_BY_FIELD = {
    "imageIds": "BadRequestInvalidIds",
    "regionIds": "BadRequestInvalidIds",
    "tagIds": "BadRequestInvalidIds",
    "iterationId": "BadRequestInvalidIds",
}
_BY_KIND: dict[type[DomainError], str] = {
    Invalid: "BadRequest",
    TooLarge: "BadRequestExceededBatchSize",
    Denied: "ForbiddenUserInsufficientCapability",
    Missing: "NotFound",
    NotAllowed: "BadRequestOperationNotSupported",
    Conflict: "Conflict",
    WrongMediaType: "UnsupportedMediaType",
    Busy: "ErrorUnknown",
    Broken: "ErrorUnknown",
}


class InnerErrorOut(TypedDict):
    code: str
    message: str


class CustomVisionErrorOut(TypedDict):
    """What every 4xx and 5xx answer holds."""

    code: str
    message: str
    error: InnerErrorOut


def code_of(error: DomainError, own: Mapping[str, str]) -> str:
    """Return the code of a refusal; `own` are the address's codes by the domain's code or by field.

    A domain code in the vendor's own spelling is one already.
    """
    if error.code[:1].isupper():
        return error.code
    parts = re.split(r"[.\[]", error.field or "")
    keys = (
        (own, error.code),
        (_BY_CODE, error.code),
        (own, parts[0]),
        (own, parts[-1]),
        (_BY_FIELD, parts[0]),
    )
    for codes, key in keys:
        if key in codes:
            return codes[key]
    return next(_BY_KIND[kind] for kind in type(error).__mro__ if kind in _BY_KIND)


def body(error: DomainError, own: Mapping[str, str]) -> CustomVisionErrorOut:
    """Return the body of a refusal; the gateway, which asks for the key, says the status as its code."""
    code = code_of(error, own)
    inner = "401" if error.code == UNAUTHENTICATED else code
    return {"code": code, "message": error.message, "error": {"code": inner, "message": error.message}}
