"""Identifiers: UUIDv7 made in Python (RFC 9562, section 5.7); nothing else belongs here."""

from __future__ import annotations

import os
import struct
import threading
import time
import uuid

_lock = threading.Lock()
_last_ms = 0
_counter = 0
_COUNTER_BITS = 12
_COUNTER_MAX = (1 << _COUNTER_BITS) - 1


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7. Ids made by one process are strictly increasing.

    Layout: 48 bits Unix milliseconds, 12 bits monotonic counter, 62 random bits.
    The counter starts in its lower half each millisecond; when it runs out, time is pushed
    forward by a millisecond rather than waiting.
    """
    return uuid7s(1)[0]


def uuid7s(count: int) -> list[uuid.UUID]:
    """Return new UUIDv7s in increasing order, see uuid7; many at once take half the time."""
    tails = struct.unpack(f">{count}Q", os.urandom(8 * count))
    with _lock:
        heads = _next_heads(count)
    return [
        uuid.UUID(int=head << 64 | 0b10 << 62 | tail >> 2) for head, tail in zip(heads, tails, strict=True)
    ]


def _next_heads(count: int) -> list[int]:
    """Return the upper halves of the next ids; the caller holds the lock."""
    global _last_ms, _counter
    now = time.time_ns() // 1_000_000
    if now > _last_ms:
        _last_ms = now
        _counter = (int.from_bytes(os.urandom(2), "big") & (_COUNTER_MAX >> 1)) - 1
    heads: list[int] = []
    while len(heads) < count:
        if _counter == _COUNTER_MAX:
            _last_ms, _counter = _last_ms + 1, -1
        first = _counter + 1
        _counter = min(_COUNTER_MAX, _counter + count - len(heads))
        start = _last_ms << 16 | 0x7 << 12
        heads.extend(range(start + first, start + _counter + 1))
    return heads


def parse_uuid(text: object) -> uuid.UUID | None:
    """Return the UUID of a 36-character hyphenated string (any case), else None.

    Stricter than `uuid.UUID`, which also takes braces, urn: prefixes and bare hex.
    """
    if isinstance(text, uuid.UUID):
        return text
    if not isinstance(text, str) or len(text) != 36 or text[8] + text[13] + text[18] + text[23] != "----":
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
