"""Column types of our own: text that both databases order byte by byte."""

from __future__ import annotations

from typing import Any

from django.db import models


class ByteOrderedField(models.CharField):
    """A CharField compared and ordered by code point on SQLite and PostgreSQL alike.

    A plain `db_collation="C"` does not exist on SQLite, so the collation depends on the connection.
    """

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else "BINARY"
        return parameters
