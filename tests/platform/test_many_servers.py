"""Two servers and two workers on one PostgreSQL, Redis and S3, as on many machines: each with a disk of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import websocket

from tests import servers
from tests.files.site import Site
from tests.platform.test_sockets import opened
from tests.storage import pictures

DATA = pictures.jpeg(640, 480)
LEASE_SECONDS = 2
BURST = 200  # requests of one credential in each window of a hundred seconds


@dataclass(slots=True)
class Place:
    """The two servers, spoken to as one site each; the folder that jobs of the tests write to; Redis, which can be restarted."""

    one: Site
    two: Site
    folder: Path
    workers: list[subprocess.Popen[bytes]]
    redis_port: int
    redis: contextlib.ExitStack

    def start_redis(self) -> None:
        self.redis.enter_context(servers.redis_on(self.redis_port))

    def job(self, kind: str, name: str) -> tuple[str, Path, Path]:
        """Queue a job in the settings of the first server; return its id, its log and the file that lets it end."""
        log, gate = self.folder / f"{name}.log", self.folder / f"{name}.open"
        log.touch()
        code = (
            "from annotator.domain.actor import Actor\n"
            "from annotator.models import Project, User\n"
            "from annotator.services.jobs import jobs\n"
            f"project = Project.objects.get(pk={self.one.project!r})\n"
            f"params = {{'log': {str(log)!r}, 'open': {str(gate)!r}}}\n"
            "actor = Actor(user_id=User.objects.get(username='ann').pk)\n"
            f"print(jobs.start(actor=actor, workspace=project.workspace, project=project, kind={kind!r}, params=params).pk)"
        )
        return self.one.server.command("shell", "--verbosity", "0", "-c", code).stdout.split()[-1], log, gate


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("many")
    port = servers.free_port()
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(servers.postgres())
        bucket = stack.enter_context(servers.s3())
        redis = stack.enter_context(contextlib.ExitStack())
        redis.enter_context(servers.redis_on(port))
        variables = bucket.variables | {
            "ANNOTATOR_DATABASE_URL": database.url,
            "ANNOTATOR_REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "ANNOTATOR_SECRET_KEY": "the same on all machines" * 3,
            "ANNOTATOR_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "ANNOTATOR_RATE_API": "2",
            "ANNOTATOR_RATE_API_BURST": str(BURST),
            "DJANGO_SETTINGS_MODULE": "tests.jobs.worker.settings",
        }
        both = [
            stack.enter_context(servers.our_server("--no-worker", start=False, migrate=False, **variables))
            for _ in range(2)
        ]
        both[0].command("migrate", "--verbosity", "0")
        for server in both:
            server.database_url = database.url
            server.start()
        workers = []
        for number in range(2):
            env = both[0].env | {"ANNOTATOR_DATA_DIR": str(folder / f"worker-{number}")}
            command = [sys.executable, "manage.py", "work"]
            workers.append(
                stack.enter_context(servers.child(command, env=env, log=folder / f"worker-{number}.log"))
            )
        headers = {"X-Api-Key": both[0].token("acme", user="ann"), "Content-Type": "application/json"}
        one = Site(both[0], headers, "", "")
        one.project = both[0].project(headers["X-Api-Key"], "Shared")
        one.dataset = one.call("POST", f"/v1/projects/{one.project}/datasets", {"name": "All"})["id"]
        two = Site(both[1], headers, one.project, one.dataset)
        both[1].wait_ready()
        yield Place(one, two, folder, workers, port, redis)


def follow(site: Site, user: str = "ann") -> websocket.WebSocket:
    link = opened(site.server, site.project, cookie=site.server.session(user))
    link.settimeout(servers.PATIENCE)
    hello = json.loads(link.recv())
    link.send(json.dumps({"type": "join", "since": hello["seq"], "client": uuid.uuid4().hex}))
    return link


def hear(link: websocket.WebSocket, kind: str) -> dict[str, Any]:
    """Return the next event of a kind, passing over presence and other news."""
    while True:
        message: dict[str, Any] = json.loads(link.recv())
        if message["type"] == "event" and message["kind"].startswith(kind):
            return message


def answers(site: Site, path: str) -> bool:
    return site.server.request("GET", path, headers=site.headers).status == 200


def draw(site: Site, image: str) -> None:
    path = f"/v1/projects/{site.project}/images/{image}/labels"
    site.call("POST", path, [{"class_id": car(site), "bbox": [10, 10, 60, 50]}])


def car(site: Site) -> str:
    classes = f"/v1/projects/{site.project}/label_classes"
    found = site.call("GET", classes)["items"]
    return str((found[0] if found else site.call("POST", classes, {"name": "Car"}))["id"])


def test_a_commit_of_another_process_wakes_a_server_that_does_not_poll(place: Place) -> None:
    """By another server and by a worker; the server's own look at the database is an hour away.

    Stands before the tests that end Redis: for some seconds after an outage a process publishes nothing.
    """
    image = place.one.image("awake.jpg", DATA)["id"]
    server = place.two.server
    server.stop()
    server.env["TEST_LIVE_POLL_SECONDS"] = "3600"
    server.start()
    try:
        with contextlib.closing(follow(place.two)) as link:
            for _ in range(3):
                draw(place.one, image)
                hear(link, "label")
            _, log, gate = place.job("test.gate", "wake")
            servers.wait_until(lambda: log.read_text(), "the job's start")
            gate.touch()
            while hear(link, "job.")["after"]["state"] != "DONE":
                pass
    finally:
        server.stop()
        del server.env["TEST_LIVE_POLL_SECONDS"]
        server.start()


def test_a_label_reaches_the_pages_of_the_other_server_also_without_redis(place: Place) -> None:
    image = place.one.image("live.jpg", DATA)["id"]
    with contextlib.closing(follow(place.two)) as link:
        draw(place.one, image)
        seqs = [hear(link, "label")["seq"]]
        place.redis.close()  # as a crash: it keeps nothing
        for _ in range(2):
            link.send(json.dumps({"type": "join", "media": image}))  # tells others where we are, if it can
            draw(place.one, image)
            seqs.append(hear(link, "label")["seq"])
        with contextlib.closing(follow(place.two)) as opened_meanwhile:
            draw(place.one, image)
            assert hear(opened_meanwhile, "label")["seq"] == hear(link, "label")["seq"]
        ready = place.two.server.ready()
        assert (ready.status, ready.json()["channels"]["ok"]) == (200, False)
        place.start_redis()
        draw(place.one, image)
        seqs.append(hear(link, "label")["seq"])
    assert seqs == [*range(seqs[0], seqs[0] + 3), seqs[0] + 4]
    with contextlib.closing(follow(place.two)) as link:
        draw(place.one, image)
        hear(link, "label")


def test_bytes_of_one_server_are_read_through_the_other(place: Place) -> None:
    image = place.one.image("bytes.jpg", DATA)
    path = place.two.call("GET", f"/v1/projects/{place.two.project}/images/{image['id']}")["public_url"]
    assert place.two.get(path.replace(place.one.server.url, place.two.server.url)).body == DATA
    part = place.two.get(path.replace(place.one.server.url, place.two.server.url), Range="bytes=100-299")
    assert (part.status, part.body) == (206, DATA[100:300])


def test_parts_of_one_file_belong_to_one_server_and_the_other_says_so(place: Place) -> None:
    total = len(DATA)
    key, path = place.one.slot("resumable")
    assert place.one.put(path, DATA[:1000], Content_Range=f"bytes 0-999/{total}").status == 308
    rest = {"Content_Range": f"bytes 1000-{total - 1}/{total}"}
    for body, headers in ((DATA[1000:], rest), (b"", {"Content_Range": f"bytes */{total}"})):
        refused = place.two.put(path, body, **headers)
        assert (refused.status, refused.json()["code"]) == (400, "upload_elsewhere")
    assert place.one.put(path, DATA[1000:], **rest).status == 200
    item = {"dataset_id": place.two.dataset, "filename": "parts.jpg", "upload_id": key}
    assert place.two.call("POST", f"/v1/projects/{place.two.project}/images", item)["width"] == 640
    key, path = place.one.slot("resumable")  # from its beginning it may go to the other
    assert place.one.put(path, DATA[:1000], Content_Range=f"bytes 0-999/{total}").status == 308
    assert place.two.put(path, DATA, Content_Range=f"bytes 0-{total - 1}/{total}").status == 200


def test_a_job_is_run_once_seen_everywhere_and_outlives_its_worker(place: Place) -> None:
    cookie = {"Cookie": place.two.server.session("ann")}
    job, log, gate = place.job("test.gate", "gate")

    def lines() -> list[list[str]]:
        return [line.split() for line in log.read_text().splitlines()]

    def lease_end() -> datetime:
        ((end,),) = place.one.server.query("SELECT lease_until FROM annotator_job WHERE id = %s", job)
        return end

    def state() -> dict[str, Any]:
        answer = place.two.server.request("GET", f"/web/jobs/{job}", headers=cookie)
        assert answer.status == 200, answer
        return dict(answer.json())

    servers.wait_until(
        lambda: (now := state())["state"] == "RUNNING" and now["percent"] == 50, "its progress"
    )
    renewed = lease_end() + timedelta(seconds=2 * LEASE_SECONDS)
    servers.wait_until(lambda: lease_end() > renewed, "a lease renewed by its living worker")
    assert [word for word, _ in lines()] == ["began"]
    first = int(lines()[0][1])
    os.kill(first, signal.SIGKILL)
    servers.wait_until(lambda: len(lines()) == 2, "the second attempt")
    gate.touch()
    servers.wait_until(lambda: state()["state"] == "DONE", "its end")
    assert [word for word, _ in lines()] == ["began", "began", "ended"]
    assert lines()[1][1] == lines()[2][1] != str(first)
    assert {int(pid) for _, pid in lines()} == {worker.pid for worker in place.workers}


def test_a_database_that_drops_everybody_is_found_again(place: Place) -> None:
    image = place.one.image("dropped.jpg", DATA)["id"]
    with contextlib.closing(follow(place.two)) as link:
        while (
            json.loads(link.recv())["type"] != "presence"
        ):  # the last step of joining, which asks the database
            pass
        place.one.server.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        path = f"/v1/projects/{place.one.project}/images/{image}"
        for site in (place.one, place.two):
            servers.wait_until(partial(answers, site, path), "an answer", 5)
        draw(place.one, image)
        hear(link, "label")


def test_a_removed_member_loses_the_stream_of_the_other_server(place: Place) -> None:
    place.one.server.token("acme", user="bob", role="annotator")
    with contextlib.closing(follow(place.two, "bob")) as link:
        place.one.server.query(
            "DELETE FROM annotator_membership WHERE user_id = (SELECT id FROM annotator_user WHERE username = 'bob')"
        )
        began = time.monotonic()
        while (frame := link.recv_frame()).opcode != websocket.ABNF.OPCODE_CLOSE:
            pass
        assert int.from_bytes(frame.data[:2], "big") == 4403 and time.monotonic() - began < 10


def test_a_credential_is_counted_over_all_servers(place: Place) -> None:
    headers = {"X-Api-Key": place.one.server.token("acme", user="eve")}

    def ask(number: int) -> servers.Answer:
        server = (place.one, place.two)[number % 2].server
        return server.request("GET", "/v1/workspaces", headers=headers)

    for number in range(3 * BURST):
        refusal = ask(number)
        if refusal.status == 429:
            wait = float(refusal.headers["retry-after"])
            if wait > 10:  # far enough from where the count restarts
                break
            time.sleep(wait)
    assert refusal.status == 429 and ask(number + 1).status == 429
