"""Writes rows of one table past the ORM's cost per row and query; values are given by column, as Python has them."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Convert = Callable[[Any], Any] | None


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `columns` (attnames; all columns without a database default).

    SQLite: one executemany; PostgreSQL: COPY. Nothing is validated but by the database, and no defaults are
    filled in. Runs in the caller's transaction.
    """
    vendor = connection.vendor
    names, marks, kinds = _insertion(model, tuple(columns), vendor)
    converts = _fresh(kinds)
    if any(converts):
        rows = [
            [v if f is None or v is None else f(v) for f, v in zip(converts, row, strict=True)]
            for row in rows
        ]
    with connection.cursor() as cursor:
        if vendor == "postgresql" and len(rows) > 1:
            with cursor.copy(f"COPY {names} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {names} VALUES ({marks})", rows)  # noqa: S608


def update(model: type[models.Model], key: uuid.UUID, **values: Any) -> None:
    """Set columns (by attname) of one row. Runs in the caller's transaction."""
    sql, kinds = _updating(model, tuple(values), connection.vendor)
    given = (*values.values(), key)
    bound = [v if f is None or v is None else f(v) for f, v in zip(_fresh(kinds), given, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)


@functools.cache
def _insertion(
    model: type[models.Model], columns: tuple[str, ...], vendor: str
) -> tuple[str, str, list[Convert]]:
    """Return the quoted table with its columns, a placeholder for each, and how their values are converted."""
    fields = _fields(model, columns)
    names = ", ".join(f'"{field.column}"' for field in fields)
    kinds = [_convert(field, vendor) for field in fields]
    return f'"{model._meta.db_table}" ({names})', ", ".join(["%s"] * len(fields)), kinds


@functools.cache
def _updating(model: type[models.Model], columns: tuple[str, ...], vendor: str) -> tuple[str, list[Convert]]:
    """Return the statement that sets columns of the row with a key, and how the values and the key are converted."""
    *changed, key = fields = _fields(model, (*columns, model._meta.pk.attname))
    setting = ", ".join(f'"{field.column}" = %s' for field in changed)
    sql = f'UPDATE "{model._meta.db_table}" SET {setting} WHERE "{key.column}" = %s'  # noqa: S608
    return sql, [_convert(field, vendor) for field in fields]


def _fields(model: type[models.Model], columns: tuple[str, ...]) -> list[Any]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in columns]


def _convert(field: Any, vendor: str) -> Convert:
    """Return how a value of the column reaches this database; None = as it is."""
    target = field.target_field if field.is_relation else field
    if vendor == "postgresql":
        return None
    if isinstance(target, models.UUIDField):
        return _hex
    if isinstance(target, models.DateTimeField):
        return _Times
    return None


def _fresh(kinds: list[Convert]) -> list[Convert]:
    """Return the conversions with a memory of their own, see _Times."""
    return [_Times() if kind is _Times else kind for kind in kinds]


class _Times(dict[datetime, Any]):
    """Adapted times by time: the rows of one insert mostly carry the same one."""

    def __call__(self, moment: datetime) -> Any:
        found = self.get(moment)
        if found is None:
            found = self[moment] = connection.ops.adapt_datetimefield_value(moment)
        return found


def _hex(value: uuid.UUID) -> str:
    return value.hex
