"""What a request body may hold: fields that check one JSON value and rename it for the service; no query, no rule of the world."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from annotator.domain import ids, text
from annotator.domain.errors import Invalid, TooLarge

Check = Callable[[Any, str], Any]
Json = Mapping[str, Any]

#: A rule of the house: nested values that are stored as they are may be this deep.
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Field:
    """One named value: `check(value, where)` returns it or raises Invalid naming `where`; `schema` is OpenAPI's.

    `to` is the name that the service knows it by. A field that is absent is left out of what is read, unless it is
    `required`. Null means "clear" and is passed on where `is_clearable`; else it is as good as absent, or refused
    when the field is required.
    """

    check: Check
    schema: Json
    to: str = ""
    required: bool = False
    is_clearable: bool = False
    doc: str = ""


def text_field(
    *, limit: int = 100_000, doc: str = "", to: str = "", required: bool = False, null: bool = False
) -> Field:
    """A string; length and characters are the service's to judge."""

    def check(value: Any, where: str) -> str:
        if not isinstance(value, str):
            raise Invalid(f"{_named(where)} must be text.", field=where)
        if len(value) > limit:
            raise Invalid(f"{_named(where)} must have at most {limit:,} characters.", field=where)
        return value

    return Field(check, {"type": "string"}, to, required, null, doc)


def choice_field(
    values: tuple[str, ...], *, doc: str = "", to: str = "", required: bool = False, null: bool = False
) -> Field:
    """One of some strings."""

    def check(value: Any, where: str) -> str:
        if value not in values:
            raise Invalid(f"{_named(where)} must be one of {', '.join(values)}.", field=where)
        return str(value)

    return Field(check, {"type": "string", "enum": list(values)}, to, required, null, doc)


def id_field(*, doc: str = "", to: str = "", required: bool = False, null: bool = False) -> Field:
    """A UUID; read as uuid.UUID."""
    return Field(check_id, {"type": "string", "format": "uuid"}, to, required, null, doc)


def check_id(value: Any, where: str) -> uuid.UUID:
    """Return the UUID of a hyphenated string of 36 characters."""
    found = ids.parse_uuid(value)
    if found is None:
        raise Invalid(f"{_named(where)} must be a UUID.", field=where)
    return found


def int_field(
    *,
    low: int = -text.MAX_INT - 1,
    high: int = text.MAX_INT,
    doc: str = "",
    to: str = "",
    required: bool = False,
    null: bool = False,
) -> Field:
    """A whole number within 64 bits or narrower."""

    def check(value: Any, where: str) -> int:
        return text.check_int(value, field=where, low=low, high=high)

    return Field(check, {"type": "integer"}, to, required, null, doc)


def number_field(
    *,
    low: float = -1e300,
    high: float = 1e300,
    doc: str = "",
    to: str = "",
    required: bool = False,
    null: bool = False,
) -> Field:
    """A finite number."""

    def check(value: Any, where: str) -> float:
        return text.check_float(value, field=where, low=low, high=high)

    return Field(check, {"type": "number"}, to, required, null, doc)


def bool_field(*, doc: str = "", to: str = "", required: bool = False) -> Field:
    """True or false."""

    def check(value: Any, where: str) -> bool:
        if not isinstance(value, bool):
            raise Invalid(f"{_named(where)} must be true or false.", field=where)
        return value

    return Field(check, {"type": "boolean"}, to, required, False, doc)


def time_field(*, doc: str = "", to: str = "", null: bool = False) -> Field:
    """A time in ISO 8601; without an offset it is UTC."""

    def check(value: Any, where: str) -> datetime:
        try:
            found = parse_datetime(value) if isinstance(value, str) else None
            if found is not None:
                return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
        raise Invalid(f"{_named(where)} must be a time like 2019-08-24T14:15:22Z.", field=where)

    return Field(check, {"type": "string", "format": "date-time"}, to, False, null, doc)


def any_field(
    *, schema: Json | None = None, doc: str = "", to: str = "", required: bool = False, null: bool = False
) -> Field:
    """Any JSON value, at most MAX_DEPTH levels deep: its reader checks the rest."""
    return Field(_check_depth, schema or {}, to, required, null, doc)


def _check_depth(value: Any, where: str) -> Any:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            x
            for item in level
            if isinstance(item, dict | list)
            for x in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return value
    raise Invalid(f"{_named(where)} is nested deeper than {MAX_DEPTH} levels.", field=where)


def list_field(
    item: Field | Shape,
    *,
    limit: int = 10_000,
    doc: str = "",
    to: str = "",
    required: bool = False,
    null: bool = False,
) -> Field:
    """A list of values or objects of one kind."""
    listed = ListOf(item, limit=limit)
    return Field(listed.read, {"type": "array", "items": item}, to, required, null, doc)


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: `name` is its component in the schema. Unknown fields of a body are ignored."""

    name: str
    fields: Mapping[str, Field] = field(default_factory=dict)

    def read(self, raw: Any, where: str = "") -> dict[str, Any]:
        """Return the values given, under the service's names."""
        if not isinstance(raw, dict):
            raise Invalid(f"{_named(where)} must be a JSON object.", field=where or None)
        found: dict[str, Any] = {}
        for name, spec in self.fields.items():
            value = raw.get(name)
            at = f"{where}.{name}" if where else name
            if value is not None:
                found[spec.to or name] = spec.check(value, at)
            elif spec.required:
                raise Invalid(f"{name} is required.", field=at)
            elif spec.is_clearable and name in raw:
                found[spec.to or name] = None
        return found


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; as a body, errors name the place: `[3].name`."""

    item: Field | Shape
    limit: int = 10_000

    def read(self, raw: Any, where: str = "") -> list[Any]:
        """Return the items in order."""
        if not isinstance(raw, list):
            raise Invalid(f"{_named(where)} must be a list.", field=where or None)
        if len(raw) > self.limit:
            raise TooLarge(
                f"{_named(where)} may have at most {self.limit:,} items, not {len(raw):,}.",
                field=where or None,
            )
        read = self.item.read if isinstance(self.item, Shape) else self.item.check
        return [read(item, f"{where}[{index}]") for index, item in enumerate(raw)]


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object of at most `limit` names that the caller chooses; errors name `key` or `value`."""

    item: Field
    limit: int = 1_000

    def read(self, raw: Any, where: str = "") -> dict[str, Any]:
        """Return the values by name."""
        if not isinstance(raw, dict):
            raise Invalid(f"{_named(where)} must be a JSON object.", field=where or None)
        if len(raw) > self.limit:
            raise TooLarge(
                f"{_named(where)} may have at most {self.limit:,} entries, not {len(raw):,}.",
                field=where or None,
            )
        return {name: self.item.check(value, "value") for name, value in raw.items()}


def map_field(item: Field, *, limit: int = 1_000, doc: str = "", to: str = "") -> Field:
    """An object of names that the caller chooses."""
    mapped = MapOf(item, limit)
    return Field(mapped.read, {"type": "object", "additionalProperties": item}, to, doc=doc)


Body = Shape | ListOf | MapOf


def shape(name: str, /, **fields: Field) -> Shape:
    """Return an object shape; field names that are Python keywords get a trailing underscore here."""
    return Shape(name, {key.rstrip("_") if key.endswith("_") else key: spec for key, spec in fields.items()})


def _named(where: str) -> str:
    return where.rsplit(".", 1)[-1] if where else "The body"
