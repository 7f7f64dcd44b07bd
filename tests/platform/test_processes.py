"""Server and worker as processes: started, restarted, stopped, killed; nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers

HEAVY = (
    "pyvips", "cv2", "onnxruntime", "av", "drf_spectacular.generators", "drf_spectacular.openapi", "clarifai_grpc", "google.protobuf",
)  # fmt: skip


def test_a_fresh_interpreter_serves_without_the_heavy_imports(tmp_path: Path) -> None:
    code = (
        "import django, os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'annotator.settings'\n"
        "import annotator.asgi, annotator.urls, annotator.live.routing, annotator.web.urls, api.urls, annotator.jobs.engine\n"
        f"found = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(' '.join(found) or 0)\n"
    )
    env = {**os.environ, "ANNOTATOR_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "annotator.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=servers.ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_life_of_a_server() -> None:
    with servers.our_server() as server:
        server.wait_ready()
        assert server.process is not None
        # A worker that dies is started again, less urgent than people's requests.
        (first,) = server.workers()
        os.kill(first, signal.SIGKILL)
        (second,) = servers.wait_until(
            lambda: [pid for pid in server.workers() if pid != first], "a new worker"
        )
        servers.wait_until(lambda: os.getpriority(os.PRIO_PROCESS, second) == 10, "the worker's niceness")
        # A server that is killed leaves no worker behind, and starts again.
        group = server.process.pid
        server.kill()
        servers.wait_until(lambda: not servers.group_members(group), "the worker's end")
        server.start()
        server.query("DELETE FROM annotator_workerbeat")
        server.wait_ready()
        # Ctrl-C, which reaches the whole group, ends everything in order.
        group = server.process.pid
        os.killpg(group, signal.SIGINT)
        assert server.process.wait(servers.PATIENCE) == 0
        assert servers.group_members(group) == []
        assert "Traceback" not in server.log.read_text()
        assert server.query("SELECT count(*) FROM annotator_workerbeat") == [(0,)]


def test_sigterm_ends_server_and_worker() -> None:
    with servers.our_server() as server:
        assert server.process is not None
        servers.wait_until(server.workers, "the worker's start")
        server.process.terminate()
        assert server.process.wait(servers.PATIENCE) == 0
        assert servers.group_members(server.process.pid) == []


def test_without_worker_and_room_the_server_lives_but_is_not_ready() -> None:
    variables = {"ANNOTATOR_EXPECT_WORKER": "1", "ANNOTATOR_MIN_FREE_MB": str(2**31)}
    with servers.our_server("--no-worker", **variables) as server:
        answer = server.ready()
        body = answer.json()
        assert answer.status == 503 and body["worker"] == {"ok": False, "state": "never seen"}
        assert (
            body["database"]["ok"] and not body["storage"]["ok"] and "disk full" in body["storage"]["state"]
        )
        assert server.request("GET", "/healthz").status == 200


def test_without_a_database_the_server_lives_but_is_not_ready() -> None:
    with servers.our_server(
        "--no-worker", migrate=False, ANNOTATOR_DATABASE_URL="postgres://nobody@127.0.0.1:1/none"
    ) as server:
        answer = server.ready()
        assert answer.status == 503 and not answer.json()["database"]["ok"]
        assert server.request("GET", "/healthz").status == 200


def test_a_taken_port_is_told_in_words(server: servers.Server) -> None:
    second = server.command("serve", "--no-worker", check=False)
    assert second.returncode == 1 and "ANNOTATOR_PORT" in second.stderr
    assert "Traceback" not in second.stderr


def start_run(server: servers.Server) -> subprocess.Popen[bytes]:
    """Start `manage.py run`, in a group of its own, as the process of a server that was not started."""
    with server.log.open("wb") as log:
        server.process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            env=server.env, cwd=servers.ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    return server.process


def test_run_sets_everything_up_says_where_and_ends_on_ctrl_c() -> None:
    with servers.our_server(start=False, migrate=False) as server:
        process = start_run(server)
        pattern = re.compile(rf"^http://127\.0\.0\.1:{server.port}/sign-in/link/[\w-]+/$", re.MULTILINE)
        found = servers.wait_until(
            lambda: pattern.search(server.log.read_text()) or process.poll(), "the address", 180
        )
        assert isinstance(found, re.Match), server.log.read_text()
        assert server.log.read_text().strip().endswith(found[0])
        assert server.use_link(found[0].removeprefix(server.url))
        assert server.request("GET", found[0].removeprefix(server.url)).status == 404  # once
        hashes = server.query("SELECT password FROM annotator_user WHERE is_superuser")
        assert hashes and all(value.startswith("!") for (value,) in hashes)
        server.wait_ready()
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(servers.PATIENCE) == 0
        assert servers.group_members(process.pid) == []
        assert "Traceback" not in server.log.read_text()


def test_a_run_that_is_killed_amid_the_demo_leaves_none_and_the_next_one_makes_it() -> None:
    with servers.our_server(start=False, migrate=False) as server:
        process = start_run(server)
        servers.wait_until(
            lambda: server.query("SELECT count(*) FROM annotator_blob") if "Creating" in server.log.read_text() else [],
            "the demo's beginning",
            180,
        )  # fmt: skip
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        servers.wait_until(lambda: not servers.group_members(process.pid), "the end of all")
        assert server.query("SELECT count(*) FROM annotator_project") == [(0,)]
        process = start_run(server)
        servers.wait_until(lambda: servers.answers(server.port), "the second start", 180)
        server.wait_ready()
        assert server.query("SELECT count(*) FROM annotator_project") == [(1,)]
        assert server.query("SELECT count(*) FROM annotator_media") == [(12,)]
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(servers.PATIENCE) == 0


def test_ctrl_c_ends_a_run_that_still_prepares() -> None:
    with servers.our_server(start=False, migrate=False) as server:
        process = start_run(server)
        servers.wait_until(lambda: "Migrating" in server.log.read_text(), "the migrations", 60)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(servers.PATIENCE) == 130
        assert servers.group_members(process.pid) == []
        assert "Traceback" not in server.log.read_text()


def test_what_the_server_writes_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    (folder / "annotator.sqlite3").touch(mode=0o644)  # as an earlier version left it
    old = os.umask(0o022)
    try:
        with servers.our_server(migrate=False, start=False, ANNOTATOR_DATA_DIR=str(folder)) as server:
            server.command("migrate", "--verbosity", "0")
            server.command("create_token", "--workspace", "acme")
            server.command("backup", str(tmp_path / "backup.tar"))
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {
        path: stat.S_IMODE(path.stat().st_mode) for path in [*folder.rglob("*"), tmp_path / "backup.tar"]
    }
    assert len(modes) > 3 and not {path: oct(mode) for path, mode in modes.items() if mode & 0o077}


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ANNOTATOR_ALLOWED_HOSTS", "*", "must name hosts"),
        ("ANNOTATOR_SECRET_KEY", "short", "at least 32 characters"),
        ("ANNOTATOR_SECRET_KEY", "a" * 60, "at least 32 characters"),
        ("ANNOTATOR_MEDIA_KEYS", "short", "at least 32 characters"),
        ("ANNOTATOR_THREADS", "many", "ANNOTATOR_THREADS must be a whole number, not 'many'."),
        ("ANNOTATOR_UMASK", "0777", "ANNOTATOR_UMASK must be octal"),
        ("ANNOTATOR_DATABASE_URL", "mysql://here/db", "must begin with postgres://"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "work"])
def test_unsafe_and_wrong_settings_stop_the_start(command: str, variable: str, value: str, said: str) -> None:
    with servers.our_server(start=False, migrate=False, **{variable: value}) as server:
        done = server.command(command, check=False)
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr
