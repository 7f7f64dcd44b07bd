"""Writers of one process take turns: each waits for the one before it, and every turn ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.utils import OperationalError

from annotator.db.sqlite import OPTIONS
from annotator.db.sqlite.base import DatabaseWrapper


@pytest.fixture
def file(tmp_path: Path, db: None) -> Path:
    connection = connect(tmp_path / "turns.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("CREATE TABLE mark (name TEXT UNIQUE)")
    connection.close()
    return tmp_path / "turns.sqlite3"


@pytest.fixture
def pair(file: Path) -> Iterator[tuple[DatabaseWrapper, DatabaseWrapper]]:
    both = connect(file), connect(file)
    yield both
    for connection in both:
        connection.close()


def connect(file: Path, timeout: float = 20, **options: Any) -> DatabaseWrapper:
    """A connection as the settings make it, that threads may share."""
    options = {"transaction_mode": "IMMEDIATE"} | options | {"timeout": timeout}
    values: dict[str, Any] = connections.configure_settings(
        {"default": {"ENGINE": "annotator.db.sqlite", "NAME": str(file), "OPTIONS": options}}
    )["default"]
    connection = DatabaseWrapper(values, "default")
    connection.inc_thread_sharing()
    return connection


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def write(connection: DatabaseWrapper, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO mark VALUES (%s)", [name])


def names(connection: DatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM mark ORDER BY rowid")
        return [row[0] for row in cursor.fetchall()]


def test_the_embedded_mode_uses_it():
    if settings.IS_SQLITE:
        assert isinstance(connections["default"], DatabaseWrapper)


def test_the_next_writer_begins_when_the_last_has_committed(pair):
    first, second = pair
    begin(first)
    write(first, "first")
    began = threading.Event()

    def follow() -> None:
        begin(second)
        began.set()
        write(second, "second")
        second.commit()
        second.set_autocommit(True)

    thread = threading.Thread(target=follow)
    thread.start()
    assert not began.wait(0.2)
    first.commit()
    # SQLite alone would let it sleep up to a tenth of a second at a time: it is woken instead.
    assert began.wait(5)
    first.set_autocommit(True)
    thread.join()
    assert names(first) == ["first", "second"]


@pytest.mark.parametrize("end", ["rollback", "close"])
def test_a_turn_ends_with_a_rollback_and_with_a_lost_connection(pair, end):
    first, second = pair
    begin(first)
    write(first, "first")
    getattr(first, end)()
    begin(second)
    write(second, "second")
    second.commit()
    second.set_autocommit(True)
    assert names(second) == ["second"]


def test_a_transaction_that_cannot_begin_gives_its_turn_back(pair, file):
    first, second = pair
    other_process = connect(file, timeout=0)
    other_process.ensure_connection()
    other_process.connection.execute("BEGIN IMMEDIATE")
    impatient = connect(file, timeout=0.05)
    with pytest.raises(OperationalError, match="locked"):
        begin(impatient)
    other_process.connection.execute("ROLLBACK")
    begin(second)
    second.rollback()
    for connection in (other_process, impatient):
        connection.close()


def test_waiting_ends_with_the_words_of_the_database(pair, file):
    first, _ = pair
    begin(first)
    impatient = connect(file, timeout=0.05)
    with pytest.raises(OperationalError, match="database is locked"):
        begin(impatient)
    first.rollback()
    begin(impatient)
    impatient.rollback()
    impatient.close()


def test_a_wrong_statement_leaves_the_turn_with_its_transaction(pair):
    first, second = pair
    begin(first)
    write(first, "once")
    with pytest.raises(Exception, match="UNIQUE"):
        write(first, "once")
    first.rollback()
    first.set_autocommit(True)
    begin(second)
    write(second, "twice")
    second.commit()
    second.set_autocommit(True)
    assert names(first) == ["twice"]


def test_a_commit_waits_for_the_disk(tmp_path: Path, db: None) -> None:
    connection = connect(tmp_path / "options.sqlite3", **OPTIONS)
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
