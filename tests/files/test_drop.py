"""Uploads of many files with a real server and its worker, also with the worker killed meanwhile."""

from __future__ import annotations

import io
import json
import os
import signal
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.files.site import Site, site
from tests.servers import wait_until
from tests.storage import pictures

TOKEN = "t" * 32


@pytest.fixture(scope="module")
def here() -> Iterator[Site]:
    with site("--host", "127.0.0.1", ANNOTATOR_JOB_LEASE_SECONDS="2") as running:
        running.server.command("create_token", "--workspace", "acme", "--user", "max", "--role", "manager")
        cookie = running.server.session("max")
        running.headers |= {
            "Cookie": f"{cookie}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Accept": "application/json",
        }
        running.server.wait_ready()
        yield running


def uploads(here: Site, path: str, body: Any, status: int = 200) -> Any:
    return here.call("POST", f"/web/projects/{here.project}/uploads{path}", body, status)


def send(here: Site, files: dict[str, bytes]) -> tuple[str, list[dict[str, str]]]:
    opened = uploads(here, "", {"count": len(files), "dataset": here.dataset})
    for slot, data in zip(opened["slots"], files.values(), strict=True):
        assert here.put(slot["url"], data).status == 200
    items = [{"upload": slot["id"], "name": name} for slot, name in zip(opened["slots"], files, strict=True)]
    return opened["batch"], items


def report(here: Site, batch: str) -> Any:
    return here.call("GET", f"/web/projects/{here.project}/uploads/{batch}")


def names(here: Site, prefix: str) -> list[str]:
    rows = here.server.query(
        "SELECT name FROM annotator_datasetitem WHERE name LIKE %s AND trashed_at IS NULL", f"{prefix}%"
    )
    return sorted(row[0] for row in rows)


def kill_worker(here: Site) -> None:
    for pid in here.server.workers():
        os.kill(pid, signal.SIGKILL)


def test_an_upload_with_a_broken_file(here: Site) -> None:
    files = {f"drop/{number}.jpg": pictures.jpeg(40 + number, 30) for number in range(20)} | {
        "drop/page.jpg": pictures.HTML
    }
    batch, items = send(here, files)
    answer = uploads(here, "/finish", {"batch": batch, "items": items}, 202)
    assert len(answer["jobs"]) == 1
    wait_until(lambda: report(here, batch)["used"] == 21, "the end of the drop")
    assert [(one["name"], one["code"]) for one in report(here, batch)["problems"]] == [
        ("drop/page.jpg", "not_an_image")
    ]
    assert names(here, "drop/") == sorted(files)


def test_a_worker_killed_during_an_upload(here: Site) -> None:
    files = {f"kill/{number:03}.jpg": pictures.jpeg(300 + number, 200) for number in range(120)}
    batch, items = send(here, files)
    uploads(here, "/finish", {"batch": batch, "items": items}, 202)
    wait_until(lambda: names(here, "kill/"), "the first images")
    kill_worker(here)
    wait_until(lambda: report(here, batch)["used"] == 120, "the end of the drop")
    assert names(here, "kill/") == sorted(files)


def test_a_worker_killed_during_an_archive(here: Site) -> None:
    out = io.BytesIO()
    files = {f"zip/{number:03}.jpg": pictures.jpeg(300 + number, 210) for number in range(120)}
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    batch, items = send(here, {"all.zip": out.getvalue()})
    job = uploads(here, "/finish", {"batch": batch, "items": items}, 202)["jobs"][0]
    wait_until(lambda: names(here, "zip/"), "the first images")
    kill_worker(here)

    def state() -> str:
        return str(here.server.query("SELECT state FROM annotator_job WHERE id = %s", here.key(job))[0][0])

    wait_until(lambda: state() in ("DONE", "FAILED"), "the end of the import")
    result = here.server.query("SELECT result FROM annotator_job WHERE id = %s", here.key(job))[0][0]
    result = json.loads(result) if isinstance(result, str) else result
    assert (state(), result["created"], result["problems"]) == ("DONE", 120, [])
    assert names(here, "zip/") == sorted(files)
