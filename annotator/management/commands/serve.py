"""`manage.py serve`: runs the server in this process and one worker as a child process (unless `--no-worker`)."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from importlib import import_module
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import get_resolver

from annotator.checks import TAG
from annotator.management.garbage_collection import freeze_gc
from annotator.management.server_url import server_url
from annotator.server.connections import HttpProtocol, SocketProtocol

WORKER_NICE = 10
MAX_OPEN_FILES = 65_536
# The worker stops within 6 s; after that it is stuck.
WORKER_STOP_SECONDS = 8.0
MIN_PAUSE, MAX_PAUSE, STABLE_SECONDS = 1.0, 30.0, 60.0
_log = logging.getLogger(__name__)


def _port(text: str) -> int:
    """Return a port number; above 65535 the socket would silently use another one."""
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


class Command(BaseCommand):
    help = "Serve pages, APIs, files and live updates, with a worker process."
    requires_system_checks = [TAG]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (ANNOTATOR_HOST)")
        parser.add_argument(
            "--port", type=_port, default=settings.PORT, help="port to listen on (ANNOTATOR_PORT)"
        )
        parser.add_argument("--no-worker", action="store_true", help="do not start a worker process")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        serve(
            host=host,
            port=port,
            with_worker=not options["no_worker"],
            on_ready=lambda: self.announce(host, port),
        )

    def announce(self, host: str, port: int) -> None:
        self.stdout.write(f"Serving on {server_url(host, port)}")
        self.stdout.flush()


def serve(*, host: str, port: int, with_worker: bool, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; raises CommandError if the port cannot be used."""
    if not with_worker and not os.environ.get("ANNOTATOR_EXPECT_WORKER"):
        settings.EXPECT_WORKER = False
    config = uvicorn.Config(
        "annotator.asgi:application",
        host=host,
        port=port,
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        http=HttpProtocol,
        ws=SocketProtocol,
        timeout_keep_alive=settings.KEEP_ALIVE_SECONDS,
        ws_max_size=64 * 1024,
        timeout_graceful_shutdown=3,
    )
    _raise_file_limit()
    server = Server(config)

    def start() -> None:
        on_ready()
        load()  # importing the views takes a second, in which the worker is not ready either
        freeze_gc()

    server.on_ready = start
    child = WorkerChild(is_stopping=lambda: server.should_exit) if with_worker else None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if child:
            child.start()  # it starts while this process does
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        config.load()
        server.run()
    except KeyboardInterrupt:
        pass  # uvicorn has shut down cleanly and raises the signal again
    finally:
        if child:
            child.stop()
    if not server.started:
        raise CommandError(
            f"Port {port} on {host} cannot be used. Is another server running? Choose another port with ANNOTATOR_PORT."
        )


def _raise_file_limit() -> None:
    """Allow as many open files, and with them connections, as the system lets this process have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def load() -> None:
    """Import all modules, so that the first request does not have to."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    import_module("annotator.asgi")
    _ = get_resolver().url_patterns


class Server(uvicorn.Server):
    """Calls `on_ready` when the server accepts connections."""

    on_ready: Callable[[], Any] = staticmethod(lambda: None)

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # uvicorn has logged why
            self.should_exit = True
            return
        if self.started and not self.should_exit:
            await asyncio.to_thread(self.on_ready)  # it may use the database


class WorkerChild:
    """Keeps one `manage.py work` running as a child in this process group; it ends with this process, even if that is killed.

    `is_stopping` returns whether the server is shutting down: on Ctrl-C the worker, in the same group, may exit first.
    """

    def __init__(self, *, is_stopping: Callable[[], bool]) -> None:
        self._is_stopping = is_stopping
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="worker-child", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the worker to stop and wait; kill it if it is stuck."""
        with self._lock:
            self._stop.set()
            process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(WORKER_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _supervise(self) -> None:
        """Start the worker, and restart it when it exits: after a short pause if it ran for long, otherwise after growing pauses."""
        pause = MIN_PAUSE
        while (process := self._spawn()) is not None:
            started = time.monotonic()
            status = process.wait()
            if self._stop.is_set() or self._is_stopping():
                return
            pause = MIN_PAUSE if time.monotonic() - started > STABLE_SECONDS else min(pause * 2, MAX_PAUSE)
            _log.error("the worker exited with status %s; restarting in %.0f s", status, pause)
            self._stop.wait(pause)

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work"]
        with self._lock:
            if self._stop.is_set():
                return None
            self._process = subprocess.Popen(
                [*command, "--nice", str(WORKER_NICE), "--parent", str(os.getpid())]
            )
            return self._process
