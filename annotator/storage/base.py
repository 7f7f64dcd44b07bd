"""What every blob store offers: bytes named by the SHA-256 of their content; nothing here knows a database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from annotator.domain.errors import TooLarge, Unavailable

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that are now in a store: content hash as 64 hex digits, size in bytes."""

    sha256: str
    size: int


class Staged(Protocol):
    """A file being received: `write` in any thread (one at a time), then `commit` once; else it vanishes."""

    size: int

    def write(self, chunk: bytes) -> None:
        """Append and hash. Raises TooLarge beyond the limit and Unavailable (code disk_full) when no room is left."""

    def commit(self) -> Stored:
        """Make the bytes durable and visible under their hash, in the place of a damaged file too."""

    def discard(self) -> None:
        """Forget the bytes; harmless after commit."""


class BlobStore(Protocol):
    """Bytes by content hash. Writing the same bytes twice keeps one copy; no method tells which came first."""

    def stage(self, *, limit: int | None = None, durable: bool = True) -> Staged:
        """Begin to receive a file of at most `limit` bytes. `durable=False`: may be lost with the power (renditions)."""

    def open(self, sha256: str, start: int = 0) -> BinaryIO:
        """Return the bytes from offset `start` on. Raises FileNotFoundError."""

    def read_range(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        """Yield bytes start..end (end exclusive) in chunks of a fourth of CHUNK: each reader that stalls holds one."""

    def stat(self, sha256: str) -> int | None:
        """Return the size, or None when the store does not have it."""

    def delete(self, sha256: str) -> None:
        """Remove the bytes; unknown ones are ignored."""

    def path(self, sha256: str) -> Path | None:
        """Return the local file, or None when the store is not on this machine."""

    def as_file(self, sha256: str) -> AbstractContextManager[Path]:
        """Give a local file for the time of the block: its own, or a temporary copy."""

    def link(self, sha256: str, *, seconds: int, mime: str, disposition: str) -> str | None:
        """Return an address of the store's own from which a browser may read, or None."""

    def free_bytes(self) -> int | None:
        """Return the room left for new bytes, or None when that is not known."""

    def scratch(self) -> Path:
        """Return the local folder for files that are still being received; on the disk of the blobs where there is one."""


def put(
    store: BlobStore, chunks: Iterable[bytes], *, limit: int | None = None, durable: bool = True
) -> Stored:
    """Store the bytes of `chunks` in one pass and flat memory."""
    staged = store.stage(limit=limit, durable=durable)
    try:
        for chunk in chunks:
            staged.write(chunk)
        return staged.commit()
    finally:
        staged.discard()


def put_stream(
    store: BlobStore, stream: BinaryIO, *, limit: int | None = None, durable: bool = True
) -> Stored:
    """Like `put`, from a file object."""
    return put(store, iter(lambda: stream.read(CHUNK), b""), limit=limit, durable=durable)


def put_bytes(store: BlobStore, data: bytes, *, durable: bool = True) -> Stored:
    """Like `put`, from bytes in memory; what need not be durable costs no write when the store has the same bytes already."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not durable and _holds(store, sha256, data):
        return Stored(sha256, len(data))
    return put(store, [data], durable=durable)


def _holds(store: BlobStore, sha256: str, data: bytes) -> bool:
    """Return whether the store has these very bytes: a damaged file is to be written again."""
    if store.stat(sha256) != len(data):
        return False
    try:
        with closing(store.open(sha256)) as file:
            return file.read() == data
    except OSError:
        return False


def too_large(limit: int) -> TooLarge:
    """Return the refusal of a file beyond `limit` bytes."""
    return TooLarge(f"The file is larger than the limit of {limit / 1024 / 1024:,.0f} MB.", code="too_large")


def disk_full() -> Unavailable:
    """Return the refusal when no room is left; the same call may pass after somebody made room."""
    return Unavailable(
        "The server's disk is full; the file was not stored. Labels are still saved.",
        code="disk_full",
        retry_after=60,
    )
