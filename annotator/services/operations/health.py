"""The state of what the server stands on: database, storage, worker, channels; asked by /readyz and `verify`."""

from __future__ import annotations

import functools
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.module_loading import import_string

from annotator.models import Blob, WorkerBeat
from annotator.services import blobs, clocks

BEAT_EVERY = 5.0
BEAT_STALE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Check:
    """One part: `state` is for people; without a part that is needed the server is not ready."""

    name: str
    is_ok: bool
    state: str
    is_needed: bool = True


def ready() -> list[Check]:
    """Return what a request needs: database, storage, media, worker, channels. Never raises; takes a second at most.

    Channels are not needed: without Redis pages ask by polling and each server counts rates for itself.
    """
    return [
        _safely("database", _database),
        _safely("storage", _storage),
        _safely("media", _media),
        _safely("worker", _worker),
        replace(_safely("channels", _channels), is_needed=False),
    ]


def everything() -> list[Check]:
    """Return `ready` and what a person setting the server up wants to know."""
    return [*ready(), _safely("migrations", _migrations)]


def beat(name: str) -> None:
    """Write a worker's sign of life."""
    WorkerBeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def forget_beat(name: str) -> None:
    """A worker that ends in order leaves no sign behind."""
    WorkerBeat.objects.filter(name=name).delete()


def forget_old_beats() -> int:
    """Remove the signs of workers that are long gone, or were written by a wrong clock; return how many."""
    return WorkerBeat.objects.filter(clocks.is_older("at", timedelta(days=1))).delete()[0]


def is_worker_alive() -> bool:
    """Return whether a worker has given a sign of life within BEAT_STALE."""
    return WorkerBeat.objects.exclude(clocks.is_older("at", BEAT_STALE)).exists()


def _safely(name: str, check: Callable[[], tuple[bool, str]]) -> Check:
    try:
        is_ok, state = check()
    except (DatabaseError, OSError) as error:
        return Check(
            name,
            False,
            f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else 'failed'}",
        )
    except Exception as error:
        return Check(name, False, f"failed: {type(error).__name__}")
    return Check(name, is_ok, state)


def _database() -> tuple[bool, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        connections.close_all()
        raise
    return True, connection.vendor


def _storage() -> tuple[bool, str]:
    """Write and remove a file where uploads are received, and look at the room that is left."""
    folder = settings.MEDIA_DIR / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"ready-{uuid.uuid4().hex}.tmp"
    try:
        file.write_bytes(os.urandom(512))
    finally:
        file.unlink(missing_ok=True)
    free = shutil.disk_usage(folder).free
    if free < settings.MIN_FREE_BYTES:
        return (
            False,
            f"disk full: {free // 1024**2} MB free, {settings.MIN_FREE_BYTES // 1024**2} MB are kept back",
        )
    where = ""
    if settings.S3_BUCKET:
        blobs.store().stat("0" * 64)  # raises when the bucket does not answer
        where = f"bucket {settings.S3_BUCKET}, here "
    return True, f"{where}{free / 1024**3:.1f} GB free"


def _media() -> tuple[bool, str]:
    """Say how many stored files are known to be damaged; the server is ready all the same."""
    damaged = Blob.objects.filter(damaged_at__isnull=False).count()
    if not damaged:
        return True, "no damaged files known"
    return True, f"{damaged:,} damaged or missing: `manage.py verify --media` names them"


def _worker() -> tuple[bool, str]:
    now = timezone.now()
    beats = WorkerBeat.objects.filter(at__lte=now + clocks.SKEW).order_by("-at")
    last = beats.values_list("at", flat=True).first()
    age = None if last is None else now - last
    if age is not None and age < BEAT_STALE:
        return True, f"seen {max(0, age.total_seconds()):.0f} s ago"
    if not settings.EXPECT_WORKER:
        return True, "not expected here"
    return False, "never seen" if age is None else f"last seen {age.total_seconds():.0f} s ago"


def pending_migrations() -> int:
    """Return how many migrations are yet to be applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrations() -> tuple[bool, str]:
    count = pending_migrations()
    return not count, f"{count} to apply: run `manage.py migrate`" if count else "all applied"


def _channels() -> tuple[bool, str]:
    if not settings.REDIS_URL:
        return True, "in memory (one server process)"
    try:
        _redis().ping()
    except Exception as error:  # the driver's own kinds
        return False, f"Redis does not answer ({type(error).__name__}): pages poll, jobs wait"
    return True, "Redis answers"


@functools.cache
def _redis() -> Any:
    return import_string("redis.Redis").from_url(settings.REDIS_URL, **settings.REDIS_TIMEOUTS)
