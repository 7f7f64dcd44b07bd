"""The vendor's status codes: number and description of each, and the HTTP status that goes with it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from . import messages


@dataclass(frozen=True, slots=True)
class Code:
    """A status of the vendor."""

    number: int
    description: str
    http: int = 400


SUCCESS = Code(10000, "Ok", 200)
TRY_AGAIN = Code(10030, "Try again", 409)

THROTTLED = Code(11005, "Too many requests", 429)
EXCEEDS_LIMITS = Code(11006, "Request exceeds limits", 413)
INSUFFICIENT_SCOPES = Code(11007, "API key has insufficient scopes", 403)
KEY_INVALID = Code(11008, "Invalid API key or Invalid API key/application pair", 401)
BAD_FORMAT = Code(11100, "Bad request format")
DOES_NOT_EXIST = Code(11101, "Resource does not exist", 404)
INVALID_REQUEST = Code(11102, "Invalid request")
METHOD_NOT_ALLOWED = Code(11103, "Method not allowed", 405)

MODEL_DOES_NOT_EXIST = Code(21200, "Model does not exist")

CONCEPTS_INVALID = Code(40003, "Invalid request")
DUPLICATE_KEY = Code(40010, "Duplicate key")

RESOURCE_EXHAUSTED = Code(98014, "Internal resource exhausted", 503)
UNCATEGORIZED = Code(99009, "Internal error", 500)

_BY_NUMBER = {one.number: one for one in list(globals().values()) if isinstance(one, Code)}


def http_status(number: int) -> int:
    """Return the HTTP status of a response with a status of the vendor."""
    found = _BY_NUMBER.get(number)
    return found.http if found else 200


def status(code: Code) -> Any:
    """Return the message of a status."""
    return messages.status_message()(code=code.number, description=code.description)


def request_id(prefix: str = "") -> str:
    """Return a new id of a request: the client's prefix and 32 hexadecimal digits."""
    return f"{prefix}{uuid.uuid4().hex}"
