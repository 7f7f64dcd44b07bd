"""Jobs in real worker processes: killed in the middle, sent twice, cancelled, stopped in order."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests import servers

LEASE = {"ANNOTATOR_JOB_LEASE_SECONDS": "2", "DJANGO_SETTINGS_MODULE": "tests.jobs.worker.settings"}


class Jobs:
    """Writes jobs as another process would, without a message: the sweeper has to find them."""

    def __init__(self, server: servers.Server, folder: Path) -> None:
        self.server = server
        self.log = folder / "log"
        self.gate = folder / "open"
        self.log.touch()
        server.token("acme")
        self.workspace = server.query("SELECT id FROM annotator_workspace")[0][0]

    def add(self, kind: str, **columns: Any) -> uuid.UUID:
        """Insert a waiting job that is old enough to be called lost."""
        job_id, old = uuid.uuid4(), datetime(2020, 1, 1, tzinfo=UTC)
        is_postgres = bool(self.server.database_url)
        params = orjson.dumps({"log": str(self.log), "open": str(self.gate)}).decode()
        values: dict[str, Any] = {
            "id": job_id if is_postgres else job_id.hex, "created_at": old if is_postgres else str(old)[:19],
            "updated_at": old if is_postgres else str(old)[:19], "workspace_id": self.workspace, "number": 0, "kind": kind,
            "state": "QUEUED", "cancel_requested": False, "progress": 0.0, "message": "", "params": params, "result": "{}",
            "error": "", "attempt": 0, "checkpoint": "{}", "lease_owner": "",
        } | columns  # fmt: skip
        marks = ", ".join(["%s"] * len(values))
        self.server.query(
            f"INSERT INTO annotator_job ({', '.join(values)}) VALUES ({marks})", *values.values()
        )
        return job_id

    def row(self, job_id: uuid.UUID) -> dict[str, Any]:
        names = ("state", "attempt", "error", "progress", "lease_owner")
        key = job_id if self.server.database_url else job_id.hex
        found = self.server.query(f"SELECT {', '.join(names)} FROM annotator_job WHERE id = %s", key)
        return dict(zip(names, found[0], strict=True))

    def ask_to_cancel(self, job_id: uuid.UUID) -> None:
        key = job_id if self.server.database_url else job_id.hex
        self.server.query("UPDATE annotator_job SET cancel_requested = %s WHERE id = %s", True, key)

    def wait_for(self, job_id: uuid.UUID, state: str) -> dict[str, Any]:
        return servers.wait_until(
            lambda: (row := self.row(job_id))["state"] == state and row, f"state {state}"
        )

    def said(self) -> list[str]:
        return [line.split()[0] for line in self.log.read_text().splitlines()]

    def pids(self) -> list[int]:
        return [int(line.split()[1]) for line in self.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def place() -> Iterator[servers.Server]:
    """A database without a server; each test starts the workers that it wants."""
    with servers.our_server(start=False, **LEASE) as server:
        yield server


@pytest.fixture
def jobs(place: servers.Server, tmp_path: Path) -> Jobs:
    return Jobs(place, tmp_path)


def worker(jobs: Jobs) -> Any:
    command = [servers.sys.executable, "manage.py", "work"]
    return servers.child(command, env=jobs.server.env, log=jobs.server.folder / "worker.log")


def test_a_job_whose_worker_is_killed_is_finished_by_another(jobs: Jobs) -> None:
    with worker(jobs) as first:
        job = jobs.add("test.gate")
        servers.wait_until(lambda: jobs.said() == ["began"], "the first attempt")
        first.kill()
        first.wait()
    assert jobs.row(job)["state"] == "RUNNING"
    jobs.gate.touch()
    with worker(jobs):
        row = jobs.wait_for(job, "DONE")
    assert row["attempt"] == 2 and jobs.said() == ["began", "began", "ended"]
    assert len(set(jobs.pids())) == 2


def test_a_job_that_takes_three_workers_down_is_failed_and_cleaned_up(jobs: Jobs) -> None:
    job = jobs.add("test.fatal")
    for _ in range(3):
        with worker(jobs) as process:
            assert process.wait(servers.PATIENCE) == 9
    with worker(jobs):
        row = jobs.wait_for(job, "FAILED")
    assert "stopped 3 times" in row["error"]
    assert jobs.said() == ["began"] * 3 + ["cleaned"]


def test_a_running_job_is_cancelled_and_a_waiting_one_never_begins(jobs: Jobs) -> None:
    with worker(jobs):
        running = jobs.add("test.gate")
        servers.wait_until(lambda: jobs.said() == ["began"], "the start")
        waiting = jobs.add("test.quick")
        for job in (running, waiting):
            jobs.ask_to_cancel(job)
        for job in (running, waiting):
            jobs.wait_for(job, "CANCELLED")
    assert jobs.said() == ["began", "cleaned"]


def test_a_worker_told_to_stop_steps_aside_at_once(jobs: Jobs) -> None:
    with worker(jobs) as process:
        job = jobs.add("test.gate")
        servers.wait_until(lambda: jobs.said() == ["began"], "the start")
        process.send_signal(signal.SIGTERM)
        assert process.wait(servers.PATIENCE) == 0
    assert (jobs.row(job)["state"], jobs.row(job)["attempt"]) == ("QUEUED", 0)
    jobs.gate.touch()
    with worker(jobs):
        assert jobs.wait_for(job, "DONE")["attempt"] == 1


MANY = """
import io, zipfile
from PIL import Image
from annotator.domain.actor import Actor
from annotator.models import User, Workspace
from annotator.services import blobs
from annotator.services.media import archives
from annotator.services.projects import datasets, projects

actor = Actor(user_id=User.objects.get().pk)
project = projects.create(actor=actor, workspace=Workspace.objects.get(), name="Many")
dataset = datasets.create(actor=actor, project=project, name="All")
pixel, packed = io.BytesIO(), io.BytesIO()
Image.new("RGB", (8, 8)).save(pixel, "JPEG")
with zipfile.ZipFile(packed, "w") as archive:
    for number in range(400):
        archive.writestr(f"{number}.jpg", pixel.getvalue())
blob = blobs.put_bytes(packed.getvalue(), mime="application/zip")
for on_clash in ("number", "number"):
    job = archives.start(actor=actor, dataset=dataset, source=blob, name="many.zip", on_clash=on_clash)
print(job.pk)
"""


def test_an_archive_survives_a_stop_and_a_kill_with_exact_counts(jobs: Jobs) -> None:
    """The second of two equal archives, with "keep both": every name of it is in the dataset already."""
    server = jobs.server
    job = uuid.UUID(server.command("shell", "--verbosity", "0", "-c", MANY).stdout.split()[-1])

    def count() -> int:
        return int(server.query("SELECT count(*) FROM annotator_media")[0][0])

    for enough, number in ((470, signal.SIGTERM), (600, signal.SIGKILL)):
        with worker(jobs) as process:
            servers.wait_until(lambda enough=enough: count() >= enough, f"{enough} images")
            process.send_signal(number)
            process.wait(servers.PATIENCE)
        assert enough <= count() < 800
    with worker(jobs):
        jobs.wait_for(job, "DONE")
    names = server.query("SELECT name FROM annotator_datasetitem")
    assert len(names) == len(set(names)) == 800
    assert {f"{n} (2).jpg" for n in range(400)} < {name for (name,) in names}


def test_two_workers_share_the_work_and_do_nothing_twice(jobs: Jobs) -> None:
    with worker(jobs), worker(jobs):
        many = [jobs.add("test.quick") for _ in range(30)]
        for job in many:
            assert jobs.wait_for(job, "DONE")["attempt"] == 1
    assert jobs.said() == ["ran"] * 30


def test_a_worker_ends_with_its_parent(jobs: Jobs) -> None:
    code = (
        "import subprocess, sys, os, time\n"
        "child = subprocess.Popen([sys.executable, 'manage.py', 'work', '--parent', str(os.getpid())])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with servers.subprocess.Popen(
        [servers.sys.executable, "-c", code],
        env=jobs.server.env,
        cwd=servers.ROOT,
        stdout=servers.subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        servers.wait_until(lambda: b"work" in servers.command_line(pid), "the worker's start")
        parent.kill()
    servers.wait_until(lambda: not servers.command_line(pid), "the worker's end")


def test_nothing_is_left_on_the_queue(jobs: Jobs) -> None:
    with worker(jobs):
        jobs.wait_for(jobs.add("test.quick"), "DONE")
        queue = Path(jobs.server.env["ANNOTATOR_DATA_DIR"]) / "queue.sqlite3"

        def rows() -> int:
            with servers.contextlib.closing(servers.sqlite3.connect(queue)) as link:
                return sum(
                    link.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("task", "kv")
                )

        servers.wait_until(lambda: rows() == 0, "an empty queue")
    assert os.path.getsize(queue) < 1_000_000


@pytest.mark.parametrize("queue", ["sqlite", "redis"])
def test_the_message_itself_reaches_a_worker(
    queue: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """With the long lease of production the sweeper would come too late."""
    variables = {
        "DJANGO_SETTINGS_MODULE": LEASE["DJANGO_SETTINGS_MODULE"],
        "ANNOTATOR_JOB_LEASE_SECONDS": "3600",
    }
    if queue == "redis":
        variables["ANNOTATOR_REDIS_URL"] = request.getfixturevalue("redis_url")
    with servers.our_server(start=False, **variables) as server:
        jobs = Jobs(server, tmp_path)
        code = (
            "from annotator.models import Workspace; from annotator.services.jobs import jobs\n"
            f"params = {{'log': {str(jobs.log)!r}}}\n"
            "print(jobs.start(actor=None, workspace=Workspace.objects.get(), kind='test.quick', params=params).pk)"
        )
        with worker(jobs):
            job = uuid.UUID(server.command("shell", "--verbosity", "0", "-c", code).stdout.split()[-1])
            assert jobs.wait_for(job, "DONE")["attempt"] == 1
