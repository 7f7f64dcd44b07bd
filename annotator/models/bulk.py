"""Inserts many rows of one table past the ORM's cost per row; values are given by column, as Python has them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Convert = Callable[[Any], Any] | None


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `columns` (attnames; all columns without a database default).

    SQLite: one executemany; PostgreSQL: COPY. Nothing is validated but by the database, and no defaults are
    filled in. Runs in the caller's transaction.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    fields = [
        next(field for field in model._meta.concrete_fields if field.attname == name) for name in columns
    ]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    converts = [_convert(field) for field in fields]
    if any(converts):
        rows = (
            [v if f is None or v is None else f(v) for f, v in zip(converts, row, strict=True)]
            for row in rows
        )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608


def _convert(field: Any) -> Convert:
    """Return how a value of the column reaches this database; None = as it is."""
    target = field.target_field if field.is_relation else field
    if connection.vendor == "postgresql":
        return None
    if isinstance(target, models.UUIDField):
        return _hex
    if isinstance(target, models.DateTimeField):
        return _Times()
    return None


class _Times(dict[datetime, Any]):
    """Adapted times by time: the rows of one insert mostly carry the same one."""

    def __call__(self, moment: datetime) -> Any:
        found = self.get(moment)
        if found is None:
            found = self[moment] = connection.ops.adapt_datetimefield_value(moment)
        return found


def _hex(value: uuid.UUID) -> str:
    return value.hex
