"""The six ways in which a request can be refused; every dialect maps exactly these, nothing else is raised on purpose."""

from __future__ import annotations

import errno

#: What the system says when a disk, or a quota on it, is full.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class DomainError(Exception):
    """A refusal with words for the caller. `field` names the offending input as a dotted path, `code` is for machines."""

    code = "error"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class Invalid(DomainError):
    """The input breaks a rule; the message says which and what is allowed."""

    code = "invalid"


class NoModel(Invalid):
    """It takes a model, and none is installed; a dialect without a status for it uses Invalid's."""

    code = "no_model"


class Denied(DomainError):
    """The actor is known and sees the object, but may not do this."""

    code = "denied"


class Missing(DomainError):
    """There is no such object, or the actor may not know that there is."""

    code = "missing"


class Conflict(DomainError):
    """The object is not in the state that the caller believes it to be in."""

    code = "conflict"


class Busy(DomainError):
    """Not now: a limit of rate or a lock. The same call may pass later."""

    code = "busy"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, field=field, code=code)
        self.retry_after = retry_after


class Unavailable(Busy):
    """Not now, for everybody: the database, the disk or another part of the server does not do its work."""

    code = "unavailable"


class TooLarge(DomainError):
    """The input exceeds a size or count limit; the message names the limit."""

    code = "too_large"
