"""Errors as Hasty writes them. Its client repeats any status it does not know seven times, which is right for 503; of the others it knows all."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
from api.common.exceptions import InternalError, MethodNotAllowed, make_handler

STATUS: dict[type[DomainError], int] = {
    Invalid: 400,
    Conflict: 400,
    TooLarge: 400,
    Denied: 403,
    Missing: 404,
    MethodNotAllowed: 405,
    Busy: 429,
    Unavailable: 503,
    InternalError: 500,
}
#: Hasty's names of the fields that the services name.
_NAMES = {
    "box": "bbox",
    "points": "polygon",
    "concept": "class_id",
    "order": "norder",
    "tool": "tool_used",
    "z": "z_index",
}


class ErrorSerializer(serializers.Serializer):
    """The body of every 4xx and 5xx response."""

    code = serializers.CharField()
    message = serializers.CharField()


def error_body(error: DomainError, codes: Mapping[str, str]) -> dict[str, str]:
    """Return the body of an error. Its message names the field, and the place in a list, because it has no other room for them."""
    place = re.sub(r"[a-z]\w*", lambda found: _NAMES.get(found[0], found[0]), error.field or "")
    name = re.findall(r"[A-Za-z]\w*", place)[-1:]
    is_named = error.code == "name_taken" or all(re.search(rf"\b{word}\b", error.message) for word in name)
    if is_named:  # the message names the field, or what clashes, already
        place = place.partition(".")[0] if place.startswith("[") else ""
    return {"code": error.code, "message": f"{place}: {error.message}" if place else error.message}


exception_handler = make_handler(STATUS, error_body)
