"""Sessions: whose they are, their last use, idle time, and how they end."""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as conf
from django.contrib.sessions.backends.db import SessionStore as FormerStore
from django.test import Client
from django.utils import timezone

from annotator.domain.errors import Missing
from annotator.models import SecurityEvent, Session
from annotator.services.accounts import sessions
from annotator.services.accounts.sessions import session_usage
from tests.web.client import browser
from tests.world import World

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture(autouse=True)
def empty() -> None:
    session_usage.__init__()  # type: ignore[misc]


def key_of(client: Client) -> str:
    return client.cookies[conf.SESSION_COOKIE_NAME].value


def test_own_sessions_are_listed_and_ended(w: World) -> None:
    here, there, other = browser(w.ann), browser(w.ann), browser(w.max)
    actor = w.actor(w.ann)
    found = sessions.list_own(actor=actor, current_key=key_of(here))
    assert [one.is_current for one in found] == [True, False]
    assert key_of(there) not in str(found)
    with pytest.raises(Missing):
        sessions.end(actor=actor, session_id=sessions.public_id(key_of(other)))
    sessions.end(actor=actor, session_id=found[1].id)
    assert there.get("/").status_code == 302
    assert (here.get("/").status_code, other.get("/").status_code) == (200, 200)
    with pytest.raises(Missing):
        sessions.end(actor=actor, session_id=found[1].id)
    assert list(SecurityEvent.objects.values_list("kind", "user")) == [("session.ended", w.ann.pk)]


def test_the_account_page_shows_and_ends_them(w: World) -> None:
    here, there = browser(w.ann), browser(w.ann)
    with_agent = Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.5")
    with_agent.cookies = there.cookies
    with_agent.get("/")
    session_usage.flush()
    page = here.get("/account/").content.decode()
    assert "Firefox on Linux" in page and "203.0.113.5" in page and "This session" in page
    assert key_of(here) not in page and key_of(there) not in page
    answer: Any = here.post("/account/sessions/end-others", headers={"Accept": "application/json"})
    assert answer.json()["toast"] == "1 session ended."
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_last_uses_are_written_once_a_minute_and_never_by_a_request(w: World) -> None:
    client = browser(w.ann)
    long_ago = timezone.now() - timedelta(hours=1)
    Session.objects.update(last_active_at=long_ago)
    client.get("/")
    assert Session.objects.get().last_active_at == long_ago
    assert session_usage.flush() == 1
    written = Session.objects.get().last_active_at
    assert written > long_ago
    client.get("/")
    assert session_usage.flush() == 0
    session_usage._written[key_of(client)] -= timedelta(minutes=1)
    assert session_usage.flush() == 1
    assert Session.objects.get().last_active_at > written


def test_an_unused_session_ends_and_polling_does_not_keep_it(w: World, settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS = 600
    used, polling = browser(w.ann), browser(w.max)
    soon = timezone.now() + timedelta(minutes=5)
    Session.objects.update(expire_date=soon)
    used.get("/")
    assert polling.get(f"/web/projects/{w.project.pk}/events?since=0").status_code == 200
    session_usage.flush()
    ends = {row.user_id: row.expire_date for row in Session.objects.all()}
    assert ends[w.ann.pk] > soon + timedelta(minutes=4) and ends[w.max.pk] == soon
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert used.get("/").status_code == 302
    assert sessions.auth_hashes([key_of(used)]) == {}


def test_use_does_not_lengthen_a_session(w: World, settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS = 600
    client = browser(w.ann)
    end = timezone.now() + timedelta(minutes=1)
    Session.objects.update(ends_at=end, expire_date=end)
    client.get("/")
    session_usage.flush()
    assert Session.objects.get().expire_date == end


def test_sessions_that_are_over_go(w: World, settings: Any) -> None:
    for user in (w.ann, w.max, w.vera):
        browser(user)
    now = timezone.now()
    Session.objects.filter(user=w.ann).update(expire_date=now - timedelta(minutes=1))
    Session.objects.filter(user=w.max).update(last_active_at=now - timedelta(hours=1))
    assert sessions.forget_old() == 1
    settings.SESSION_IDLE_SECONDS = 600
    assert sessions.forget_old() == 1
    assert Session.objects.get().user == w.vera


def test_open_sessions_survive_the_upgrade(w: World) -> None:
    """The former table is Django's own; a browser keeps its cookie."""
    client = browser(w.ann)
    former = FormerStore()
    former.update(client.session.items())
    former.create()
    former.save()
    key = str(former.session_key)
    migration: Any = importlib.import_module("annotator.migrations.0006_sessions")
    migration.copy_sessions(apps, None)
    assert Session.objects.get(session_key=key).user == w.ann
    client.cookies[conf.SESSION_COOKIE_NAME] = key
    assert client.get("/").status_code == 200
    assert not FormerStore().exists(key)
