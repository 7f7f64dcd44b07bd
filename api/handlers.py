"""Errors of requests that reach no view, in the form of the dialect whose address was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from annotator.domain.errors import Busy, DomainError, Invalid, TooLarge, Unavailable
from annotator.server.bodies import Admission, Answer

from .clarifai import exceptions as clarifai
from .coactive import exceptions as coactive
from .common.exceptions import StatusTable, status_of
from .common.viewsets import DialectView, DialectViewSet
from .customvision import exceptions as customvision
from .datarobot import exceptions as datarobot
from .hasty import exceptions as hasty

_EARLY: dict[int, type[DomainError]] = {413: TooLarge, 429: Busy, 503: Unavailable}
#: The statuses of each dialect and the function that writes its error bodies, by what its addresses begin with.
DIALECTS: dict[str, tuple[StatusTable, Callable[[DomainError, Mapping[str, str]], Any]]] = {
    "v1": (hasty.STATUS, hasty.error_body),
    "api/v0": (coactive.STATUS, coactive.error_body),
    "api/v1": (coactive.STATUS, coactive.error_body),
    "v2": (clarifai.STATUS, clarifai.error_body),
    "customvision": (customvision.STATUS, customvision.error_body),
    "api/v2": (datarobot.STATUS, datarobot.error_body),
}


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse | None:
    """Return an error as JSON for an address of a dialect, None for any other."""
    found = _in_form_of(request.path, error)
    if found is None:
        return None
    response = HttpResponse(found[1], status=found[0], content_type="application/json")
    if isinstance(error, Busy) and error.retry_after:
        response["Retry-After"] = str(max(1, round(error.retry_after)))
    return response


def early_error(path: str, status: int, code: str, text: str) -> Answer | None:
    """Return an error that comes before Django, None for an address of no dialect.

    Of a body that is too large (413) and of too many requests (429, 503) the dialect has a status of its own.
    """
    error = _EARLY[status](text, code=code) if status in _EARLY else Invalid(text, code=code)
    found = _in_form_of(path, error)
    return found and Answer(found[0] if status in _EARLY else status, found[1])


def admit(request: HttpRequest) -> Admission | None:
    """Return what the view of a dialect's address lets the request send, None for an address of no dialect.

    All that the view checks before it reads a body is checked: credential, rate, method, path, role, query. Raises
    Refused with the view's own answer.
    """
    if _prefix(request.path) not in DIALECTS:
        return None
    try:
        match = resolve(request.path_info)
    except Resolver404:  # the prefix of a dialect alone
        return None
    function: Any = match.func
    view: DialectView = function.cls(**function.initkwargs)
    if isinstance(view, DialectViewSet):  # as its as_view does
        view.action_map = function.actions
        for method, action in function.actions.items():
            setattr(view, method, getattr(view, action))
    return view.admit(request, **match.kwargs)


def is_decoding(method: str, path: str) -> bool:
    """Return whether a request decodes or fetches images while its caller waits, as its view says; called for every request."""
    is_possible = method in {"POST", "PUT", "PATCH"} or (method == "GET" and path.endswith("/files"))
    if not is_possible or _prefix(path) not in DIALECTS:
        return False
    try:
        function: Any = resolve(path, urlconf="api.urls").func
    except Resolver404:
        return False
    action = getattr(function, "actions", {}).get(method.lower())
    return action in function.cls.decoding_actions


def _prefix(path: str) -> str:
    """Return what tells the dialect of an address: its first part, and of those under /api/ the version too."""
    first, _, rest = path.removeprefix("/").partition("/")
    return f"api/{rest.partition('/')[0]}" if first == "api" else first


def _in_form_of(path: str, error: DomainError) -> tuple[int, bytes] | None:
    """Return status and JSON of an error in the form of the dialect of an address, None for an address of none."""
    dialect = DIALECTS.get(_prefix(path))
    if dialect is None:
        return None
    statuses, body = dialect
    return status_of(statuses, error), orjson.dumps(body(error, {}))
