"""Functions of SQL that both databases have, each by another name."""

from __future__ import annotations

from typing import Any

from django.db.models import FloatField, Func

_SQLITE = "CASE WHEN json_type(%(expressions)s) IN ('integer', 'real') THEN CAST(%(expressions)s AS real) END"
_POSTGRESQL = (
    "CASE WHEN jsonb_typeof(%(expressions)s) = 'number' THEN (%(expressions)s)::double precision END"
)


class JSONNumber(Func):
    """The number that a JSON column holds, as float64; null for any other value."""

    arity = 1
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=_SQLITE, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=_POSTGRESQL, **context)
