"""Blobs on the local disk."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
from pathlib import Path
from unittest import mock

import pytest

from annotator.domain.errors import Busy, TooLarge
from annotator.storage.base import put, put_bytes, put_stream
from annotator.storage.local import LocalStore
from tests.storage import disk


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "media")


def test_bytes_come_back_whole_and_in_ranges(store: LocalStore) -> None:
    data = os.urandom(3_000_000)
    stored = put_stream(store, io.BytesIO(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest() and stored.size == len(data)
    assert store.stat(stored.sha256) == len(data)
    with store.open(stored.sha256) as file:
        assert file.read() == data
    assert b"".join(store.read_range(stored.sha256, 5, 2_000_005)) == data[5:2_000_005]
    assert b"".join(store.read_range(stored.sha256, 2_999_990, 9_999_999)) == data[-10:]
    assert store.path(stored.sha256).relative_to(store.root).parts[:2] == (
        stored.sha256[:2],
        stored.sha256[2:4],
    )


def test_the_same_bytes_are_kept_once(store: LocalStore) -> None:
    one, other = put_bytes(store, b"same"), put(store, [b"sa", b"me"])
    assert one == other
    assert sum(1 for path in store.root.rglob("*") if path.is_file()) == 1


def test_a_discarded_or_too_large_file_leaves_nothing(store: LocalStore) -> None:
    staged = store.stage()
    staged.write(b"half")
    staged.discard()
    with pytest.raises(TooLarge, match="limit"):
        put(store, [b"x" * 600_000, b"x" * 600_000], limit=1_000_000)
    with pytest.raises(ZeroDivisionError):
        put(store, (1 // 0 for _ in [1]))
    assert not any(path.is_file() for path in store.root.rglob("*"))


def test_memory_stays_flat(store: LocalStore) -> None:
    block = os.urandom(1 << 20)
    tracemalloc.start()
    put(store, (block for _ in range(40)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_delete_and_unknown(store: LocalStore) -> None:
    stored = put_bytes(store, b"x")
    store.delete(stored.sha256)
    store.delete(stored.sha256)
    assert store.stat(stored.sha256) is None
    with pytest.raises(FileNotFoundError):
        store.open(stored.sha256)
    with pytest.raises(ValueError, match="sha256"):
        store.open("../../etc/passwd")


def test_what_was_left_behind_is_cleaned(store: LocalStore) -> None:
    old, new = store.scratch() / "old.tmp", store.scratch() / "new.tmp"
    for file in (old, new):
        file.write_bytes(b"x")
    os.utime(old, (1, 1))
    assert store.clean_scratch(older_than=3600) == 1
    assert new.exists() and not old.exists()


def test_the_reserve_is_not_given_to_files(store: LocalStore) -> None:
    store.reserve = 1 << 60
    assert store.free_bytes() == 0
    with pytest.raises(Busy) as refusal:
        put_bytes(store, b"x")
    assert refusal.value.code == "disk_full"


def test_a_disk_that_fills_up_in_mid_file(store: LocalStore) -> None:
    kept = put_bytes(store, b"kept")
    staged = store.stage()
    staged.write(b"x" * 100)
    assert staged._file is not None
    staged._file.close()
    staged._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 (answers every write as a full disk does)
    with pytest.raises(Busy) as refusal:
        staged.write(b"y")
    assert refusal.value.code == "disk_full"
    staged.discard()
    assert not list(store.scratch().iterdir())
    assert store.stat(kept.sha256) == 4


def test_stored_bytes_survive_a_power_cut(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "data" / "media")
    (tmp_path / "data").mkdir()
    with disk.watched() as watched:
        first = put_bytes(store, b"first")
        assert watched.survives(store.path(first.sha256), below=tmp_path / "data")
        # The folders are there now, but perhaps only in the memory of another process.
        other = LocalStore(store.root)
    with disk.watched() as watched:
        put_bytes(other, b"first")
        assert watched.survives(store.path(first.sha256), below=tmp_path / "data")


def test_what_can_be_made_again_does_not_wait_for_the_disk(store: LocalStore) -> None:
    with mock.patch("os.fsync", side_effect=AssertionError("waited for the disk")):
        stored = put_bytes(store, b"thumbnail", durable=False)
    assert store.stat(stored.sha256) == 9


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize("damaged", [b"sbme", b"sa", b""])
def test_the_same_bytes_repair_a_damaged_file(store: LocalStore, damaged: bytes, durable: bool) -> None:
    stored = put_bytes(store, b"same")
    store.path(stored.sha256).write_bytes(damaged)
    assert put_bytes(store, b"same", durable=durable) == stored
    assert store.path(stored.sha256).read_bytes() == b"same"
