"""Read-only queries for finished media by day and user, from the status events of a project."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import orjson
from django.core.cache import cache
from django.utils import timezone

from annotator import policy
from annotator.models import Event, MediaStatus
from annotator.services import shared_cache

# Past days do not change, so their counts are cached; today is always read.
KEEP_SECONDS = 6 * 3600
Tally = Counter[uuid.UUID | None]


@dataclass(frozen=True, slots=True)
class Day:
    """The number of media that reached Done or Completed on one day, each counted once, by user."""

    date: date
    by_user: Tally

    @property
    def count(self) -> int:
        return self.by_user.total()


def days(project_id: uuid.UUID, count: int) -> list[Day]:
    """Return the last `count` days including today, oldest first, in the server's time zone. At most three queries.

    A medium counts on the day when it moves from an unfinished status to a finished one; moving from
    Done to Completed does not count again.
    """
    today = timezone.localdate()
    dates = [today - timedelta(days=back) for back in reversed(range(count))]
    key = f"finished:{project_id}"
    known: dict[date, Tally] = shared_cache.attempt(cache.get, key) or {}
    first = next((day for day in dates if day not in known), today)
    tallies = _read(project_id, first)
    kept = {day: tallies.get(day, known.get(day, Counter())) for day in dates}
    past = {day: tally for day, tally in (known | kept).items() if today - timedelta(days=120) < day < today}
    if set(past) - set(known):
        shared_cache.attempt(cache.set, key, past, KEEP_SECONDS)
    return [Day(day, kept[day]) for day in dates]


def _read(project_id: uuid.UUID, first: date) -> dict[date, Tally]:
    start = timezone.make_aware(datetime.combine(first, time.min))
    rows = Event.all_objects.filter(project_id=project_id, at__gte=start, kind="status.changed").order_by(
        "seq"
    )
    bases = dict(MediaStatus.all_objects.filter(project_id=project_id).values_list("name", "base"))
    tallies: dict[date, Tally] = {}
    seen: set[tuple[date, str]] = set()
    for at, user, before, after in rows.values_list("at", "actor_id", "before", "after").iterator(
        chunk_size=500
    ):
        day = timezone.localtime(at).date()
        for media in _finished(before, after, bases):
            if (day, media) not in seen:
                seen.add((day, media))
                tallies.setdefault(day, Counter())[user] += 1
    return tallies


def _finished(before: str | None, after: str | None, bases: dict[str, str]) -> Iterator[str]:
    """Yield the ids of the media that one event moved from an unfinished status to a finished one."""
    if before is None or after is None or orjson.loads(after)["status"].get("base") not in policy.FINISHED:
        return
    for media, name in orjson.loads(before)["status"].items():
        if bases.get(name, name) not in policy.FINISHED:
            yield media
