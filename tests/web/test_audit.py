"""The page of the security log: who sees what, filters, pages by key, CSV."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.models import SecurityEvent, User
from annotator.server import clients
from annotator.services import security_log
from annotator.services.security_log import Kind
from annotator.web.display_names import SECURITY_EVENTS
from annotator.web.selectors import audit
from tests.web.client import browser, get, queries
from tests.world import World


@pytest.fixture
def url(w: World) -> str:
    return f"/workspaces/{w.workspace.pk}/security-log/"


def sign_in(user: User, address: str = "203.0.113.1", agent: str = "") -> None:
    with clients.serving(address, agent):
        security_log.record(Kind.SIGN_IN, user_id=user.pk)


def text(user: User, address: str) -> str:
    response: Any = get(user, address)
    assert response.status_code == 200, response.content[:300]
    found: str = response.content.decode()
    return found


@pytest.mark.parametrize("who", ["max", "rosa", "ann", "vera", "otto"])
def test_only_owners_see_it(w: World, url: str, who: str) -> None:
    assert get(getattr(w, who), url).status_code == (404 if who == "otto" else 403)
    assert "Security log" not in text(w.max, f"/workspaces/{w.workspace.pk}/")
    assert "Security log" in text(w.olga, f"/workspaces/{w.workspace.pk}/")


def test_it_shows_the_workspace_and_its_members_since_they_joined(w: World, url: str) -> None:
    sign_in(w.otto, "198.51.100.9")
    sign_in(w.ann, "203.0.113.1")
    sign_in(w.ann, "203.0.113.99")
    SecurityEvent.objects.filter(address="203.0.113.99").update(at=timezone.now() - timedelta(days=3))
    details = {"role": "reviewer", "before": "annotator"}
    security_log.record(
        Kind.MEMBER_ROLE,
        actor=w.actor(w.olga),
        user_id=w.ann.pk,
        workspace_id=w.workspace.pk,
        details=details,
    )
    page = text(w.olga, url)
    assert "203.0.113.1" in page and "Annotator → Reviewer" in page and "Role changed" in page
    assert "198.51.100.9" not in page and "203.0.113.99" not in page


def test_filters(w: World, url: str) -> None:
    for user in (w.ann, w.max):
        sign_in(user, f"addr-{user.username}")
    security_log.record(Kind.SIGN_OUT, user_id=w.ann.pk)
    today = timezone.localdate()
    assert "addr-max" not in text(w.olga, f"{url}?person={w.ann.pk}")
    assert "Signed out</div>" not in text(w.olga, f"{url}?kind=sign_in")
    assert "addr-ann" in text(w.olga, f"{url}?since={today}&until={today}")
    assert "No entries match this filter." in text(w.olga, f"{url}?until={today - timedelta(days=1)}")
    assert "No entries match this filter." in text(w.olga, f"{url}?since={today + timedelta(days=1)}")


@pytest.mark.parametrize(
    "query",
    [
        "kind=x",
        "person=x",
        "since=yesterday",
        "until=2026-13-01",
        "since=0001-01-01",
        "until=9999-12-31",
        "before=x",
    ],
)
def test_invalid_filters_are_refused(w: World, url: str, query: str) -> None:
    assert get(w.olga, f"{url}?{query}").status_code == 400


def test_pages_go_on_by_key(w: World, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.page, "__defaults__", (None, 2))
    for number in range(5):
        sign_in(w.ann, f"address-{number}")
    first = text(w.olga, url)
    assert "address-4" in first and "address-3" in first and "address-2" not in first
    last_shown = SecurityEvent.objects.get(address="address-3").pk
    assert f"?before={last_shown}" in first
    sign_in(w.ann, "address-new")
    second = text(w.olga, f"{url}?before={last_shown}")
    assert "address-2" in second and "address-3" not in second and "address-new" not in second
    assert 'aria-label="Pages"' in second
    assert "Older" not in text(w.olga, f"{url}?before={SecurityEvent.objects.get(address='address-2').pk}")


def test_as_csv_without_formulas(w: World, url: str) -> None:
    sign_in(w.ann, agent="=HYPERLINK(1)")
    sign_in(w.max)
    response: Any = browser(w.olga).get(f"{url}?format=csv&person={w.ann.pk}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="security-log-acme-')
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["event"], row["account"], row["address"], row["browser"]) for row in rows] == [
        ("sign_in", "Ann", "203.0.113.1", "'=HYPERLINK(1)")
    ]


def test_every_kind_has_a_name_and_every_entry_is_shown(w: World, url: str) -> None:
    assert set(SECURITY_EVENTS) == set(Kind)
    for kind in Kind:
        security_log.record(kind, user_id=w.ann.pk, workspace_id=w.workspace.pk, details={"name": "<b>"})
    security_log.flush()
    page = text(w.olga, url)
    assert "<b>" not in page
    assert all(page.count(str(name)) >= 2 for name in SECURITY_EVENTS.values())


def test_the_number_of_queries_does_not_grow(w: World, url: str) -> None:
    sign_in(w.ann)
    before = queries(w.olga, url)
    for user in (w.ann, w.max, w.vera):
        sign_in(user)
    assert queries(w.olga, url) == before
