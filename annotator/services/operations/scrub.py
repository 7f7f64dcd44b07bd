"""Stored bytes compared with their hashes: a share of them every hour, all of them when an operator asks."""

from __future__ import annotations

import errno
import hashlib
import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from annotator.models import Blob
from annotator.models.media import Damage
from annotator.services import blobs, damage
from annotator.storage.base import CHUNK

# What an hourly share may take: the sweeper of jobs waits for it, and people read from the same disk.
SHARE_SECONDS = 30.0
BYTES_PER_SECOND = 64 * 1024 * 1024
_PAGE = 200
# What reading a damaged disk or a file without permission says; anything else is trouble of the whole store.
_UNREADABLE = {errno.EIO, errno.EACCES, errno.EPERM, errno.EISDIR, getattr(errno, "EUCLEAN", errno.EIO)}
_log = logging.getLogger(__name__)


class BlobRow(NamedTuple):
    """A blob to be compared; `updated_at` tells whether somebody stored it again meanwhile."""

    pk: uuid.UUID
    sha256: str
    size: int
    damage: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """How many blobs were compared, and what is wrong with which, by hash; `new` are those that were not known to be damaged."""

    checked: int
    damaged: dict[str, str]
    new: frozenset[str] = frozenset()


def scrub_share() -> Result:
    """Compare what is due, for SHARE_SECONDS at most: damaged bytes again, then those not compared for SCRUB_DAYS, oldest first.

    Called by the worker once an hour; the log names what is found.
    """
    if not settings.SCRUB_DAYS:
        return Result(0, {})
    until = time.monotonic() + SHARE_SECONDS
    result = compare(_due(), until=until)
    for use in damage.uses({sha256: result.damaged[sha256] for sha256 in result.new}):
        _log.error("damaged in storage (%s): %s", use.damage, use.name)
    _log.info("compared %d stored files with their hashes, %d damaged", result.checked, len(result.damaged))
    return result


def compare_all() -> Result:
    """Compare every blob, at the speed of the disk."""
    return compare(pages(Blob.objects.all()), until=None)


def compare(pages: Iterator[list[BlobRow]], *, until: float | None) -> Result:
    """Compare blobs until the moment of the monotonic clock, paced when there is one; note what is found on rows and media."""
    checked, found, new = 0, dict[str, str](), set[str]()
    pace = None if until is None else _Pace(BYTES_PER_SECOND)
    for page in pages:
        verdicts: list[tuple[BlobRow, str]] = []
        for row in page:
            if until is None or time.monotonic() < until:
                verdicts.append((row, inspect(row.sha256, row.size, pace)))
        note(verdicts)
        checked += len(verdicts)
        found |= {row.sha256: verdict for row, verdict in verdicts if verdict}
        new |= {row.sha256 for row, verdict in verdicts if verdict and not row.damage}
        if len(verdicts) < len(page):
            break
    return Result(checked, found, frozenset(new))


def _due() -> Iterator[list[BlobRow]]:
    before = timezone.now() - timedelta(days=settings.SCRUB_DAYS)
    yield from pages(Blob.objects.filter(damaged_at__isnull=False))
    sound = Blob.objects.filter(damaged_at__isnull=True)
    for rows in (sound.filter(checked_at__isnull=True), sound.filter(checked_at__lt=before)):
        # A page that was noted is due no more.
        while page := _rows(rows.order_by("checked_at", "pk")[:_PAGE]):
            yield page


def pages(rows: QuerySet[Blob]) -> Iterator[list[BlobRow]]:
    """Yield blobs in the order of their hashes, each page by a query of its own: a cursor that is open for hours keeps the database from tidying up."""
    last = ""
    while page := _rows(rows.filter(sha256__gt=last).order_by("sha256")[:_PAGE]):
        yield page
        last = page[-1].sha256


def _rows(rows: QuerySet[Blob]) -> list[BlobRow]:
    return [BlobRow._make(row) for row in rows.values_list(*BlobRow._fields)]


def inspect(sha256: str, size: int, pace: _Pace | None = None) -> str:
    """Return what is wrong with the stored bytes, empty when they are sound. Raises OSError when the store cannot be used."""
    try:
        with closing(blobs.store().open(sha256)) as file:
            return verdict_of(file, sha256, size, pace)
    except OSError as error:
        return damage_of(error)


def verdict_of(file: IO[bytes], sha256: str, size: int, pace: _Pace | None = None) -> str:
    """Return what is wrong with the bytes of an open file, empty when they are sound."""
    digest, seen = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        seen += len(chunk)
        if pace is not None:
            pace.wait(len(chunk))
    return "" if seen == size and digest.hexdigest() == sha256 else str(Damage.CHANGED)


def damage_of(error: OSError) -> str:
    """Return what an error of one file means; raise it again when it is not about this file."""
    if isinstance(error, FileNotFoundError):
        return str(Damage.MISSING)
    if error.errno in _UNREADABLE:
        return str(Damage.UNREADABLE)
    raise error


def note(verdicts: Sequence[tuple[BlobRow, str]]) -> None:
    """Write what was found to the rows and their media, but not where the bytes were stored again since the row was read."""
    now = timezone.now()
    current = dict(
        Blob.objects.filter(pk__in=[row.pk for row, _ in verdicts]).values_list("pk", "updated_at")
    )
    kept = [(row, verdict) for row, verdict in verdicts if current.get(row.pk) == row.updated_at]
    Blob.objects.filter(pk__in=[row.pk for row, _ in kept]).update(checked_at=now)
    damage.clear([row.pk for row, verdict in kept if row.damage and not verdict])
    damage.mark({row.pk: verdict for row, verdict in kept if verdict and verdict != row.damage})


class _Pace:
    """Keeps reading to a number of bytes a second; None is no limit."""

    def __init__(self, per_second: float | None) -> None:
        self._per_second = per_second
        self._next = time.monotonic()

    def wait(self, size: int) -> None:
        if self._per_second is None:
            return
        self._next = max(self._next, time.monotonic()) + size / self._per_second
        time.sleep(max(0.0, self._next - time.monotonic()))
