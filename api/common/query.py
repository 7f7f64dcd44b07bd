"""What a query string may hold: typed parameters, read before any row is; their names belong to the dialects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict

from annotator.domain import text
from annotator.domain.errors import Invalid, TooLarge

from .shapes import check_id

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
#: Most values of one list parameter.
MAX_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: `check(text, name)` returns its value or raises Invalid. Empty text means that it is absent.

    A list is given comma-joined, repeated, or as `name[]`, of at most `most` values; `also` are other names of the same.
    """

    check: Callable[[str, str], Any]
    schema: Mapping[str, Any]
    to: str = ""
    is_list: bool = False
    required: bool = False
    default: Any = None
    also: tuple[str, ...] = ()
    doc: str = ""
    most: int = MAX_VALUES


def whole(
    *,
    low: int = 0,
    high: int = text.MAX_INT,
    default: int | None = None,
    to: str = "",
    required: bool = False,
    doc: str = "",
) -> Param:
    """A whole number."""

    def check(value: str, name: str) -> int:
        if not _WHOLE.fullmatch(value):
            raise Invalid(f"{name} must be a whole number.", field=name)
        return text.check_int(int(value), field=name, low=low, high=high)

    return Param(check, {"type": "integer", "minimum": low}, to, required=required, default=default, doc=doc)


def flag(*, default: bool | None = None, to: str = "", doc: str = "") -> Param:
    """true, false, 1 or 0 in any case."""

    def check(value: str, name: str) -> bool:
        if value.lower() not in _FLAGS:
            raise Invalid(f"{name} must be true or false.", field=name)
        return _FLAGS[value.lower()]

    return Param(check, {"type": "boolean"}, to, default=default, doc=doc)


def words(
    *, to: str = "", limit: int = 1_000, doc: str = "", also: tuple[str, ...] = (), required: bool = False
) -> Param:
    """Text of one line without control characters."""

    def check(value: str, name: str) -> str:
        return _clean(value, name, limit)

    return Param(check, {"type": "string"}, to, required=required, also=also, doc=doc)


def matching(check: Callable[[str, str], Any], *, to: str = "", doc: str = "") -> Param:
    """Text that a reader of the dialect's own understands."""
    return Param(lambda value, name: check(_clean(value, name, 1_000), name), {"type": "string"}, to, doc=doc)


def uid(
    *,
    to: str = "",
    doc: str = "",
    is_list: bool = False,
    also: tuple[str, ...] = (),
    required: bool = False,
    most: int = MAX_VALUES,
) -> Param:
    """A UUID, or a list of at most `most` of them."""
    schema = {"type": "string", "format": "uuid"}
    return Param(check_id, schema, to, is_list, required, also=also, doc=doc, most=most)


def one_of(
    values: tuple[str, ...], *, to: str = "", default: str | None = None, doc: str = "", is_list: bool = False
) -> Param:
    """One of some words, or a list of them."""

    def check(value: str, name: str) -> str:
        if value not in values:
            raise Invalid(f"{name} must be one of {', '.join(values)}.", field=name)
        return value

    return Param(
        check, {"type": "string", "enum": list(values)}, to, is_list=is_list, default=default, doc=doc
    )


def texts(*, to: str = "", doc: str = "") -> Param:
    """A list of texts."""
    return Param(
        lambda value, name: _clean(value, name, 1_000), {"type": "string"}, to, is_list=True, doc=doc
    )


def _clean(value: str, name: str, limit: int) -> str:
    return text.clean(value, field=name, limit=limit, required=False)


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of one operation; unknown ones are ignored."""

    params: Mapping[str, Param] = field(default_factory=dict)

    def __or__(self, other: Query) -> Query:
        return Query({**self.params, **other.params})

    def read(self, given: QueryDict) -> dict[str, Any]:
        """Return the values under the service's names: those given, and defaults that are not None."""
        found: dict[str, Any] = {}
        for name, param in self.params.items():
            values = _values(given, name, param)
            if values:
                checked = [param.check(value, name) for value in values]
                found[param.to or name] = checked if param.is_list else checked[-1]
            elif param.required:
                raise Invalid(f"{name} is required.", field=name)
            elif param.default is not None:
                found[param.to or name] = param.default
        return found


def _values(given: QueryDict, name: str, param: Param) -> list[str]:
    raw: list[str] = []
    for each in (name, *param.also):
        raw += given.getlist(each)
        if param.is_list:
            raw += given.getlist(f"{each}[]")
    if param.is_list:
        raw = [part.strip() for value in raw for part in value.split(",")]
    values = [value for value in raw if value]
    if len(values) > param.most:
        raise TooLarge(f"{name} may have at most {param.most:,} values, not {len(values):,}.", field=name)
    return values


def query(**params: Param) -> Query:
    """Return the parameters of an operation."""
    return Query(params)


def given(request: HttpRequest) -> QueryDict:
    """Return the query string of a request. Invalid when it has too many parameters."""
    try:
        return request.GET
    except TooManyFieldsSent:
        raise Invalid("The query string has too many parameters.") from None
