"""The security log: one function writes an event to the table and to the logger `annotator.security`.

What was done is written in the transaction that did it. Failures and refusals can come in floods and from requests
that only read, so they are gathered in memory and written together within seconds, at most so many rows an hour.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from annotator.domain.actor import Actor
from annotator.domain.errors import Denied
from annotator.domain.ids import uuid7
from annotator.models import SecurityEvent
from annotator.server import clients

_log = logging.getLogger("annotator.security")
Details = Mapping[str, str | int | bool]
_MAX_DETAIL = 200
_ROWS = 500


class Kind(StrEnum):
    """The catalogue of security events."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_LIMITED = "sign_in.limited"
    SIGN_OUT = "sign_out"
    SESSION_ENDED = "session.ended"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PASSWORD_FAILED = "password.failed"  # noqa: S105
    EMAIL_CHANGED = "email.changed"
    EMAIL_VERIFIED = "email.verified"
    LINK_CREATED = "link.created"
    LINK_USED = "link.used"
    LINK_FAILED = "link.failed"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    MEMBER_INVITED = "member.invited"
    INVITATION_ENDED = "invitation.ended"
    MEMBER_ADDED = "member.added"
    MEMBER_ROLE = "member.role"
    MEMBER_REMOVED = "member.removed"
    TOKEN_CREATED = "token.created"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105
    TOKEN_FAILED = "token.failed"  # noqa: S105
    EXPORT_STARTED = "export.started"
    EXPORT_DOWNLOADED = "export.downloaded"
    WORKSPACE_CREATED = "workspace.created"
    WORKSPACE_QUOTAS = "workspace.quotas"
    BUCKET_CREATED = "bucket.created"
    BUCKET_CHANGED = "bucket.changed"
    BUCKET_DELETED = "bucket.deleted"
    REFUSED = "refused"


#: Kinds that are gathered in memory: anybody can cause any number of them, or the job tells the same.
GATHERED = frozenset(
    {Kind.SIGN_IN_FAILED, Kind.SIGN_IN_LIMITED, Kind.PASSWORD_FAILED, Kind.LINK_FAILED, Kind.TOKEN_FAILED}
    | {Kind.REFUSED, Kind.EXPORT_STARTED, Kind.EXPORT_DOWNLOADED}
)


def record(
    kind: Kind,
    *,
    actor: Actor | None = None,
    user_id: uuid.UUID | None = None,
    workspace_id: uuid.UUID | None = None,
    details: Details | None = None,
) -> None:
    """Record an event: `actor` did it, `user_id` is the account that it concerns (without it the actor's own).

    Address and browser are those of the present request. `details` are short facts and never secrets. The line of
    the log follows the commit; the row is written in the caller's transaction, of GATHERED kinds by `flush`.
    """
    client = clients.current()
    actor_id = actor.user_id if actor else None
    event = _Event(
        kind, workspace_id, user_id or actor_id, actor_id, client.address, client.user_agent, _facts(details)
    )
    if kind in GATHERED:
        gathered.add(event)
        _write_line(event)
        return
    _new_row(event, timezone.now()).save(force_insert=True)
    transaction.on_commit(lambda: _write_line(event), robust=True)


def record_refusal(
    error: Denied, *, method: str, path: str, actor: Actor | None, workspace_id: uuid.UUID | None = None
) -> None:
    """Record that a request was refused; `workspace_id` is that of the path, where it names one."""
    details = {"method": method, "path": path, "code": error.code}
    record(Kind.REFUSED, actor=actor, workspace_id=workspace_id, details=details)


def flush() -> int:
    """Write what was gathered in memory; return the number of events."""
    return gathered.flush()


def forget_old() -> int:
    """Remove events that are older than SECURITY_LOG_DAYS, a few at a time; return how many."""
    before, gone = timezone.now() - timedelta(days=settings.SECURITY_LOG_DAYS), 0
    while ids := list(SecurityEvent.objects.filter(at__lt=before).values_list("pk", flat=True)[:_ROWS]):
        gone += SecurityEvent.objects.filter(pk__in=ids).delete()[0]
    return gone


class _Event(NamedTuple):
    kind: str
    workspace_id: uuid.UUID | None
    user_id: uuid.UUID | None
    actor_id: uuid.UUID | None
    address: str
    user_agent: str
    details: str

    def merged(self) -> _Event:
        """Return the event without what distinguishes attempts: one row of an hour holds all of the same account."""
        return self._replace(actor_id=None, user_agent="", details="{}")

    def anonymous(self) -> _Event:
        """Return the event without account and address: the row for all above the limits."""
        return _Event(self.kind, None, None, None, "", "", "{}")


@dataclass(slots=True)
class _Repeated:
    count: int
    at: datetime


class Gathered:
    """Events in memory, equal ones counted, until they are written together.

    An address gets at most PER_ADDRESS rows of a kind an hour, all addresses together MAX_ROWS; what is above is
    counted in one row an hour of the account, or of nobody. The limits are those of one server process.
    """

    PER_ADDRESS = 20
    MAX_ROWS = 500
    MAX_PENDING = 1000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._pending: dict[_Event, _Repeated] = {}
        self._hour: datetime | None = None
        self._written: dict[tuple[str, str], int] = {}
        self._merged: dict[_Event, uuid.UUID] = {}

    def add(self, event: _Event, count: int = 1, at: datetime | None = None) -> None:
        """Count an event, in memory only."""
        with self._lock:
            if event not in self._pending and len(self._pending) >= self.MAX_PENDING:
                event = event.anonymous()
            found = self._pending.setdefault(event, _Repeated(0, at or timezone.now()))
            found.count += count
            found.at = at or timezone.now()

    def clear(self) -> None:
        """Forget everything; for tests."""
        with self._lock:
            self._pending.clear()
            self._hour = None

    def flush(self) -> int:
        """Write the gathered events in one transaction; a database error keeps them for the next time."""
        with self._writing:
            with self._lock:
                pending, self._pending = self._pending, {}
            if not pending:
                return 0
            try:
                with transaction.atomic():
                    self._write(pending)
            except DatabaseError:
                self._hour = None  # what it remembers was rolled back
                for event, repeated in pending.items():
                    self.add(event, repeated.count, repeated.at)
                raise
        return sum(repeated.count for repeated in pending.values())

    def _write(self, pending: Mapping[_Event, _Repeated]) -> None:
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self._written, self._merged = hour, {}, {}
        rows: dict[uuid.UUID, SecurityEvent] = {}
        for event, repeated in pending.items():
            key = (event.kind, event.address)
            if self._written.get(key, 0) < self.PER_ADDRESS and sum(self._written.values()) < self.MAX_ROWS:
                self._written[key] = self._written.get(key, 0) + 1
                row = _new_row(event, repeated.at, repeated.count)
                rows[row.pk] = row
            else:
                self._write_merged(event.merged(), repeated, rows)
        SecurityEvent.objects.bulk_create(rows.values())

    def _write_merged(self, event: _Event, repeated: _Repeated, rows: dict[uuid.UUID, SecurityEvent]) -> None:
        """Add to the hour's row of an account and address, or of nobody when there are too many of them."""
        if event not in self._merged and len(self._merged) >= self.MAX_ROWS:
            event = event.anonymous()
        found = self._merged.get(event)
        if found is None:
            row = _new_row(event, repeated.at, repeated.count)
            self._merged[event], rows[row.pk] = row.pk, row
        elif found in rows:
            rows[found].count += repeated.count
            rows[found].at = max(rows[found].at, repeated.at)
        else:
            SecurityEvent.objects.filter(pk=found).update(count=F("count") + repeated.count, at=repeated.at)


gathered = Gathered()


def _facts(details: Details | None) -> str:
    """Return details as JSON text with short values."""
    short = {
        name: value[:_MAX_DETAIL] if isinstance(value, str) else value
        for name, value in (details or {}).items()
    }
    return json.dumps(short, sort_keys=True)


def _new_row(event: _Event, at: datetime, count: int = 1) -> SecurityEvent:
    fields: dict[str, Any] = {
        **event._asdict(),
        "kind": str(event.kind),
        "details": json.loads(event.details),
    }
    return SecurityEvent(id=uuid7(), at=at, count=count, **fields)


def _write_line(event: _Event) -> None:
    """Write one line of JSON in ASCII, so that no text of a client can break or fake a line."""
    facts = {name: str(value) for name, value in event._asdict().items() if value and name != "details"}
    _log.info("%s", json.dumps(facts | {"details": json.loads(event.details)}))
