"""How tests of our own pages ask: a signed-in client per person, JSON and forms, query counts. No tests here."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.models import User


def browser(user: User | None = None) -> Client:
    """Return a client that is signed in as `user`."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def post(user: User | None, url: str, body: Any = None) -> HttpResponse:
    """Send JSON as a page's script does."""
    answer: Any = browser(user).post(
        url,
        body if body is not None else {},
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    return answer


def send(user: User, url: str, **fields: Any) -> HttpResponse:
    """Send a form as a page's script does."""
    answer: Any = browser(user).post(url, fields, headers={"Accept": "application/json"})
    return answer


def get(user: User | None, url: str) -> HttpResponse:
    answer: Any = browser(user).get(url)
    return answer


def json(user: User | None, url: str) -> Any:
    """Ask a call of a page's script and return its JSON; fails on any other answer than 200."""
    answer: Any = browser(user).get(url, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.content[:300]
    return answer.json()


def queries(user: User, url: str) -> int:
    """Return how many statements a page costs, those of the session left out."""
    client = browser(user)
    assert client.get(url).status_code == 200  # fills caches of the process, as in a server that runs
    with CaptureQueriesContext(connection) as found:
        client.get(url)
    return len([each for each in found.captured_queries if "django_session" not in each["sql"]])
