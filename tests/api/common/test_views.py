"""What holds for every dialect: credentials from its own header alone, refusals for everything that can go wrong."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client

from annotator.domain.errors import Busy, Conflict, TooLarge
from annotator.models import Dataset
from annotator.services.projects import datasets
from tests.api.hasty.conftest import caller
from tests.world import World


def test_a_session_opens_no_dialect(w: World, client: Client) -> None:
    client.force_login(w.olga)
    assert client.get("/v1/projects").status_code == 401
    token = w.token(w.olga)
    assert client.get("/v1/projects", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert client.get("/v1/projects", headers={"Training-Key": token}).status_code == 401
    assert client.get("/v1/projects", headers={"x-api-key": token}).status_code == 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("database is locked"), 503, "database_busy"),
        (IntegrityError("UNIQUE constraint failed"), 400, "conflict"),
        (OSError(errno.ENOSPC, "No space left on device"), 503, "disk_full"),
        (Busy("slow down", code="throttled", retry_after=60), 429, "throttled"),
        (Conflict("moved"), 400, "conflict"),
        (TooLarge("big"), 400, "too_large"),
        (RuntimeError("secret words"), 500, "internal_error"),
        (ValueError("secret words"), 500, "internal_error"),
    ],
)
def test_every_failure_is_said_in_the_dialects_form(
    w: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    def fail(**arguments: Any) -> None:
        raise error

    monkeypatch.setattr(datasets, "create", fail)
    answer = caller(w.token(w.max)).raw("POST", f"/projects/{w.project.pk}/datasets", {"name": "x"})
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    said = answer.json()
    assert said["code"] == code and set(said) == {"code", "message"} and "secret" not in said["message"]
    assert len(answer["X-Request-ID"]) == 32
    assert ("Retry-After" in answer) == (status in (429, 503))
    if status == 500:
        assert answer["X-Request-ID"] in said["message"]
    assert not Dataset.objects.filter(name="x").exists()


def test_a_body_beyond_the_limit_is_refused(w: World, settings: Any) -> None:
    settings.MAX_JSON_BYTES = 100
    answer = caller(w.token(w.max)).raw("POST", f"/projects/{w.project.pk}/datasets", {"name": "x" * 200})
    assert (answer.status_code, answer.json()["code"]) == (400, "too_large")


def test_a_foreign_host_gets_no_links(w: World) -> None:
    answer = caller(w.token(w.max)).raw("GET", "/projects", headers={"Host": "evil.example"})
    assert answer.status_code == 400
