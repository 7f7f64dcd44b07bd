"""Readers for the fields that scripts and forms send, and the response to a write."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from annotator.domain.errors import Invalid, TooLarge
from annotator.domain.ids import parse_uuid
from annotator.server.json_body import read_object


def wants_json(request: HttpRequest) -> bool:
    """Return whether the request comes from a script: it accepts JSON."""
    return "application/json" in request.headers.get("Accept", "")


def read(request: HttpRequest) -> Mapping[str, Any]:
    """Return the fields of a request: of a JSON object, or of a form (the last value of each name).

    Raises Invalid for a body that is not a JSON object, TooLarge above ANNOTATOR_MAX_JSON_MB.
    """
    if request.content_type != "application/json":
        return request.POST.dict()
    return read_object(request)


def text(fields: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return a text field as sent; the service validates it. Raises Invalid for anything but text."""
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise Invalid(f"{name} must be text.", field=name)
    return value


def client(fields: Mapping[str, Any]) -> str:
    """Return the id that the sending page gave itself, so that it knows its own events; "" for what is no such id."""
    value = fields.get("client")
    return value if isinstance(value, str) and len(value) <= 64 and value.isprintable() else ""


def boolean(fields: Mapping[str, Any], name: str) -> bool:
    """Return a checkbox: a form sends "on" or nothing, a script true or false."""
    return fields.get(name) in (True, "on", "true", "1")


def one_id(fields: Mapping[str, Any], name: str) -> uuid.UUID:
    """Return the id in a field or raise Invalid naming the field."""
    found = parse_uuid(fields.get(name))
    if found is None:
        raise Invalid(f"{name} must be an id.", field=name)
    return found


def many_ids(fields: Mapping[str, Any], name: str, limit: int) -> list[uuid.UUID]:
    """Return a list of distinct ids, at least one, or raise Invalid (TooLarge above `limit`)."""
    value = fields.get(name)
    if not isinstance(value, list) or not value:
        raise Invalid(f"{name} must be a list of ids.", field=name)
    if len(value) > limit:
        raise TooLarge(f"{name} may hold at most {limit:,} ids, not {len(value):,}.", field=name)
    found = [parse_uuid(item) for item in value]
    if None in found:
        raise Invalid(f"{name} must hold ids only.", field=name)
    return list(dict.fromkeys(key for key in found if key is not None))


def integer(fields: Mapping[str, Any], name: str, default: int, *, high: int) -> int:
    """Return a whole number 0..high of a query string or form, or raise Invalid."""
    raw = fields.get(name) or ""
    if raw == "":
        return default
    if not isinstance(raw, str) or not raw.isascii() or not raw.isdigit() or len(raw) > 18 or int(raw) > high:
        raise Invalid(f"{name} must be a whole number up to {high:,}.", field=name)
    return int(raw)


def as_json(body: Any, status: int = 200) -> HttpResponse:
    """Return JSON with stored texts spliced in unparsed. Never cached: it depends on the user and the moment."""
    response = HttpResponse(orjson.dumps(body, default=str), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response


def respond(
    request: HttpRequest,
    *,
    to: str,
    toast: str = "",
    undo: Mapping[str, Any] | None = None,
    stay: bool = False,
    **data: Any,
) -> HttpResponse:
    """Return the response to a write: JSON for a script, a redirect to `to` (303) for a form without script.

    `toast` is one line of text; `undo` is {url, body}, which the page posts when the user presses Undo.
    `stay` tells the script not to leave the page; `data` is passed on to it.
    """
    if wants_json(request):
        return as_json({"to": None if stay else to, "toast": toast, "undo": undo, **data})
    response = redirect(to)
    response.status_code = 303
    return response
