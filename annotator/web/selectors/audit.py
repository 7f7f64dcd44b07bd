"""Read-only queries for the security log of a workspace: filters, pages by key, rows in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from annotator.models import Membership, SecurityEvent, User
from annotator.web.display_names import device_name, role_name, security_event_name

PAGE = 50
CSV_ROWS = 20_000
CSV_COLUMNS = ("time", "event", "account", "done by", "address", "browser", "details", "count")
# Spreadsheets take cells with these beginnings for formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events are shown; `until` is the last day."""

    kind: str = ""
    person: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    event: SecurityEvent
    name: str
    account: str
    actor: str
    device: str
    details: str


def page(
    workspace_id: uuid.UUID, chosen: AuditFilter, before: uuid.UUID | None = None, limit: int = PAGE
) -> tuple[list[AuditRow], bool]:
    """Return up to `limit` rows, the newest first, older than the event `before`; and whether there are more. One query."""
    found = _events(workspace_id, chosen)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("user", "actor").order_by("-pk")[: limit + 1])
    return [_row(event) for event in rows[:limit]], len(rows) > limit


def people(workspace_id: uuid.UUID) -> list[User]:
    """Return the members, by name. One query."""
    rows = Membership.objects.filter(workspace_id=workspace_id).select_related("user")
    return sorted((row.user for row in rows), key=lambda user: user.shown_name.casefold())


def csv_rows(rows: Iterable[AuditRow]) -> Iterable[list[str]]:
    """Yield the header and the rows of a table, safe to open in a spreadsheet."""
    yield list(CSV_COLUMNS)
    for row in rows:
        event = row.event
        cells = (
            event.at.isoformat(timespec="seconds"), event.kind, row.account, row.actor, event.address, event.user_agent, row.details,
            str(event.count),
        )  # fmt: skip
        yield [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]


def _events(workspace_id: uuid.UUID, chosen: AuditFilter) -> QuerySet[SecurityEvent]:
    rows = SecurityEvent.objects.of_workspace(workspace_id)
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.person is not None:
        rows = rows.filter(user_id=chosen.person)
    if chosen.since is not None:
        rows = rows.filter(at__gte=_midnight(chosen.since))
    if chosen.until is not None:
        rows = rows.filter(at__lt=_midnight(chosen.until) + timedelta(days=1))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _row(event: SecurityEvent) -> AuditRow:
    return AuditRow(
        event=event,
        name=security_event_name(event.kind),
        account=event.user.shown_name if event.user else "",
        actor=event.actor.shown_name if event.actor and event.actor_id != event.user_id else "",
        device=device_name(event.user_agent) if event.user_agent else "",
        details=_details(event.details),
    )


def _details(facts: dict[str, Any]) -> str:
    """Return the facts of an event in a few words."""
    if "path" in facts:
        return f"{facts.get('method', '')} {facts['path']}".strip()
    if "role" in facts:
        role = role_name(str(facts["role"]))
        return f"{role_name(str(facts['before']))} → {role}" if facts.get("before") else role
    if "sessions" in facts:
        return _("Sessions: %(n)s") % {"n": facts["sessions"]}
    shown = [str(facts[name]) for name in ("name", "format", "fields", "reason") if facts.get(name)]
    return ", ".join(shown)
