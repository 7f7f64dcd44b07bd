"""Rows of a query as the database driver gives them, past Django's converters, which cost several times the query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, models


def fetch(rows: models.QuerySet[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list`, in one query, with ids, times and JSON as the database has them.

    See `id_text`, `utc` and `json_value`, which read such values alike from each database.
    """
    try:
        statement = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except EmptyResultSet:
        return []
    return _run(*statement)


def fetch_groups(rows: models.QuerySet[Any], by: Sequence[str], least: str) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list` in groups: the columns `by`, the number of rows, the least `least` of them as text.

    One query: the ORM does not group again what it has grouped.
    """
    inner, params = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    names = ", ".join(f'"{name}"' for name in by)
    sql = (
        f'SELECT {names}, COUNT(*), MIN(CAST("{least}" AS text)) FROM ({inner}) AS "grouped" GROUP BY {names}'  # noqa: S608
    )
    return _run(sql, params)


def _run(sql: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def id_text(value: Any) -> str:
    """Return an id as hyphenated text."""
    if isinstance(value, str):
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return str(value)


class IdTexts(dict[Any, Any]):
    """Ids as hyphenated text by what the driver gives: those of classes, users and images come again with every row."""

    def __missing__(self, value: Any) -> str | None:
        text = self[value] = None if value is None else id_text(value)
        return text


def id_bytes(value: Any) -> bytes:
    """Return the 16 bytes of an id."""
    found: bytes = bytes.fromhex(value) if isinstance(value, str) else value.bytes
    return found


def utc(at: datetime) -> datetime:
    """Return a time with its zone: SQLite's driver gives it without."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def json_value(value: Any) -> Any:
    """Return what a JSON column holds: a driver gives its text."""
    return orjson.loads(value) if isinstance(value, str) else value
