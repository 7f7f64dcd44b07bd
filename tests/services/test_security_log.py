"""The security log: rows and lines, floods of failures, retention."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from annotator.models import SecurityEvent
from annotator.server import clients
from annotator.services import security_log
from annotator.services.accounts.background import BackgroundWriter
from annotator.services.security_log import Gathered, Kind
from tests.world import World


@pytest.fixture(autouse=True)
def empty() -> None:
    security_log.gathered.clear()


def failed(address: str = "203.0.113.7", **more: Any) -> None:
    with clients.serving(address, "Firefox"):
        security_log.record(Kind.SIGN_IN_FAILED, **more)


def rows() -> list[tuple[str, str, int]]:
    found = SecurityEvent.objects.order_by("id").values_list("kind", "address", "count")
    return [(kind, address, count) for kind, address, count in found]


def test_an_event_is_a_row_and_a_line(
    w: World, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    caplog.set_level(logging.INFO, "annotator.security")
    with clients.serving("203.0.113.7", "Firefox/130"), django_capture_on_commit_callbacks(execute=True):
        security_log.record(
            Kind.MEMBER_ROLE,
            actor=w.actor(w.olga),
            user_id=w.ann.pk,
            workspace_id=w.workspace.pk,
            details={"before": "annotator", "after": "reviewer"},
        )
    row = SecurityEvent.objects.get()
    assert (row.kind, row.user, row.actor, row.workspace) == ("member.role", w.ann, w.olga, w.workspace)
    assert (row.address, row.user_agent, row.count) == ("203.0.113.7", "Firefox/130", 1)
    line = json.loads(caplog.records[-1].getMessage())
    assert line == {
        "kind": "member.role",
        "user_id": str(w.ann.pk),
        "actor_id": str(w.olga.pk),
        "workspace_id": str(w.workspace.pk),
        "address": "203.0.113.7",
        "user_agent": "Firefox/130",
        "details": {"before": "annotator", "after": "reviewer"},
    }


def test_what_is_rolled_back_is_neither_row_nor_line(w: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "annotator.security")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        security_log.record(Kind.MEMBER_REMOVED, actor=w.actor(w.olga), user_id=w.ann.pk)
        raise ZeroDivisionError
    assert rows() == [] and caplog.records == []


@pytest.mark.parametrize("text", ["a\nfake line", "\x1b[31mred", "‮reversed", "é", "x" * 1000])
def test_no_text_of_a_client_breaks_a_line(w: World, caplog: pytest.LogCaptureFixture, text: str) -> None:
    with caplog.at_level(logging.INFO, "annotator.security"), clients.serving(text, text):
        security_log.record(Kind.REFUSED, user_id=w.ann.pk, details={"path": text})
    line = caplog.records[-1].getMessage()
    assert line.isascii() and line.isprintable()
    assert len(line) < 1500
    security_log.flush()
    row = SecurityEvent.objects.get()
    assert row.user_agent.isprintable() and len(row.details["path"]) <= 200


def test_failures_wait_in_memory_and_equal_ones_share_a_row(w: World) -> None:
    for _ in range(3):
        failed(user_id=w.ann.pk)
    failed("203.0.113.8")
    assert rows() == []
    assert security_log.flush() == 4
    assert rows() == [("sign_in.failed", "203.0.113.7", 3), ("sign_in.failed", "203.0.113.8", 1)]
    assert security_log.flush() == 0


def test_a_flood_from_one_address_is_counted_in_one_row_an_hour(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gathered, "PER_ADDRESS", 2)
    for _ in range(50):
        failed(user_id=w.ann.pk)
        security_log.flush()
    assert rows() == [("sign_in.failed", "203.0.113.7", count) for count in (1, 1, 48)]
    assert set(SecurityEvent.objects.values_list("user", flat=True)) == {w.ann.pk}


def test_a_flood_from_many_addresses_is_limited_and_no_failure_is_lost(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gathered, "MAX_ROWS", 10)
    monkeypatch.setattr(Gathered, "MAX_PENDING", 30)
    for number in range(100):
        failed(f"203.0.113.{number}")
        if number % 40 == 0:
            security_log.flush()
    security_log.flush()
    assert len(rows()) <= 2 * 10 + 1
    assert sum(count for _, _, count in rows()) == 100


def test_a_busy_database_loses_nothing(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: Any, **options: Any) -> None:
        raise DatabaseError("locked")

    failed(user_id=w.ann.pk)
    with monkeypatch.context() as patched:
        patched.setattr(SecurityEvent.objects, "bulk_create", busy)
        BackgroundWriter(security_log.flush).write()
    assert rows() == []
    failed(user_id=w.ann.pk)
    assert security_log.flush() == 2
    assert rows() == [("sign_in.failed", "203.0.113.7", 2)]


def test_an_account_that_is_gone_does_not_stop_the_log(w: World) -> None:
    failed(user_id=w.ann.pk)
    w.ann.delete()
    security_log.flush()
    assert SecurityEvent.objects.select_related("user").get().user is None
    connection.check_constraints()


def test_old_events_go(w: World, settings: Any) -> None:
    for days in (1, 200):
        security_log.record(Kind.SIGN_IN, user_id=w.ann.pk)
        SecurityEvent.objects.filter(at__gt=timezone.now() - timedelta(hours=1)).update(
            at=timezone.now() - timedelta(days=days)
        )
    assert security_log.forget_old() == 1
    assert SecurityEvent.objects.count() == 1


def test_a_workspace_sees_its_own_events_and_those_of_its_members(w: World) -> None:
    security_log.record(Kind.SIGN_IN, user_id=w.ann.pk)
    security_log.record(Kind.MEMBER_ADDED, actor=w.actor(w.otto), workspace_id=w.other_workspace.pk)
    security_log.record(Kind.MEMBER_ROLE, user_id=w.otto.pk, workspace_id=w.workspace.pk)
    security_log.record(Kind.SIGN_IN, user_id=w.otto.pk)
    found = SecurityEvent.objects.of_workspace(w.workspace.pk).order_by("id")
    assert list(found.values_list("kind", "user")) == [("sign_in", w.ann.pk), ("member.role", w.otto.pk)]
