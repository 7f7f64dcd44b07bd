"""Blobs in a bucket, over real HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from annotator.domain.errors import TooLarge, Unavailable
from annotator.storage.base import put, put_bytes
from annotator.storage.s3 import S3Options, S3Store
from tests import servers


@pytest.fixture(scope="module")
def bucket() -> Iterator[servers.S3]:
    with servers.s3() as running:
        yield running


@pytest.fixture
def store(bucket: servers.S3, tmp_path: Path) -> S3Store:
    options = S3Options(
        bucket=bucket.bucket,
        endpoint=bucket.endpoint,
        prefix="some/where",
        access_key="test",
        secret_key="test",
    )
    return S3Store(options, scratch=tmp_path)


def test_bytes_come_back_whole_and_in_ranges(store: S3Store) -> None:
    data = os.urandom(2_500_000)
    stored = put(store, [data[:1_000_000], data[1_000_000:]])
    assert store.stat(stored.sha256) == len(data)
    assert store.open(stored.sha256).read() == data
    assert store.open(stored.sha256, 2_400_000).read() == data[2_400_000:]
    assert b"".join(store.read_range(stored.sha256, 7, 2_000_007)) == data[7:2_000_007]
    assert b"".join(store.read_range(stored.sha256, 5, 5)) == b""
    with store.as_file(stored.sha256) as path:
        assert path.read_bytes() == data
    assert not [file for file in store.scratch().iterdir() if file.is_file()]


def test_large_files_go_in_parts(store: S3Store) -> None:
    block = os.urandom(1 << 20)
    stored = put(store, (block for _ in range(12)))
    assert store.stat(stored.sha256) == 12 << 20


def test_what_is_not_there(store: S3Store) -> None:
    missing = "0" * 64
    assert store.stat(missing) is None
    with pytest.raises(FileNotFoundError):
        store.open(missing)
    with pytest.raises(FileNotFoundError):
        list(store.read_range(missing, 0, 5))
    with pytest.raises(FileNotFoundError), store.as_file(missing):
        pass
    store.delete(missing)


def test_delete_and_limit(store: S3Store) -> None:
    stored = put_bytes(store, b"gone soon")
    store.delete(stored.sha256)
    assert store.stat(stored.sha256) is None
    with pytest.raises(TooLarge):
        put(store, [b"x" * 11], limit=10)
    assert not [file for file in store.scratch().iterdir() if file.is_file()]


def test_a_link_works_without_keys(store: S3Store) -> None:
    stored = put_bytes(store, b"for a browser")
    link = store.link(stored.sha256, seconds=60, mime="image/png", disposition="inline")
    with urlopen(link) as answer:
        assert answer.read() == b"for a browser"
        assert answer.headers["Content-Type"] == "image/png"


def test_there_is_no_local_path_and_no_known_limit(store: S3Store) -> None:
    assert store.path("0" * 64) is None
    assert store.free_bytes() is None


def test_a_bucket_that_does_not_answer_is_an_outage(tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{servers.free_port()}"
    options = S3Options(bucket="annotator", endpoint=nowhere, access_key="test", secret_key="test")
    store, key = S3Store(options, scratch=tmp_path), "0" * 64
    calls: list[Callable[[], object]] = [
        lambda: store.stat(key),
        lambda: store.open(key),
        lambda: list(store.read_range(key, 0, 5)),
        lambda: store.delete(key),
        lambda: put_bytes(store, b"bytes"),
        lambda: store.as_file(key).__enter__(),
    ]
    for call in calls:
        with pytest.raises(Unavailable, match="file storage does not answer") as outage:
            call()
        assert outage.value.retry_after
    assert not [file for file in store.scratch().iterdir() if file.is_file()]
