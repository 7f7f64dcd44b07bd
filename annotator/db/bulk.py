"""Writes rows of one table past the ORM's cost per row and query; values are given by column, as Python has them."""

from __future__ import annotations

import functools
import operator
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain, repeat
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState
from django.utils import timezone

Convert = Callable[[Any], Any] | None
Row = TypeVar("Row", bound=models.Model)
# One size, so that a connection has its statement at hand: another takes longer to prepare than it saves. SQLite takes
# 32,766 values in one.
_ROWS_OF_STATEMENT = 100


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `columns` (attnames; all columns that cannot be null).

    SQLite: many rows a statement; PostgreSQL: COPY. Nothing is validated but by the database, and no defaults are
    filled in. Runs in the caller's transaction.
    """
    if rows:
        insert_columns(model, dict(zip(columns, zip(*rows, strict=True), strict=True)), {})


def insert_columns(
    model: type[models.Model], varying: Mapping[str, Sequence[Any]], shared: Mapping[str, Any]
) -> None:
    """Do what `insert` does with values by column: one for each row in `varying`, one for all rows in `shared`."""
    count = len(next(iter(varying.values())))
    # A column without any value is left out: a None takes SQLite's driver longer than a text or a number.
    each = {name: values for name, values in varying.items() if not _is_all(values, None)}
    alike = {name: value for name, value in shared.items() if value is not None}
    alike |= {name: values[0] for name, values in each.items() if _is_all(values, values[0])}
    each = {name: values for name, values in each.items() if name not in alike}
    names, kinds = _insertion(model, (*alike, *each), connection.vendor)
    first = [
        convert(value) if convert else value for value, convert in zip(alike.values(), kinds, strict=False)
    ]
    columns = map(_converted, each.values(), kinds[len(first) :])
    rows = list(zip(*columns, strict=True)) if each else [()] * count
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and count > 1:
            # Django's cursor does not turn the driver's errors of a COPY into its own.
            with connection.wrap_database_errors, cursor.copy(f"COPY {names} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*first, *row))
        else:
            _insert_values(cursor, names, first, rows)


def _insert_values(cursor: Any, names: str, first: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows that all begin with the values `first`.

    A statement of many rows finds its place in the indexes once, and takes what is alike once: half of the time. What is
    left over is inserted row by row.
    """
    rest = len(rows) // _ROWS_OF_STATEMENT * _ROWS_OF_STATEMENT
    for size, start, stop in ((_ROWS_OF_STATEMENT, 0, rest), (1, rest, len(rows))):
        if start < stop:
            blocks = [[*first, *chain.from_iterable(rows[at : at + size])] for at in range(start, stop, size)]
            cursor.executemany(_statement(names, len(first), len(rows[0]), size), blocks)


@functools.lru_cache(maxsize=256)
def _statement(names: str, first: int, width: int, rows: int) -> str:
    """Return the insert of some rows: `first` values that are bound once for all of them, then `width` a row."""
    if rows == 1:
        return f"INSERT INTO {names} VALUES ({', '.join(['%s'] * (first + width))})"  # noqa: S608 (names of ours)
    alike = [f"?{place}" for place in range(1, first + 1)]
    values = []
    for start in range(first + 1, first + 1 + rows * width, width) if width else [first + 1] * rows:
        one = [*alike, *(f"?{place}" for place in range(start, start + width))]
        values.append(f"({','.join(one)})")
    return f"INSERT INTO {names} VALUES {','.join(values)}"  # noqa: S608 (names of ours)


def create(rows: Sequence[models.Model]) -> None:
    """Insert new instances of one model as `bulk_create` does, with their times, but without its cost per row."""
    if not rows:
        return
    model, now = type(rows[0]), timezone.now()
    fields = written_fields(model)
    columns = [field.attname for field in fields]
    times = {name: now for field, name in zip(fields, columns, strict=True) if _is_time_of_write(field)}
    for row in rows:
        vars(row).update(times)
    values_of = operator.itemgetter(*columns)
    insert(model, columns, [values_of(vars(row)) for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def new(model: type[Row], **values: Any) -> Row:
    """Return an unsaved instance with values by attname, or by name for related rows, and defaults for all other columns.

    As the model's own constructor does, without its cost per field; nothing is checked.
    """
    defaults, calls, related = _blank(model)
    row = model.__new__(model)
    row.__dict__.update(defaults, _state=ModelState())
    for name, make in calls:
        if name not in values:
            row.__dict__[name] = make()
    for name, value in values.items():
        if name in related:
            row._state.fields_cache[name] = value
            row.__dict__[related[name]] = None if value is None else value.pk
        else:
            row.__dict__[name] = value
    return row


@functools.cache
def _blank(
    model: type[models.Model],
) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], dict[str, str]]:
    """Return the defaults of a model's columns, what makes those that are another value for each row, and the columns of relations."""
    fields = written_fields(model)
    calls = [
        (field.attname, field.default) for field in fields if field.has_default() and callable(field.default)
    ]
    made = {name for name, _ in calls}
    defaults = {
        field.attname: None if field.is_relation else field.get_default()
        for field in fields
        if field.attname not in made
    }
    return defaults, calls, {field.name: field.attname for field in fields if field.is_relation}


def written_fields(model: type[models.Model]) -> list[Any]:
    """Return the fields of a model's columns, without those that the database computes."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def _is_time_of_write(field: Any) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)


def update(model: type[models.Model], key: uuid.UUID, *, while_null: str = "", **values: Any) -> bool:
    """Set columns (by attname) of one row and return whether there is one, in which `while_null` is null where it is given.

    Runs in the caller's transaction.
    """
    sql, bound = _bound_update(model, key, while_null, values)
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return bool(cursor.rowcount)


def update_returning_id(
    model: type[models.Model], key: uuid.UUID, found: str, *, while_null: str = "", **values: Any
) -> tuple[bool, uuid.UUID | None]:
    """Do what `update` does; return that, and the id that the SQL expression `found` has for the row."""
    sql, bound = _bound_update(model, key, while_null, values)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {found}", bound)
        row = cursor.fetchone()
    value = row[0] if row else None
    return row is not None, uuid.UUID(value) if isinstance(value, str) else value


@functools.lru_cache(maxsize=256)
def _insertion(model: type[models.Model], columns: tuple[str, ...], vendor: str) -> tuple[str, list[Convert]]:
    """Return the quoted table with its columns, and how their values are converted."""
    fields = _fields(model, columns)
    names = ", ".join(f'"{field.column}"' for field in fields)
    kinds = [_convert(field, vendor) for field in fields]
    return f'"{model._meta.db_table}" ({names})', kinds


def _bound_update(
    model: type[models.Model], key: uuid.UUID, while_null: str, values: dict[str, Any]
) -> tuple[str, list[Any]]:
    """Return the statement of an update and its parameters."""
    sql, kinds = _updating(model, tuple(values), while_null, connection.vendor)
    given = (*values.values(), key)
    return sql, [v if f is None or v is None else f(v) for f, v in zip(kinds, given, strict=True)]


@functools.cache
def _updating(
    model: type[models.Model], columns: tuple[str, ...], while_null: str, vendor: str
) -> tuple[str, list[Convert]]:
    """Return the statement that sets columns of the row with a key, and how the values and the key are converted."""
    *changed, key = fields = _fields(model, (*columns, model._meta.pk.attname))
    setting = ", ".join(f'"{field.column}" = %s' for field in changed)
    sql = f'UPDATE "{model._meta.db_table}" SET {setting} WHERE "{key.column}" = %s'  # noqa: S608
    if while_null:
        sql += "".join(f' AND "{each.column}" IS NULL' for each in _fields(model, (while_null,)))
    return sql, [_convert(field, vendor) for field in fields]


def _fields(model: type[models.Model], columns: tuple[str, ...]) -> list[Any]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in columns]


def _convert(field: Any, vendor: str) -> Convert:
    """Return how a value of the column reaches this database; None = as it is."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.JSONField):
        return _json
    if vendor == "postgresql":
        return None
    if isinstance(target, models.UUIDField):
        return _hex
    if isinstance(target, models.DateTimeField):
        return _moment
    if isinstance(target, models.BooleanField):
        return int  # spares the driver looking for an adapter
    return None


def _is_all(values: Sequence[Any], one: Any) -> bool:
    return all(map(operator.is_, values, repeat(one)))


def _converted(values: Sequence[Any], convert: Convert) -> Sequence[Any]:
    """Return the values of a column as they reach the database; neighbors are often the same one."""
    if convert is None:
        return values
    last = text = None
    found = []
    for value in values:
        if value is not last:
            last, text = value, None if value is None else convert(value)
        found.append(text)
    return found


def _hex(value: uuid.UUID) -> str:
    return value.hex


def _json(value: Any) -> Any:
    return connection.ops.adapt_json_value(value, None)


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)
