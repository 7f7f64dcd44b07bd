"""What every bucket offers: keys in order, bytes of an object, a signed link; and the words of what goes wrong."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from annotator.domain.errors import Invalid

from ..base import Staged, too_large

#: Seconds until a connection is given up, and a read that brings nothing.
CONNECT_SECONDS, READ_SECONDS = 10, 30


#: So many folders and files of one level are shown; a bucket is asked once for them.
SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies directly below a prefix: folders (they end with "/") and keys of files; `is_cut` when there is more."""

    folders: list[str]
    keys: list[str]
    is_cut: bool


class BucketReader(Protocol):
    """Objects of a bucket by key. Safe for several threads.

    All methods raise Invalid: with code "bucket_unreachable" while it does not answer, "bucket_refused" when it
    does not take the credentials or does not exist, "object_unreadable" for one object that cannot be read.
    """

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with `prefix`, in the order of their bytes; markers of folders are left out."""

    def browse(self, prefix: str) -> Listing:
        """Return the folders and files directly below a prefix, about SHOWN of them."""

    def stat(self, key: str) -> int | None:
        """Return the size of an object, or None when there is none."""

    def read_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Yield bytes start..end (end exclusive) in chunks."""

    def link(self, key: str, *, seconds: int, mime: str, disposition: str) -> str | None:
        """Return an address of the bucket's own from which a browser may read, or None."""


def load(module: str, *, extra: str, provider: str) -> Any:
    """Return a module of an extra, imported at first use. Raises Invalid naming the extra where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        message = (
            f"This server cannot read buckets of {provider}. Ask its administrator to install the extra "
            f"annotator[{extra}]."
        )
        raise Invalid(message, field="cloud_provider", code="extra_missing") from None


def copy(
    reader: BucketReader,
    key: str,
    target: Staged,
    *,
    limit: int,
    on_chunk: Callable[[int, int], None] = lambda got, size: None,
) -> None:
    """Write the bytes of an object of at most `limit` bytes. `on_chunk(got, size)` may raise to stop. Raises Invalid, TooLarge."""
    size = reader.stat(key)
    if size is None:
        raise missing()
    if size > limit:
        raise too_large(limit)
    got = 0
    for chunk in reader.read_range(key, 0, size):
        target.write(chunk)
        got += len(chunk)
        on_chunk(got, size)
    if got != size:
        raise unreadable("the bucket sent only a part of it")


def missing() -> Invalid:
    """Return the refusal of an object that is not in the bucket."""
    return unreadable("the bucket has no file of this key")


def unreadable(reason: str) -> Invalid:
    """Return the refusal of one object."""
    return Invalid(
        f"The file cannot be read from the bucket: {reason}.", field="url", code="object_unreadable"
    )


def refused(reason: str) -> Invalid:
    """Return the refusal of a bucket that answers, but not with files."""
    return Invalid(f"The bucket cannot be read: {reason}.", code="bucket_refused")


def unreachable() -> Invalid:
    """Return the refusal of a bucket that does not answer."""
    message = "The bucket does not answer. Check its address, and try again later."
    return Invalid(message, code="bucket_unreachable")
