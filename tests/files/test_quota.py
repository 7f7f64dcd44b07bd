"""An upload that the workspace has no room for is refused before its bytes are stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from annotator.files import threads
from annotator.files.app import application
from annotator.models import Blob, Workspace, WorkspaceClock
from annotator.services.media import uploads, urls
from annotator.services.workspaces.quotas import quotas
from tests.world import picture, world

pytestmark = pytest.mark.django_db(transaction=True)
DATA = picture(78)


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    quotas.forget()
    yield
    quotas.forget()
    threads.close()


def slot(limit: int) -> tuple[Any, str]:
    w = world()
    slot = uploads.create_slots(actor=w.actor(w.max), project=w.project, count=1, style="resumable")[0]
    Workspace.all_objects.filter(pk=w.workspace.pk).update(quota_bytes=limit)
    quotas.flush()
    return w, urls.upload(slot)


async def put(url: str, body: bytes, **headers: str) -> tuple[int, Any]:
    parts = urlsplit(url)
    given = {
        "content-length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    scope = {
        "type": "http", "method": "PUT", "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items() if value], "client": ("127.0.0.1", 1),
    }  # fmt: skip
    caller = ApplicationCommunicator(application, scope)
    await caller.send_input({"type": "http.request", "body": body})
    status: int = (await caller.receive_output(5))["status"]
    return status, orjson.loads((await caller.receive_output(5)).get("body") or b"{}")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content_length": str(5 * 1024 * 1024)},
        {"content_range": f"bytes 0-{len(DATA) - 1}/{len(DATA)}"},
        {"content_range": f"bytes 0-{len(DATA) - 1}/*"},
    ],
    ids=["small", "large", "resumable", "resumable of unknown size"],
)
async def test_nothing_is_stored_above_the_limit(headers: dict[str, str]) -> None:
    _, url = await sync_to_async(slot)(len(DATA) - 1)
    before = await Blob.objects.acount()
    status, body = await put(url, DATA, **headers)
    assert (status, body["code"]) == (400, "quota")
    assert "storage of this workspace is full" in body["message"]
    assert await Blob.objects.acount() == before
    assert not list(settings.MEDIA_DIR.rglob("*.part"))


async def test_an_upload_counts_once() -> None:
    w, url = await sync_to_async(slot)(2 * len(DATA))
    for _ in range(2):
        assert (await put(url, DATA))[0] == 200
    await sync_to_async(quotas.flush)()
    assert (await WorkspaceClock.objects.aget(pk=w.workspace.pk)).bytes == len(DATA)
