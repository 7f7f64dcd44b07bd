"""What page scripts and forms send, read into plain values; and the one shape in which a write is answered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from annotator.domain.errors import Invalid, TooLarge
from annotator.domain.ids import parse_uuid

MAX_JSON = 8 * 1024 * 1024


def wants_json(request: HttpRequest) -> bool:
    """Return whether a script asks: it names JSON as what it takes."""
    return "application/json" in request.headers.get("Accept", "")


def read(request: HttpRequest) -> Mapping[str, Any]:
    """Return the fields of a request: of a JSON object, or of a form (the last value of each name).

    Raises Invalid for a body that is not a JSON object, TooLarge above 8 MB.
    """
    if request.content_type != "application/json":
        return request.POST.dict()
    if int(request.headers.get("Content-Length") or 0) > MAX_JSON or len(request.body) > MAX_JSON:
        raise TooLarge("At most 8 MB at once.")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The body is not valid JSON: {error}.") from None
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object.")
    return body


def words(fields: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return a text field as sent; what it may hold is checked by the service. Invalid for anything but text."""
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise Invalid(f"{name} must be text.", field=name)
    return value


def flag(fields: Mapping[str, Any], name: str) -> bool:
    """Return a checkbox: a form sends "on" or nothing, a script true or false."""
    return fields.get(name) in (True, "on", "true", "1")


def one_id(fields: Mapping[str, Any], name: str) -> uuid.UUID:
    """Return the id in a field or raise Invalid naming the field."""
    found = parse_uuid(fields.get(name))
    if found is None:
        raise Invalid(f"{name} must be an id.", field=name)
    return found


def many_ids(fields: Mapping[str, Any], name: str, limit: int) -> list[uuid.UUID]:
    """Return a list of ids without repetition, at least one, or raise Invalid (TooLarge above `limit`)."""
    value = fields.get(name)
    if not isinstance(value, list) or not value:
        raise Invalid(f"{name} must be a list of ids.", field=name)
    if len(value) > limit:
        raise TooLarge(f"{name} may hold at most {limit:,} ids, not {len(value):,}.", field=name)
    found = [parse_uuid(item) for item in value]
    if None in found:
        raise Invalid(f"{name} must hold ids only.", field=name)
    return list(dict.fromkeys(key for key in found if key is not None))


def whole(fields: Mapping[str, Any], name: str, default: int, *, high: int) -> int:
    """Return a whole number 0..high of a query string or form; Invalid otherwise."""
    raw = fields.get(name) or ""
    if raw == "":
        return default
    if not isinstance(raw, str) or not raw.isascii() or not raw.isdigit() or len(raw) > 18 or int(raw) > high:
        raise Invalid(f"{name} must be a whole number up to {high:,}.", field=name)
    return int(raw)


def as_json(body: Any, status: int = 200) -> HttpResponse:
    """Return JSON that no cache keeps: it is one person's view of one moment."""
    response = HttpResponse(orjson.dumps(body, default=str), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response


def done(
    request: HttpRequest,
    *,
    to: str,
    toast: str = "",
    undo: Mapping[str, Any] | None = None,
    stay: bool = False,
    **data: Any,
) -> HttpResponse:
    """Answer a write: a script gets JSON, a form without script goes on to the address `to` (303).

    `toast` is one line in words; `undo` is {url, body}, which the page posts when the person presses Undo.
    `stay` tells the script not to leave the page; `data` is anything else that it needs.
    """
    if wants_json(request):
        return as_json({"to": None if stay else to, "toast": toast, "undo": undo, **data})
    response = redirect(to)
    response.status_code = 303
    return response
