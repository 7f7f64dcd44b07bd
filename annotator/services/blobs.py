"""Blob rows and the store behind them: what is put is recorded, what nothing refers to is collected."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotator.domain.errors import Busy
from annotator.domain.ids import uuid7
from annotator.models import Blob
from annotator.services import damage
from annotator.storage import base
from annotator.storage.base import Stored
from annotator.storage.local import LocalStore
from annotator.storage.s3 import S3Options, S3Store

KEEP = timedelta(hours=24)
_stores: dict[tuple[object, ...], LocalStore | S3Store] = {}
_lock = threading.Lock()


def store() -> LocalStore | S3Store:
    """Return this process's store as the settings describe it: the bucket when one is named, else the media folder."""
    key = (
        settings.MEDIA_DIR,
        settings.S3_BUCKET,
        settings.S3_ENDPOINT,
        settings.S3_PREFIX,
        settings.MIN_FREE_BYTES,
    )
    with _lock:
        if key not in _stores:
            _stores[key] = _make_store()
        return _stores[key]


def _make_store() -> LocalStore | S3Store:
    if not settings.S3_BUCKET:
        return LocalStore(settings.MEDIA_DIR, reserve=settings.MIN_FREE_BYTES)
    options = S3Options(
        bucket=settings.S3_BUCKET,
        endpoint=settings.S3_ENDPOINT,
        region=settings.S3_REGION,
        prefix=settings.S3_PREFIX,
        access_key=settings.S3_ACCESS_KEY,
        secret_key=settings.S3_SECRET_KEY,
    )
    return S3Store(options, scratch=settings.MEDIA_DIR)


def put_stream(stream: BinaryIO, *, mime: str = "application/octet-stream", limit: int | None = None) -> Blob:
    """Store a file in one pass and flat memory and return its row. Raises TooLarge, Unavailable (disk full)."""
    return record(base.put_stream(store(), stream, limit=limit), mime=mime)


def put_bytes(data: bytes, *, mime: str = "application/octet-stream", durable: bool = True) -> Blob:
    """Store bytes in memory and return their row; `durable=False` for what can be made again."""
    return record(base.put_bytes(store(), data, durable=durable), mime=mime)


def put_chunks(
    chunks: Iterable[bytes], *, mime: str = "application/octet-stream", limit: int | None = None
) -> Blob:
    """Store what an iterable yields and return its row."""
    return record(base.put(store(), chunks, limit=limit), mime=mime)


def record(stored: Stored, *, mime: str) -> Blob:
    """Return the row of bytes that are in the store; protects it from the garbage collector for a day.

    The collector removes row and bytes in one transaction; a row written here while it runs waits for
    it, and then finds the bytes gone.
    """
    return record_many([(stored, mime)])[0]


def record_many(entries: Iterable[tuple[Stored, str]]) -> list[Blob]:
    """Like `record` for several, in the order given and in one statement; bytes that were damaged are sound by that."""
    wanted = list(entries)
    rows = _upsert({stored.sha256: (stored.size, mime) for stored, mime in wanted})
    held = store()
    for stored, _ in wanted:
        if held.stat(stored.sha256) != stored.size:
            raise Busy(
                "The file was removed while it was being stored; send it again.",
                code="storage_race",
                retry_after=1,
            )
    if repaired := [row.pk for row in rows.values() if row.damage]:
        damage.clear(repaired)
    return [rows[stored.sha256] for stored, _ in wanted]


def _upsert(facts: Mapping[str, tuple[int, str]]) -> dict[str, Blob]:
    """Insert or touch the rows and return them by hash. Written in SQL: Django's upsert does not return rows that were there."""
    if not facts:
        return {}
    now = timezone.now()
    names = ("id", "created_at", "updated_at", "sha256", "size", "mime", "checked_at", "damage")
    fields: list[Any] = [Blob._meta.get_field(name) for name in names]
    values = [
        (uuid7(), now, now, sha256, size, mime, now, "") for sha256, (size, mime) in sorted(facts.items())
    ]
    flat = [
        field.get_db_prep_save(value, connection)
        for row in values
        for field, value in zip(fields, row, strict=True)
    ]
    placeholders = ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(values))
    returned = (
        "id",
        "sha256",
        "size",
        "mime",
        "created_at",
        "updated_at",
        "checked_at",
        "damage",
        "damaged_at",
    )
    sql = (
        f"INSERT INTO {Blob._meta.db_table} ({', '.join(names)}) VALUES {placeholders} "  # noqa: S608 (names of our own)
        "ON CONFLICT (sha256) DO UPDATE SET updated_at = excluded.updated_at, checked_at = excluded.checked_at "
        f"RETURNING {', '.join(returned)}"
    )
    return {row.sha256: row for row in Blob.objects.raw(sql, flat)}


def unused(before: datetime) -> QuerySet[Blob]:
    """Return the blobs that no row of any table refers to and nobody has put since `before`."""
    rows = Blob.objects.filter(updated_at__lt=before)
    relations: list[Any] = [
        one for one in Blob._meta.related_objects if getattr(one.field, "db_constraint", False)
    ]
    for relation in relations:
        referring = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        rows = rows.filter(~Exists(referring))
    return rows


def collect(*, now: datetime | None = None, limit: int = 10_000) -> int:
    """Remove up to `limit` unused blobs that are older than a day; return how many went.

    One transaction a blob: its row lock (on SQLite the write lock) covers the removal of the bytes,
    so a concurrent `record` of the same bytes comes either before (then the row stays) or after.
    """
    before = (now or timezone.now()) - KEEP
    gone = 0
    for pk, sha256 in list(unused(before).values_list("pk", "sha256")[:limit]):
        with transaction.atomic():
            # One statement: it looks again, under the lock, whether anybody has come to want the row.
            if unused(before).filter(pk=pk)._raw_delete(using="default"):
                store().delete(sha256)
                gone += 1
    return gone
