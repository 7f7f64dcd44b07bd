"""How Hasty says no: its client repeats any status it does not know seven times, so the six errors use only those it does."""

from __future__ import annotations

import re
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


#: What Hasty calls the fields that the services name.
_NAMES = {
    "box": "bbox",
    "points": "polygon",
    "concept": "class_id",
    "order": "norder",
    "tool": "tool_used",
    "z": "z_index",
}


def body(error: DomainError) -> Error:
    """Return the body of a refusal. Its message names the field, and the place in a list that was sent, as there is no other room."""
    where = re.sub(r"[a-z]\w*", lambda found: _NAMES.get(found[0], found[0]), error.field or "")
    name = re.findall(r"[A-Za-z]\w*", where)[-1:]
    is_told = error.code == "name_taken" or all(re.search(rf"\b{word}\b", error.message) for word in name)
    if is_told:  # the words name the field, or what clashes, already
        where = where.partition(".")[0] if where.startswith("[") else ""
    return {"code": error.code, "message": f"{where}: {error.message}" if where else error.message}
