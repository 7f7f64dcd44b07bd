"""From any exception to one of the domain's errors, and from that to a response by a dialect's table."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import IntegrityError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from annotator.domain.errors import Busy, Conflict, Denied, DomainError, Invalid, Missing, TooLarge
from annotator.models import Project
from annotator.services import outages, security_log

_log = logging.getLogger("api")

#: The code of a Denied that means: no credential, or an unknown one.
UNAUTHENTICATED = "unauthenticated"
# Codes that DRF's fields give their messages; for callers all of them are "invalid".
_FIELD_CODES = frozenset(
    {"invalid", "required", "null", "blank", "max_length", "min_length", "invalid_choice", "max_value", "min_value"}
    | {"not_a_list", "not_a_dict", "empty", "overflow", "too_deep"}
)  # fmt: skip


class NoCredential(Denied):
    """No credential was sent; a dialect without a status for it uses that of an unknown one."""

    code = UNAUTHENTICATED


class MethodNotAllowed(DomainError):
    """The address exists, but not with this HTTP method; `allowed` are those it has."""

    code = "method_not_allowed"

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{method} is not allowed here; allowed: {', '.join(allowed) or 'nothing'}.")
        self.allowed = tuple(allowed)


class UnsupportedMediaType(Invalid):
    """The body is of a type that this address does not take; a dialect without a status for it uses Invalid's."""

    code = "unsupported_media_type"


class InternalError(DomainError):
    """A mistake of ours; nothing was committed."""

    code = "internal_error"


StatusTable = Mapping[type[DomainError], int]


def as_domain_error(error: Exception) -> DomainError | None:
    """Return the domain's error that an exception means, or None for a mistake of ours.

    A database or disk that does not do its work is Unavailable; a row that was created at the same moment is Conflict.
    """
    match error:
        case DomainError():
            return error
        case exceptions.ValidationError():
            return _first_invalid(error.detail)
        case exceptions.NotAuthenticated():
            return NoCredential(str(error.detail))
        case exceptions.AuthenticationFailed():
            return Denied(str(error.detail), code=UNAUTHENTICATED)
        case Http404() | exceptions.NotFound():
            return Missing("There is no such address.")
        case TooManyFieldsSent():
            return Invalid("The query string has too many parameters.")
        case RequestDataTooBig():
            return TooLarge("The body is too large.")
        case SuspiciousOperation():
            return Invalid(str(error) or "The request cannot be read.")
        case UnreadablePostError():
            return Invalid("The body ended before it was complete.")
        case IntegrityError():
            _log.warning("a write conflicted with another one", exc_info=error)
            return Conflict("Somebody else changed the same object at the same moment. Try again.")
    outage = outages.unavailable(error)
    if outage is not None:
        _log.warning("answered with 503: %s: %s", type(error).__name__, str(error).strip())
    return outage


def _first_invalid(detail: Any) -> Invalid | TooLarge:
    """Return the first error of a serializer or filterset; `field` is its place, like `regions[3].tagId`."""
    place = ""
    while not isinstance(detail, exceptions.ErrorDetail):
        if isinstance(detail, Mapping):
            key, detail = next(iter(detail.items()))
            if isinstance(key, int):
                place += f"[{key}]"
            elif key != api_settings.NON_FIELD_ERRORS_KEY:
                place += f".{key}" if place else str(key)
        else:
            index, detail = next((i, part) for i, part in enumerate(detail) if part)
            if not isinstance(detail, exceptions.ErrorDetail):
                place += f"[{index}]"
    name = place.rsplit(".", 1)[-1] or "The body"
    code = detail.code
    kind = TooLarge if code == "too_large" else Invalid
    return kind(f"{name} {detail}", field=place or None, code="invalid" if code in _FIELD_CODES else code)


def status_of(table: StatusTable, error: DomainError) -> int:
    """Return the status of an error by the dialect's table, which must know the domain's six and the two of this module.

    Denied for want of a valid credential is 401 in every dialect, unless its table knows NoCredential.
    """
    if isinstance(error, Denied) and error.code == UNAUTHENTICATED:
        return table.get(NoCredential, 401) if isinstance(error, NoCredential) else 401
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def _record_refusal(error: Denied, request: Any, view: Any) -> None:
    scope = getattr(view, "scope", None)
    workspace_id = scope.workspace_id if isinstance(scope, Project) else scope and scope.pk
    security_log.record_refusal(
        error, method=request.method, path=request.path, actor=request.auth, workspace_id=workspace_id
    )


def make_handler(
    table: StatusTable, body: Callable[[DomainError, Mapping[str, str]], Any]
) -> Callable[[Exception, Any], Response]:
    """Return the EXCEPTION_HANDLER of a dialect: statuses by its table, bodies by its function.

    The body's function takes the error and the `error_codes` of the view, where a dialect's views have some.
    """

    def handle(exception: Exception, context: Any) -> Response:
        request, view = context["request"], context["view"]
        error = as_domain_error(exception)
        if error is None:
            number = getattr(request, "request_id", "")
            _log.error("%s %s failed, request %s", request.method, request.path, number, exc_info=exception)
            error = InternalError(f"Something went wrong on our side; nothing was changed. Request {number}.")
        if isinstance(error, Denied) and error.code != UNAUTHENTICATED:
            _record_refusal(error, request, view)
        response = Response(body(error, getattr(view, "error_codes", {})), status=status_of(table, error))
        if isinstance(error, Busy) and error.retry_after:
            response["Retry-After"] = str(max(1, round(error.retry_after)))
        if isinstance(error, MethodNotAllowed):
            response["Allow"] = ", ".join(error.allowed)
        return response

    return handle
