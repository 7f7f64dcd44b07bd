"""A workspace without room: refused in the form of each dialect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from annotator.models import Blob, Workspace, WorkspaceClock
from annotator.services.workspaces.quotas import quotas
from tests.world import World, picture


@pytest.fixture(autouse=True)
def full(w: World) -> Iterator[None]:
    WorkspaceClock.objects.filter(pk=w.workspace.pk).update(bytes=1000)
    Workspace.all_objects.filter(pk=w.workspace.pk).update(quota_bytes=1000)
    quotas.flush()
    yield
    quotas.forget()


def test_hasty(w: World) -> None:
    answer: Any = Client().post(
        f"/v1/projects/{w.project.pk}/image_uploads",
        {"count": 1},
        content_type="application/json",
        headers={"X-Api-Key": w.token(w.max)},
    )
    assert answer.status_code == 400 and "storage of this workspace is full" in answer.content.decode()


def test_custom_vision(w: World) -> None:
    before = Blob.objects.count()
    answer: Any = Client().post(
        f"/customvision/v3.3/training/projects/{w.project.pk}/images",
        picture(79),
        content_type="application/octet-stream",
        headers={"Training-Key": w.token(w.max)},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequestExceededQuota"), answer.content
    assert "storage of this workspace is full" in answer.json()["message"]
    assert Blob.objects.count() == before
