"""Times that rows keep, compared with the clock: one that was ahead when they were written must not hold anything up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

#: So much the clocks of the servers of one installation may differ.
SKEW = timedelta(minutes=1)


def is_over(field: str, lasts: timedelta) -> Q:
    """Return the condition that a right granted for `lasts`, until the time in `field`, has ended.

    One that ends later than any right clock could have said was granted by a wrong one, and counts for nothing.
    """
    now = timezone.now()
    return Q(**{f"{field}__lt": now}) | Q(**{f"{field}__gt": now + lasts + SKEW})


def is_older(field: str, age: timedelta) -> Q:
    """Return the condition that the time in `field` is at least `age` ago, or lies ahead: then it says nothing."""
    now = timezone.now()
    return Q(**{f"{field}__lte": now - age}) | Q(**{f"{field}__gt": now + SKEW})


def is_within(when: datetime, age: timedelta) -> bool:
    """Return whether a time is less than `age` ago and does not lie ahead."""
    return -SKEW <= timezone.now() - when < age


def trash_since() -> datetime:
    """Return the time before which things in the trash are deleted for good and cannot be restored any more."""
    return timezone.now() - timedelta(days=settings.TRASH_DAYS)
