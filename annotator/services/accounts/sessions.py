"""Sessions of people: listed, ended, checked for open sockets; their last use."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annotator import events
from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import Session
from annotator.server import clients
from annotator.services import security_log
from annotator.services.accounts.session_store import expires_at
from annotator.services.security_log import Kind

USED_EVERY = timedelta(seconds=60)
_ROWS = 500


class OpenSession(NamedTuple):
    """A session as its owner sees it; `id` names it without telling its key."""

    id: str
    is_current: bool
    last_active_at: datetime
    address: str
    user_agent: str


def public_id(session_key: str) -> str:
    """Return the name of a session in addresses: the key itself would open the session."""
    return hashlib.sha256(f"session {session_key}".encode()).hexdigest()[:32]


def list_own(*, actor: Actor, current_key: str | None) -> list[OpenSession]:
    """Return the actor's sessions that are open, the present one first, then the last used first."""
    found = [
        OpenSession(
            public_id(row.session_key),
            row.session_key == current_key,
            row.last_active_at,
            row.address,
            row.user_agent,
        )
        for row in _own(actor).defer("session_data").order_by("-last_active_at")
    ]
    return sorted(found, key=lambda each: not each.is_current)


@transaction.atomic
def end(*, actor: Actor, session_id: str) -> None:
    """End one of the actor's sessions; its sockets close. Raises Missing."""
    keys = [key for key in _own(actor).values_list("session_key", flat=True) if public_id(key) == session_id]
    if not keys or not Session.objects.filter(session_key__in=keys).delete()[0]:
        raise Missing("This session has ended already.")
    security_log.record(Kind.SESSION_ENDED, actor=actor)
    events.recheck_sockets()


@transaction.atomic
def end_others(*, user_id: uuid.UUID, current_key: str | None, actor: Actor | None) -> int:
    """End all sessions of a person but one (None: all); return how many. Their sockets close."""
    count = Session.objects.filter(user_id=user_id).exclude(session_key=current_key or "").delete()[0]
    if count:
        security_log.record(Kind.SESSION_ENDED, actor=actor, user_id=user_id, details={"sessions": count})
    events.recheck_sockets()
    return count


def forget_old() -> int:
    """Remove sessions that have ended, a few at a time; return how many."""
    now, gone = timezone.now(), 0
    over = Q(expire_date__lt=now)
    if settings.SESSION_IDLE_SECONDS:  # also those from before the idle time was set
        over |= Q(last_active_at__lt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS) - 2 * USED_EVERY)
    while keys := list(Session.objects.filter(over).values_list("session_key", flat=True)[:_ROWS]):
        gone += Session.objects.filter(session_key__in=keys).delete()[0]
    return gone


def auth_hashes(session_keys: Iterable[str]) -> dict[str, str]:
    """Return {key: hash of the user's password as it is now} of the sessions that are open, of active users.

    A session whose own hash differs was signed in with a former password.
    """
    rows = Session.objects.filter(
        session_key__in=list(session_keys), expire_date__gt=timezone.now(), user__is_active=True
    )
    return {
        row.session_key: row.user.get_session_auth_hash()
        for row in rows.defer("session_data").select_related("user")
    }


def _own(actor: Actor) -> QuerySet[Session]:
    return Session.objects.filter(user_id=actor.user_id, expire_date__gt=timezone.now())


class _Use(NamedTuple):
    at: datetime
    address: str
    user_agent: str


class SessionUsage:
    """Remembers when and from where sessions were last used, and writes it at most once a minute, never in a request."""

    MAX_KEPT = 10_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[str, _Use] = {}
        self._written: dict[str, datetime] = {}

    def note(self, session_key: str) -> None:
        """Note a use by the client of the present request, in memory only."""
        client = clients.current()
        with self._lock:
            self._used[session_key] = _Use(timezone.now(), client.address, client.user_agent)

    def flush(self) -> int:
        """Write the uses of sessions that were last written a minute ago or earlier; return how many."""
        before = timezone.now() - USED_EVERY
        with self._lock:
            if len(self._written) > self.MAX_KEPT:
                self._written.clear()
            due = {
                key: use
                for key, use in self._used.items()
                if (written := self._written.get(key)) is None or written <= before
            }
            for key in due:
                del self._used[key]
        try:
            with transaction.atomic():
                self._write(due)
        except DatabaseError:
            with self._lock:
                self._used = due | self._used
            raise
        self._written.update(dict.fromkeys(due, timezone.now()))
        return len(due)

    def _write(self, due: dict[str, _Use]) -> None:
        ends = dict(Session.objects.filter(session_key__in=list(due)).values_list("session_key", "ends_at"))
        for key, ends_at in ends.items():
            use = due[key]
            Session.objects.filter(session_key=key, last_active_at__lt=use.at).update(
                last_active_at=use.at,
                expire_date=expires_at(use.at, ends_at),
                address=use.address,
                user_agent=use.user_agent,
            )


session_usage = SessionUsage()
