"""The database as a file: a snapshot of it while writers go on, and another one put in its place in one step."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.storage.local import sync_folder

#: What the file of a snapshot is called, by database.
NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_log = logging.getLogger(__name__)


def size() -> int:
    """Return the bytes that the database takes now."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def snapshot(target: Path) -> None:
    """Write the database as of this moment; writers go on meanwhile. Raises Missing when pg_dump is needed and not found."""
    if connection.vendor == "sqlite":
        copy_sqlite(Path(connection.settings_dict["NAME"]), target)
        return
    command = [find_tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    _run([*command, *_connection_options()])


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database in use by SQLite's own backup interface: one consistent state, WAL included."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def replace(database: Path) -> None:
    """Put the database of a snapshot in the place of this installation's, in one step.

    Raises Invalid for a damaged file and Conflict when PostgreSQL refuses it; then the old database is as it was.
    """
    if connection.vendor == "postgresql":
        connections.close_all()
        _replace_postgres(database)
    else:
        target = Path(connection.settings_dict["NAME"])
        connections.close_all()
        _replace_sqlite(database, target)


def _replace_sqlite(database: Path, target: Path) -> None:
    with closing(sqlite3.connect(database)) as fresh:
        try:
            verdict = fresh.execute("PRAGMA quick_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            verdict = str(error)
    if verdict != "ok":
        raise Invalid(f"The database in the backup is damaged: {verdict}.")
    with database.open("rb") as stream:
        os.fsync(stream.fileno())
    _keep_old(target)
    os.replace(database, target)
    sync_folder(target.parent)


def _keep_old(target: Path) -> None:
    """Keep the old database beside the new one; its WAL, which would spoil the new one, goes into it or beside it."""
    kept = target.with_name(target.name + ".before-restore")
    wal, kept_wal = (file.with_name(file.name + "-wal") for file in (target, kept))
    kept.unlink(missing_ok=True)
    kept_wal.unlink(missing_ok=True)
    if target.exists():
        try:
            with closing(sqlite3.connect(target)) as old:
                old.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.DatabaseError:
            _log.warning("the old database is damaged; it is kept as %s", kept)
        kept.hardlink_to(target)
    if wal.exists():
        os.replace(wal, kept_wal)
    target.with_name(target.name + "-shm").unlink(missing_ok=True)


def _replace_postgres(database: Path) -> None:
    """Run the dump as one transaction that begins by dropping our tables: a later version's would hold the older ones."""
    script, drops = database.with_suffix(".sql"), database.with_name("drops.sql")
    _run([
        find_tool("pg_restore"), "--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={script}", str(database),
    ])  # fmt: skip
    quote = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True)
    drops.write_text("".join(f"DROP TABLE {quote(name)} CASCADE;\n" for name in sorted(tables)))
    connections.close_all()
    _run([
        find_tool("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
        f"--file={drops}", f"--file={script}", *_connection_options(),
    ])  # fmt: skip


def find_tool(name: str) -> str:
    """Return the newest of a PostgreSQL client program on this machine; raise Missing with a hint."""
    versioned = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda file: float(file.parts[4])
    )
    found = str(versioned[-1]) if versioned else shutil.which(name)
    if found is None:
        raise Missing(
            f"{name} was not found: install the PostgreSQL client programs of the server's version."
        )
    return found


def _connection_options() -> list[str]:
    info = connection.settings_dict
    pairs = {"host": info["HOST"], "port": info["PORT"], "username": info["USER"], "dbname": info["NAME"]}
    return [f"--{name}={value}" for name, value in pairs.items() if value]


def _run(command: list[str]) -> None:
    password = connection.settings_dict["PASSWORD"]
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Conflict(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.returncode}")
