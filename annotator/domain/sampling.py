"""Samples of rows that are the same each time they are taken: chosen by a keyed hash of the ids, not by chance."""

from __future__ import annotations

import hashlib
import heapq
import uuid
from collections.abc import Iterable


def sample(rows: Iterable[bytes], *, key: uuid.UUID, size: int) -> list[uuid.UUID]:
    """Return up to `size` of the ids, given by their bytes, in the order of samples under `key`.

    A larger sample begins with every smaller one.
    """
    empty = hashlib.blake2b(digest_size=8, key=key.bytes)

    def order_of(row: bytes) -> bytes:
        """Return where a row stands: bytes that look random."""
        hashed = empty.copy()
        hashed.update(row)
        return hashed.digest()

    return [uuid.UUID(bytes=row) for row in heapq.nsmallest(size, rows, key=order_of)]
