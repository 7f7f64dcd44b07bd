"""Limits of guessing passwords: failures of an account, an address and all together, counted in the database.

Counts are rows, so neither a restart nor a flood of other names or addresses makes the server forget one, and several
servers share them. The number of rows is bounded by the limit of all attempts together. See docs/decisions/.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotator.domain.errors import Busy
from annotator.models import GuessCount, User
from annotator.services import clocks
from annotator.services.accounts.rates import THROTTLED

HOUR = 3600
#: How long a browser in which somebody signed in is known.
DEVICE_VALID_FOR = timedelta(days=365)
_DEVICE_SALT = "annotator.device"


class Limit(NamedTuple):
    """At most `most` attempts within `seconds` from the first one; `is_reset` by a success, otherwise that one is given back."""

    key: str
    most: int
    seconds: int
    is_reset: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that is counted as a failure until `succeeded`; `left` is how many more are allowed now."""

    limits: Sequence[Limit]
    left: int | None


def begin_sign_in(*, name: str, account: User | None, address: str, device: str = "") -> Attempt:
    """Count an attempt to sign in as `name`; raise Busy with the time to wait when there were too many.

    In a browser in which the account signed in before (`device`, see `device_token`) only the attempts of that browser
    count: others who guess cannot keep the person out. Names without an account are counted alike, so that nothing
    tells which names exist.
    """
    who = _hashed("account", str(account.pk) if account else name.casefold())
    if account is not None and _is_device_of(device, account):
        known = _hashed("device", device)
        return _begin([_per_minute(known), Limit(known, settings.GUESSES_PER_ACCOUNT, HOUR)])
    return _begin(
        [
            Limit("all", settings.GUESSES_OVERALL, HOUR),
            Limit(who, settings.GUESSES_PER_ACCOUNT, HOUR),
            Limit(_hashed("address", _network(address)), settings.GUESSES_PER_ADDRESS, HOUR),
            _per_minute(_hashed("pair", _network(address), name.casefold())),
        ]
    )


def begin_old_password(*, account: User) -> Attempt:
    """Count an attempt to give one's present password in a session of the account; raise Busy as `begin_sign_in`."""
    key = _hashed("old", str(account.pk))
    return _begin([_per_minute(key), Limit(key, settings.GUESSES_PER_ACCOUNT, HOUR)])


def succeeded(attempt: Attempt) -> None:
    """Take a successful attempt out of the counts of failures."""
    given_back = [limit.key for limit in attempt.limits if not limit.is_reset]
    with transaction.atomic():
        GuessCount.objects.filter(key__in=given_back, count__gt=0).update(count=F("count") - 1)
        GuessCount.objects.filter(key__in=[limit.key for limit in attempt.limits if limit.is_reset]).delete()


def device_token(account: User) -> str:
    """Return the text of a cookie that marks a browser as one in which the account signed in."""
    return signing.dumps(str(account.pk), salt=_DEVICE_SALT)


def forget_old() -> int:
    """Remove counts whose time is over; return how many rows went."""
    return GuessCount.objects.filter(clocks.is_over("ends_at", timedelta(seconds=HOUR))).delete()[0]


def _begin(wanted: Sequence[Limit]) -> Attempt:
    limits = sorted(limit for limit in wanted if limit.most > 0)
    now = timezone.now()
    is_over = clocks.is_over("ends_at", timedelta(seconds=HOUR))
    rows = GuessCount.objects.filter(~is_over, key__in=[limit.key for limit in limits])
    _check(limits, {row.key: row for row in rows}, now)  # a flood that is refused writes nothing
    with transaction.atomic():
        found = {row.key: row for row in rows.select_for_update().order_by("key")}
        _check(limits, found, now)
        counted = [
            GuessCount(
                key=limit.key,
                count=found[limit.key].count + 1 if limit.key in found else 1,
                ends_at=found[limit.key].ends_at
                if limit.key in found
                else now + timedelta(seconds=limit.seconds),
            )
            for limit in limits
        ]
        GuessCount.objects.bulk_create(
            counted, update_conflicts=True, unique_fields=["key"], update_fields=["count", "ends_at"]
        )
    rest = [
        limit.most - row.count for limit, row in zip(limits, counted, strict=True) if limit.seconds < HOUR
    ]
    return Attempt(limits, min(rest) if rest else None)


def _check(limits: Sequence[Limit], found: dict[str, GuessCount], now: datetime) -> None:
    full = [
        found[limit.key].ends_at
        for limit in limits
        if limit.key in found and found[limit.key].count >= limit.most
    ]
    if full:
        wait = (max(full) - now).total_seconds()
        minutes = max(1, math.ceil(wait / 60))
        unit = "minute" if minutes == 1 else "minutes"
        message = f"Too many attempts. Try again in {minutes} {unit}."
        raise Busy(message, code=THROTTLED, retry_after=max(1.0, wait))


def _per_minute(key: str) -> Limit:
    return Limit(f"{key}:m", settings.RATE_SIGN_IN_PER_MINUTE, 60, is_reset=True)


def _is_device_of(device: str, account: User) -> bool:
    try:
        found = signing.loads(device, salt=_DEVICE_SALT, max_age=DEVICE_VALID_FOR)
    except signing.BadSignature:
        return False
    return bool(found == str(account.pk))


def _network(address: str) -> str:
    """Return an address, of IPv6 the /64 that one connection has to itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _hashed(*parts: str) -> str:
    text = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:40]
