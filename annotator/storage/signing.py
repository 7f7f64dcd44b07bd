"""Signed addresses of bytes: pure functions of keys, object and time; the first key signs, every key verifies.

An address is `<path>?e=<expiry>&s=<signature>`. The signature covers the decoded path and the expiry,
so one object and variant has one address for a day, and browsers may cache it.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import re
import time
from collections.abc import Sequence
from urllib.parse import quote

DAY = 86_400
_CONTEXT = b"annotator.bytes.1\n"
# What `quote` changes; asking it for each character of a path takes longer than signing.
_SPECIAL = re.compile(r"[^A-Za-z0-9_.~/-]+")


def expiry_of(now: float) -> int:
    """Return the end of the day after the next midnight (UTC): between 24 and 48 hours from `now`, the same all day."""
    return (int(now) // DAY + 2) * DAY


def signature(key: str, path: str, expiry: int) -> str:
    """Return 22 characters (128 bits) that only a holder of `key` can make for this decoded path and expiry."""
    signer = _signer(key).copy()
    signer.update(f"{expiry}\n{path}".encode())
    return base64.urlsafe_b64encode(signer.digest()[:16]).rstrip(b"=").decode()


@functools.lru_cache(16)
def _signer(key: str) -> hmac.HMAC:
    """Return what a signature begins with: made ready once, as that takes as long as the rest."""
    return hmac.new(key.encode(), _CONTEXT, hashlib.sha256)


def sign(keys: Sequence[str], path: str, *, expiry: int) -> str:
    """Return the address: percent-encoded path with expiry and signature by the first key."""
    quoted = _SPECIAL.sub(_quoted, path)
    return f"{quoted}?e={expiry}&s={signature(keys[0], path, expiry)}"


def _quoted(found: re.Match[str]) -> str:
    return quote(found[0])


def verify(keys: Sequence[str], path: str, *, expiry: str, given: str, now: float | None = None) -> bool:
    """Return whether `given` signs this decoded path and the expiry lies ahead, no further than it is given; false for any nonsense."""
    if not expiry.isascii() or not expiry.isdigit() or len(expiry) > 12 or not given.isascii():
        return False
    now = time.time() if now is None else now
    if not now < int(expiry) <= expiry_of(now) + DAY:  # a day more: signed by a clock that was ahead
        return False
    return any(hmac.compare_digest(signature(key, path, int(expiry)), given) for key in keys)


def media_path(media_id: object, variant: str, version: str, name: str) -> str:
    """Return the decoded path of a variant of a medium; `name` only pleases people and keeps the file ending."""
    return f"/m/{media_id}/{variant}/{version}/{last_part(name)}"


def tiles_path(media_id: object, layer: str, version: str) -> str:
    """Return the path below which the tiles of a layer are; its signature holds for all of them."""
    return f"/t/{media_id}/{layer}/{version}/"


def export_path(job_id: object, user_id: object, name: str) -> str:
    """Return the decoded path of the file that a job made, for a link that was made for a user."""
    return f"/x/{job_id}/{user_id}/{last_part(name)}"


def upload_path(slot_id: object) -> str:
    """Return the path of an upload slot."""
    return f"/u/{slot_id}"


def last_part(name: str) -> str:
    """Return `name` as one path segment: folders are cut, and what a client would resolve or drop is replaced."""
    part = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    return "file" if part in {"", ".", ".."} else part
