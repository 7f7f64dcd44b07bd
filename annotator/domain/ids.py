"""Identifiers: UUIDv7 made in Python (RFC 9562, section 5.7); nothing else belongs here."""

from __future__ import annotations

import os
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
    global _last_ms, _counter
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms = now
            _counter = int.from_bytes(os.urandom(2), "big") & (_COUNTER_MAX >> 1)
        else:
            _counter += 1
            if _counter > _COUNTER_MAX:
                _last_ms += 1
                _counter = 0
        ms, counter = _last_ms, _counter
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return uuid.UUID(int=(ms << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | tail)


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
