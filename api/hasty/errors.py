"""How Hasty says no: its client repeats any status it does not know seven times, so the six errors use only those it does."""

from __future__ import annotations

from typing import TypedDict

from annotator.domain.errors import Busy, Conflict, Denied, DomainError, Invalid, Missing, TooLarge
from api.common.errors import Broken, NotAllowed

STATUS: dict[type[DomainError], int] = {
    Invalid: 400,
    Conflict: 400,
    TooLarge: 400,
    Denied: 403,
    Missing: 404,
    NotAllowed: 405,
    Busy: 429,
    Broken: 500,
}


class Error(TypedDict):
    """What every 4xx and 5xx answer holds."""

    code: str
    message: str


def body(error: DomainError) -> Error:
    """Return the body of a refusal; the place in a list that was sent stands before the message."""
    place = (error.field or "").partition(".")[0] if (error.field or "").startswith("[") else ""
    return {"code": error.code, "message": f"{place}: {error.message}" if place else error.message}
