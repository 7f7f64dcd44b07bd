"""From any exception to one refusal: the six errors of the domain, and what HTTP itself adds; no status numbers of a vendor."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework.exceptions import MethodNotAllowed

from annotator.domain.errors import Busy, Conflict, Denied, DomainError, Invalid, Missing, TooLarge

_log = logging.getLogger(__name__)

#: The code of a Denied that means: no credential, or not one that we know.
UNAUTHENTICATED = "unauthenticated"
#: The code of a Busy that means: this credential asks too often.
THROTTLED = "throttled"


class NotAllowed(DomainError):
    """The address exists, but not with this HTTP method; `allowed` are those it has."""

    code = "method_not_allowed"

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{method} is not allowed here; allowed: {', '.join(allowed) or 'nothing'}.")
        self.allowed = tuple(allowed)


class WrongMediaType(Invalid):
    """The body is of a kind that this address does not take; a dialect without a word for it says Invalid's."""

    code = "unsupported_media_type"


class Broken(DomainError):
    """A mistake of ours; nothing was committed."""

    code = "internal_error"


def as_refusal(error: Exception) -> DomainError | None:
    """Return the refusal that an exception means, or None for a mistake of ours.

    A database that stays locked is Busy; a row that somebody else made at the same moment is Conflict.
    """
    match error:
        case DomainError():
            return error
        case Http404():
            return Missing("There is no such address.")
        case MethodNotAllowed():
            return Invalid("This method is not allowed here.")
        case RequestDataTooBig():
            return TooLarge("The body is too large.")
        case SuspiciousOperation():
            return Invalid(str(error) or "The request cannot be read.")
        case UnreadablePostError():
            return Invalid("The body ended before it was complete.")
        case OperationalError() if "locked" in str(error) or "timeout" in str(error):
            return Busy("The database is busy. Try again.", retry_after=1)
        case IntegrityError():
            _log.warning("a write met another one", exc_info=error)
            return Conflict("Somebody else changed the same thing at the same moment. Try again.")
    return None


def status_of(table: Mapping[type[DomainError], int], error: DomainError) -> int:
    """Return the status of a refusal by the dialect's table, which must know the six errors and the two of this module.

    A Denied that means "who are you?" is 401 in every dialect.
    """
    if isinstance(error, Denied) and error.code == UNAUTHENTICATED:
        return 401
    return next(table[kind] for kind in type(error).__mro__ if kind in table)
