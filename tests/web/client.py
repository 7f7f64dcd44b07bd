"""Helpers for tests of our own pages: a signed-in client per user, JSON and form requests, query counts."""

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
    response: Any = browser(user).post(
        url,
        body if body is not None else {},
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    return response


def send(user: User, url: str, **fields: Any) -> HttpResponse:
    """Send a form as a page's script does."""
    response: Any = browser(user).post(url, fields, headers={"Accept": "application/json"})
    return response


def get(user: User | None, url: str) -> HttpResponse:
    response: Any = browser(user).get(url)
    return response


def json(user: User | None, url: str) -> Any:
    """Return the JSON of an endpoint of a page's script; fails on any status but 200."""
    response: Any = browser(user).get(url, headers={"Accept": "application/json"})
    assert response.status_code == 200, response.content[:300]
    return response.json()


def queries(user: User, url: str) -> int:
    """Return the number of SQL statements of a page, without those of the session."""
    client = browser(user)
    assert client.get(url).status_code == 200  # fills the caches of the process, as in a running server
    with CaptureQueriesContext(connection) as found:
        client.get(url)
    return len([each for each in found.captured_queries if "annotator_session" not in each["sql"]])
