"""Which failures of the database and the disk are outages, that is: no mistake of the request or of ours, and over some time."""

from __future__ import annotations

import sqlite3

from django.db import InterfaceError, OperationalError

from annotator.domain.errors import NO_ROOM, Unavailable
from annotator.storage.base import disk_full

_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_SQLITE_GONE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM}
# Of PostgreSQL: lock not available, query canceled, serialization failure, deadlock.
_POSTGRES_BUSY = {"55P03", "57014", "40001", "40P01"}
_POSTGRES_FULL = "53100"
# A statement that is too complex is a mistake of ours.
_POSTGRES_LIMITS = "54"


def unavailable(error: BaseException | None) -> Unavailable | None:
    """Return what an outage of the database or the disk means to a caller, None for any other exception."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, OSError):
        return disk_full() if error.errno in NO_ROOM else None
    if isinstance(error, OperationalError | InterfaceError):
        cause = error.__cause__
        return _of_sqlite(cause) if isinstance(cause, sqlite3.Error) else _of_server(error)
    return None


def _of_sqlite(cause: sqlite3.Error) -> Unavailable | None:
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # without what further tells kinds of it apart
    if code == sqlite3.SQLITE_FULL:
        return _full()
    if code in _SQLITE_BUSY:
        return _busy()
    return _gone() if code in _SQLITE_GONE else None


def _of_server(error: Exception) -> Unavailable | None:
    """Return the meaning of an error of PostgreSQL, of its connection, or of our own queue of writers."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if state == _POSTGRES_FULL:
        return _full()
    if state in _POSTGRES_BUSY or (not state and "locked" in str(error)):
        return _busy()
    return None if state.startswith(_POSTGRES_LIMITS) else _gone()


def _busy() -> Unavailable:
    return Unavailable(
        "The database is busy. Nothing was changed. Try again in a few seconds.",
        code="database_busy",
        retry_after=2,
    )


def _gone() -> Unavailable:
    return Unavailable(
        "The database does not answer. Nothing was changed. Try again in a moment.",
        code="database_unavailable",
        retry_after=5,
    )


def _full() -> Unavailable:
    return Unavailable(
        "The disk of the database is full. Nothing was changed. An administrator has to make room.",
        code="disk_full",
        retry_after=60,
    )
