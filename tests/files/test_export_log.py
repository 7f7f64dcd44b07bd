"""Exports in the security log: started by whom, downloaded from where."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from annotator.files import threads
from annotator.files.app import application
from annotator.jobs import engine
from annotator.models import Job, SecurityEvent
from annotator.services import security_log
from annotator.services.exchange.exports import exports
from annotator.services.media import urls
from annotator.services.media.selection import MediaSelection
from tests.world import world

pytestmark = pytest.mark.django_db(transaction=True)


def make() -> tuple[Any, Job]:
    security_log.gathered.clear()
    w = world()
    job = exports.start(
        actor=w.actor(w.rosa), project=w.project, format_name="json_coco", selection=MediaSelection()
    )
    assert engine.run(job.pk)
    return w, job


async def download(url: str, method: str = "GET", **headers: str) -> int:
    parts = urlsplit(url)
    scope = {
        "type": "http", "method": method, "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "client": ("203.0.113.4", 1),
    }  # fmt: skip
    caller = ApplicationCommunicator(application, scope)
    await caller.send_input({"type": "http.request", "body": b""})
    status: int = (await caller.receive_output(5))["status"]
    while (await caller.receive_output(5)).get("more_body"):
        pass
    return status


async def test_start_and_download_are_recorded() -> None:
    w, job = await sync_to_async(make)()
    url = urls.export(job, "export.zip", actor=w.actor(w.rosa))
    agent = {"user-agent": "curl/8"}
    assert await download(url, **agent) == 200
    assert await download(url, "HEAD", **agent) == 200
    assert await download(url, range="bytes=0-9", **agent) == 206
    assert await download(url, range="bytes=10-19", **agent) == 206
    assert await download(url + "0", **agent) == 403
    await sync_to_async(security_log.flush)()
    threads.close()
    rows = [row async for row in SecurityEvent.objects.order_by("id").values()]
    facts = {"project": str(w.project.pk), "job": str(job.pk)}
    assert [(row["kind"], row["actor_id"], row["address"], row["count"], row["details"]) for row in rows] == [
        ("export.started", w.rosa.pk, "", 1, facts | {"format": "json_coco"}),
        ("export.downloaded", None, "203.0.113.4", 2, facts),
    ]
    assert {row["workspace_id"] for row in rows} == {w.workspace.pk}
