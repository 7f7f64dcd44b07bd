"""What one method of one address promises: who may, what it takes, what it gives; read by the view and by the schema alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .query import Query
from .shapes import Body

Handler = TypeVar("Handler", bound=Callable[..., Any])
_ATTRIBUTE = "operation"


@dataclass(frozen=True, slots=True)
class Operation:
    """The promise of a handler.

    `may` is the action of policy.GRANTS that is asked in the place named by the path ("" asks nothing). `query` and
    `body` are read after that, so that refusals keep their order. `gives` is the type of the answer: a TypedDict,
    a list of one, or None for an empty answer. `status` is that of the answer; one that the handler may choose instead
    (a batch that went well in part) is `or_status`. `key` is the mark of the vendor's contract.
    """

    summary: str
    may: str = ""
    query: Query | None = None
    body: Body | None = None
    gives: Any = None
    status: int = 200
    key: str = ""
    is_body_optional: bool = False
    note: str = ""
    or_status: int | None = None


def operation(
    summary: str,
    *,
    may: str = "",
    query: Query | None = None,
    body: Body | None = None,
    gives: Any = None,
    status: int = 200,
    key: str = "",
    is_body_optional: bool = False,
    note: str = "",
    or_status: int | None = None,
) -> Callable[[Handler], Handler]:
    """Mark a method of a DialectView (`get`, `post`, ...) with its promise."""
    promise = Operation(summary, may, query, body, gives, status, key, is_body_optional, note, or_status)

    def mark(handler: Handler) -> Handler:
        setattr(handler, _ATTRIBUTE, promise)
        return handler

    return mark


def operation_of(handler: Any) -> Operation:
    """Return the promise of a handler; a handler without one promises nothing but an answer."""
    found: Operation = getattr(handler, _ATTRIBUTE, Operation(""))
    return found
