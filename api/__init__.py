"""The vendors' APIs: one folder for each dialect, and common/, what they are made of."""

from __future__ import annotations

import sys


def _import_lean() -> None:
    """Import Django REST framework without the optional libraries that it takes along wherever it finds them.

    It wants them for what is not used here (array fields, a test client, coloured pages); they are a fifth of the
    imports of a server on SQLite. What is imported already, as psycopg is on PostgreSQL, stays as it is.
    """
    hidden = [name for name in ("psycopg", "pygments", "requests", "yaml") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: importing it raises ImportError
    try:
        import rest_framework.compat  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]


_import_lean()
