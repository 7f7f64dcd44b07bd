"""Who waits while images are fetched, decoded and made: nobody for another workspace, and nobody with a thread of others."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings

from annotator.domain.errors import Unavailable
from annotator.files import media
from annotator.server.turns import Turns
from annotator.services.media.decoding import renditions
from annotator.services.media.decoding.pool import Part
from annotator.services.media.decoding.renditions import Wanted
from tests import servers
from tests.files.site import Site
from tests.storage import pictures

DATA = pictures.jpeg(64, 48)


class Host:
    """A host of images that keeps its answers back until `open` is set; `asked` has the paths in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = threading.Event()
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                if self.path.startswith("/slow"):
                    host.open.wait(60)
                self.send_response(200)
                self.send_header("Content-Length", str(len(DATA)))
                self.end_headers()
                self.wfile.write(DATA)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"


@contextmanager
def hosting() -> Iterator[Host]:
    host = Host()
    threading.Thread(target=host.server.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        host.open.set()
        host.server.shutdown()
        host.server.server_close()


def _site(server: servers.Server, name: str) -> Site:
    made = Site(server, {"X-Api-Key": server.token(name), "Content-Type": "application/json"}, "", "")
    workspace = made.call("GET", "/v1/workspaces")["items"][0]["id"]
    made.project = made.call("POST", "/v1/projects", {"workspace_id": workspace, "name": name})["id"]
    made.dataset = made.call("POST", f"/v1/projects/{made.project}/datasets", {"name": "All"})["id"]
    return made


def test_imports_from_slow_hosts_hold_no_thread_of_others_and_no_other_workspace_up() -> None:
    with (
        hosting() as host,
        servers.our_server(
            "--no-worker",
            ANNOTATOR_THREADS="1",
            ANNOTATOR_DECODE_PROCESSES="1",
            ANNOTATOR_URL_IMPORT_HOSTS=host.address,
        ) as server,
        ThreadPoolExecutor(12) as threads,
    ):
        one, other = _site(server, "one"), _site(server, "other")

        def take(site: Site, name: str) -> Future[servers.Answer]:
            body = {"dataset_id": site.dataset, "filename": name, "url": f"http://{host.address}/{name}"}
            path = f"/v1/projects/{site.project}/images"
            return threads.submit(server.request, "POST", path, json.dumps(body).encode(), site.headers)

        slow = [take(one, f"slow-{place}.jpg") for place in range(10)]
        try:
            servers.wait_until(lambda: len(host.asked) == 2, "two of its imports", 30)
            assert other.call("GET", f"/v1/projects/{other.project}/images")["items"] == []
            assert take(other, "quick.jpg").result(30).status == 200
            assert other.image("sent.jpg", DATA)["id"]
            assert sum("slow" in path for path in host.asked) == 2  # the others wait without a thread
            assert not any(each.done() for each in slow)
        finally:
            host.open.set()
        assert {each.result(60).status for each in slow} == {200}


@pytest.fixture
def opened() -> Iterator[threading.Event]:
    """Until this is set no rendition is done."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch, opened: threading.Event) -> list[uuid.UUID]:
    """The workspaces whose renditions are begun, of each two at a time."""
    begun: list[uuid.UUID] = []

    def make(wanted: Wanted) -> Part:
        begun.append(wanted.workspace_id)
        assert opened.wait(30)
        return Part(wanted.variant, 1, 1, b"")

    monkeypatch.setattr(renditions, "make", make)
    monkeypatch.setattr(
        media, "_making", Turns(settings.DECODING_REQUESTS, places_each=2, waiting=6, waiting_each=5)
    )
    return begun


async def test_renditions_are_made_by_turns_of_workspaces(
    making: list[uuid.UUID], opened: threading.Event
) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    tasks = [asyncio.create_task(media._part(_wanted(one))) for _ in range(7)]
    await _until(lambda: making == [one, one])
    with pytest.raises(Unavailable) as refused:
        await media._part(_wanted(one))
    assert refused.value.retry_after
    tasks.append(asyncio.create_task(media._part(_wanted(other))))
    await _until(lambda: making == [one, one, other])
    opened.set()
    await asyncio.gather(*tasks)


def _wanted(workspace: uuid.UUID) -> Wanted:
    return Wanted(workspace, uuid.uuid4(), "fit200", uuid.uuid4(), "0" * 64)


async def _until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)
