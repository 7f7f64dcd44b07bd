"""Rows of a query as the database driver gives them, past Django's converters, which cost several times the query."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, models


def fetch(rows: models.QuerySet[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list`, in one query, with ids, times and JSON as the database has them.

    See `id_text`, `utc` and `json_value`, which read such values alike from each database.
    """
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def id_text(value: Any) -> str:
    """Return an id as hyphenated text."""
    if isinstance(value, str):
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return str(value)


def utc(at: datetime) -> datetime:
    """Return a time with its zone: SQLite's driver gives it without."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def json_value(value: Any) -> Any:
    """Return what a JSON column holds: a driver gives its text."""
    return orjson.loads(value) if isinstance(value, str) else value
