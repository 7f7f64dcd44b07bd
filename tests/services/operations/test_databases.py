"""A database file put in the place of another one: in one step, with nothing of the old one left to spoil it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from annotator.domain.errors import Invalid
from annotator.services.operations import databases


def make(file: Path, word: str) -> None:
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE mark (word TEXT)")
        made.execute("INSERT INTO mark VALUES (?)", [word])
        made.commit()


def word_of(file: Path) -> str:
    with closing(sqlite3.connect(file)) as found:
        return str(found.execute("SELECT word FROM mark").fetchone()[0])


def write_ahead(file: Path) -> None:
    """Leave an old database as a killed server does: its last commit in the log beside it."""
    make(file, "old")
    link = sqlite3.connect(file)
    link.execute("PRAGMA journal_mode=WAL")
    link.execute("UPDATE mark SET word = 'latest'")
    link.commit()
    copies = {name: (file.parent / name).read_bytes() for name in (file.name, file.name + "-wal")}
    link.close()
    for name, content in copies.items():
        (file.parent / name).write_bytes(content)


def damaged(file: Path) -> None:
    write_ahead(file)
    file.write_bytes(b"garbage" * 1000)


def lost(file: Path) -> None:
    write_ahead(file)
    file.unlink()


@pytest.mark.parametrize("old", [lambda file: None, write_ahead, damaged, lost])
def test_the_new_one_is_there_whatever_the_old_one_was(tmp_path: Path, old: Callable[[Path], None]) -> None:
    target, fresh = tmp_path / "annotator.sqlite3", tmp_path / "fresh.sqlite3"
    old(target)
    make(fresh, "new")
    databases._replace_sqlite(fresh, target)
    assert word_of(target) == "new"
    kept = tmp_path / "annotator.sqlite3.before-restore"
    if old is write_ahead:
        assert word_of(kept) == "latest"
    if old is damaged:
        assert kept.read_bytes().startswith(b"garbage")


def test_a_damaged_new_one_changes_nothing(tmp_path: Path) -> None:
    target, fresh = tmp_path / "annotator.sqlite3", tmp_path / "fresh.sqlite3"
    write_ahead(target)
    fresh.write_bytes(b"garbage" * 1000)
    with pytest.raises(Invalid, match="damaged"):
        databases._replace_sqlite(fresh, target)
    assert word_of(target) == "latest"


def test_it_is_on_the_disk_before_it_takes_the_place(tmp_path: Path) -> None:
    target, fresh = tmp_path / "annotator.sqlite3", tmp_path / "fresh.sqlite3"
    make(fresh, "new")
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        steps.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)
        fsync(descriptor)

    def replaced(source: Path, to: Path) -> None:
        steps.append(f"{source.name} -> {to.name}")
        replace(source, to)

    with mock.patch("os.fsync", synced), mock.patch("os.replace", replaced):
        databases._replace_sqlite(fresh, target)
    assert steps == ["fresh.sqlite3", "fresh.sqlite3 -> annotator.sqlite3", tmp_path.name]
