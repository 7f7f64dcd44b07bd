"""Samples of rows that are the same each time they are taken: chosen by a keyed hash of the ids, not by chance."""

from __future__ import annotations

import hashlib
import heapq
import uuid
from collections.abc import Iterable


def order_of(key: uuid.UUID, row: uuid.UUID) -> bytes:
    """Return where a row stands in the order of samples under `key`: 8 bytes that look random."""
    return hashlib.blake2b(row.bytes, digest_size=8, key=key.bytes).digest()


def sample(rows: Iterable[uuid.UUID], *, key: uuid.UUID, size: int) -> list[uuid.UUID]:
    """Return up to `size` of the ids in the order of samples under `key`: a larger sample begins with every smaller one."""
    return heapq.nsmallest(size, rows, key=lambda row: order_of(key, row))
