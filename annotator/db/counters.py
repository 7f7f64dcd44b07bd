"""Counters in columns: raised and read in one statement, whose row lock holds until commit."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection, models


def increment(model: type[models.Model], pk: uuid.UUID, column: str, step: int = 1) -> int:
    """Raise `column` of the row with this primary key by `step` and return its new value; a missing row is made first.

    One query. The row lock makes the order of the values that of the commits.
    """
    meta: Any = model._meta
    quote = connection.ops.quote_name
    name = quote(meta.get_field(column).column)
    key = meta.pk.get_db_prep_value(pk, connection)
    statement = (
        f"UPDATE {quote(meta.db_table)} SET {name} = {name} + %s "  # noqa: S608 (names of ours)
        f"WHERE {quote(meta.pk.column)} = %s RETURNING {name}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [step, key])
        row = cursor.fetchone()
        if row is None:
            model._default_manager.get_or_create(pk=pk)
            cursor.execute(statement, [step, key])
            row = cursor.fetchone()
    return int(row[0])
