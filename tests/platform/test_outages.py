"""What a server says and still does while its database is locked, full or gone: 503 to whoever would write, answers to readers."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest

from tests import servers
from tests.files.site import Site
from tests.platform.test_many_servers import follow, hear
from tests.storage import pictures

DATA = pictures.jpeg(320, 240)
SETTINGS = "tests.platform.outage_settings"
_COUNTED = ("workspace", "project", "concept", "label", "tag", "blob", "upload", "event", "media")


@dataclass(slots=True)
class Place:
    """A site, a person who is signed in there, an image with its address, and slots for uploads."""

    site: Site
    cookie: str
    token: str
    image: str
    image_path: str
    slots: list[str]
    training: dict[str, str]

    def page(self, method: str, path: str, body: bytes | None = None, **headers: str) -> servers.Answer:
        """Ask as the browser of the person does."""
        sent = {"Cookie": self.cookie, "X-CSRFToken": self.token}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site.server.request(method, path, body, sent)

    def rows(self) -> list[Any]:
        """Return how many rows the tables have that the writes below would fill."""
        tables = self.site.server.query("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = {name for (name,) in tables} & {f"annotator_{name}" for name in _COUNTED}
        return [(name, self.site.server.query(f"SELECT count(*) FROM {name}")) for name in sorted(names)]

    def reads(self) -> dict[str, servers.Answer]:
        """Return the answers to readers of every surface."""
        project, dataset = self.site.project, self.site.dataset
        pages = [
            "/", "/account", "/tokens", "/jobs", "/workspaces", "/admin/", "/admin/annotator/project/",
            *(f"/projects/{project}{page}" for page in ("", "/settings", "/members", "/media", "/classes")),
            f"/label/{self.image}",
            f"/web/projects/{project}/session", f"/web/media/{self.image}/state",
            f"/web/projects/{project}/events?since=0",
        ]  # fmt: skip
        calls = [
            "/v1/projects",
            f"/v1/projects/{project}/images",
            f"/v1/projects/{project}/images/{self.image}/labels",
            f"/v1/projects/{project}/datasets/{dataset}",
        ]
        vision = "/customvision/v3.3/training/projects"
        answers = {path: self.page("GET", path) for path in pages}
        answers |= {path: self.site.get(path, **self.site.headers) for path in calls}
        answers[vision] = self.site.get(vision, **self.training)
        return answers | {self.image_path: self.site.get(self.image_path)}

    def writes(self) -> dict[str, servers.Answer]:
        """Return the answers to writers of every surface."""
        project, server = self.site.project, self.site.server
        v1, vision = f"/v1/projects/{project}", f"/customvision/v3.3/training/projects/{project}"
        form = "application/x-www-form-urlencoded"
        op = {"op_id": str(uuid.uuid4()), "label_id": str(uuid.uuid4()), "base": None, "patch": {}}
        changes = json.dumps({"v": 1, "client": "outage", "ops": [op]}).encode()
        return {
            "page": self.page("POST", "/workspaces", b"name=Other", Content_Type=form),
            "web": self.page(
                "POST", f"/web/media/{self.image}/changes", changes, Content_Type="application/json"
            ),
            "admin": self.page(
                "POST",
                "/admin/annotator/workspace/add/",
                b"name=Other&slug=other&plan=&_save=Save",
                Content_Type=form,
            ),
            "hasty": server.request("POST", f"{v1}/label_classes", b'{"name": "Outage"}', self.site.headers),
            "customvision": server.request("POST", f"{vision}/tags?name=Outage", b"", self.training),
            "upload": self.site.put(self.slots[0], DATA + b"1"),
            "resumable": self.site.put(self.slots[1], DATA[:100], Content_Range=f"bytes 0-99/{len(DATA)}"),
        }


@pytest.fixture(scope="module")
def sqlite_suite() -> Iterator[bool]:
    """Have the servers of this module use SQLite also where the suite runs on PostgreSQL; give whether it does."""
    with pytest.MonkeyPatch.context() as patch:
        on_sqlite = "ANNOTATOR_DATABASE_URL" not in os.environ
        patch.delenv("ANNOTATOR_DATABASE_URL", raising=False)
        yield on_sqlite


@pytest.fixture(scope="module")
def place(sqlite_suite: bool) -> Iterator[Place]:
    with servers.our_server(
        "--no-worker", start=False, migrate=sqlite_suite, DJANGO_SETTINGS_MODULE=SETTINGS
    ) as server:
        if not sqlite_suite:
            server.command("migrate", "--verbosity", "0")
        server.start()
        yield settled(server)


def settled(server: servers.Server) -> Place:
    key = server.token("acme", user="ann")
    server.command(
        "shell", "--verbosity", "0", "-c",
        "from annotator.models import User; User.objects.update(is_staff=True, is_superuser=True)",
    )  # fmt: skip
    site = Site(server, {"X-Api-Key": key, "Content-Type": "application/json"}, "", "")
    site.project = server.project(key, "Outages")
    site.dataset = site.call("POST", f"/v1/projects/{site.project}/datasets", {"name": "All"})["id"]
    image = site.image("seen.jpg", DATA)
    cookie = server.session("ann")
    page = server.request("GET", "/account", headers={"Cookie": cookie})
    cookie += "; " + page.headers["set-cookie"].split(";", 1)[0]
    slots = [site.slot()[1], site.slot("resumable")[1]]
    return Place(
        site,
        cookie,
        servers.form_token(page.body).decode(),
        image["id"],
        image["public_url"].removeprefix(server.url),
        slots,
        {"Training-Key": key},
    )


@contextlib.contextmanager
def locked(server: servers.Server) -> Iterator[None]:
    """Hold the database as another process does that writes for long."""
    file = server.folder / "data" / "annotator.sqlite3"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


def check_refused(surface: str, answer: servers.Answer, code: str) -> None:
    assert answer.status == 503, (surface, answer)
    assert int(answer.headers["retry-after"]) >= 1, surface
    if surface in ("page", "admin"):
        assert (
            answer.headers["content-type"].startswith("text/html") and b"Nothing was changed" in answer.body
        )
        return
    said = answer.json()
    keys = {"web": {"code", "message", "field"}, "customvision": {"code", "message", "error"}}
    assert said.keys() == keys.get(surface, {"code", "message"}), surface
    assert said["code"] == ("ErrorUnknown" if surface == "customvision" else code), surface


def test_a_locked_database_is_503_on_every_surface_and_readers_go_on(place: Place) -> None:
    before = place.rows()
    with locked(place.site.server):
        for surface, answer in place.writes().items():
            check_refused(surface, answer, "database_busy")
        assert {path: answer.status for path, answer in place.reads().items() if answer.status != 200} == {}
        ready = place.site.server.ready()
        assert (ready.status, ready.json()["database"]["ok"]) == (200, True)
    assert place.rows() == before
    assert {
        surface: answer.status for surface, answer in place.writes().items() if answer.status >= 500
    } == {}
    assert "Traceback" not in place.site.server.log.read_text()


def test_a_full_database_is_503_on_every_surface_and_readers_go_on(place: Place) -> None:
    server = place.site.server
    ((pages,),) = server.query("PRAGMA page_count")
    server.stop()
    server.env["TEST_DATABASE_PAGES"] = str(pages)
    server.start()
    try:
        before = place.rows()
        label = b'[{"class_id": "%s", "bbox": [1, 1, 50, 50]}]'
        cars = place.site.get(f"/v1/projects/{place.site.project}/label_classes", **place.site.headers)
        path = f"/v1/projects/{place.site.project}/images/{place.image}/labels"
        body = label % cars.json()["items"][0]["id"].encode()
        # What still finds room on pages of the file is saved.
        answer = servers.wait_until(
            lambda: (sent := server.request("POST", path, body, place.site.headers)).status != 200 and sent,
            "a full database",
        )
        check_refused("hasty", answer, "disk_full")
        assert {path: read.status for path, read in place.reads().items() if read.status != 200} == {}
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()
        del server.env["TEST_DATABASE_PAGES"]
        server.start()
    assert server.request("POST", path, body, place.site.headers).status == 200
    assert place.rows() != before


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[servers.Postgres, Path]]:
    """Give a PostgreSQL server and a link to the folder of its socket, by whose removal it is gone for others."""
    with servers.postgres() as running:
        folder = running.url.partition("host=")[2]
        link = tmp_path_factory.mktemp("postgres") / "socket"
        link.symlink_to(unquote(folder))
        yield servers.Postgres(running.url.replace(folder, str(link)), running.has_icu), link


def test_a_database_that_is_gone_is_503_on_every_surface_until_it_is_back(
    database: tuple[servers.Postgres, Path],
) -> None:
    running, link = database
    folder = link.readlink()
    direct = running.url.replace(str(link), str(folder))
    with servers.our_server(
        "--no-worker", start=False, migrate=False, ANNOTATOR_DATABASE_URL=running.url
    ) as server:
        server.database_url = running.url
        server.command("migrate", "--verbosity", "0")
        server.start()
        place = settled(server)
        socket = follow(place.site)
        link.unlink()
        with psycopg.connect(direct, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        for path, answer in place.reads().items():
            assert (answer.status, "retry-after" in answer.headers) == (503, True), (path, answer)
        for surface, answer in place.writes().items():
            check_refused(surface, answer, "database_unavailable")
        large = json.dumps([{"name": "x" * 600_000}]).encode()
        refused = server.request(
            "POST", f"/v1/projects/{place.site.project}/label_classes", large, place.site.headers
        )
        check_refused("hasty", refused, "database_unavailable")
        refused = place.page("POST", f"/web/media/{place.image}/changes", large)
        assert (refused.status, refused.json()["code"]) == (503, "database_unavailable")
        servers.wait_until(lambda: server.ready().json()["database"]["ok"] is False, "what /readyz says")
        assert server.ready().status == 503
        link.symlink_to(folder)
        assert {path: read.status for path, read in place.reads().items() if read.status != 200} == {}
        assert place.writes()["hasty"].status == 200
        hear(socket, "concept")
        socket.close()
