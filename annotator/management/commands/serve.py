"""`manage.py serve`: the server in this process and, unless told otherwise, one worker as its child."""

from __future__ import annotations

import asyncio
import logging
import os
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

from annotator.management.addresses import address
from annotator.management.garbage import settle

WORKER_NICE = 10
# The worker's own grace is 6 s; after that it is not stopping but stuck.
WORKER_PATIENCE = 8.0
FIRST_PAUSE, LONGEST_PAUSE, STEADY_SECONDS = 1.0, 30.0, 60.0
_log = logging.getLogger(__name__)


def _port(text: str) -> int:
    """Return a port; one beyond 65535 would be taken, and another one listened on."""
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


class Command(BaseCommand):
    help = "Serve pages, APIs, files and live updates; runs a worker beside it."
    requires_system_checks: list[str] = []

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
        self.stdout.write(f"Serving on {address(host, port)}")
        self.stdout.flush()


def serve(*, host: str, port: int, with_worker: bool, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; raises CommandError when the address cannot be had."""
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
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        timeout_graceful_shutdown=3,
    )
    server = Server(config)

    def begin() -> None:
        on_ready()
        load()  # the views: a second, in which the worker is not ready either
        settle()

    server.on_ready = begin
    child = WorkerChild(is_leaving=lambda: server.should_exit) if with_worker else None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if child:
            child.start()  # it gets ready while we do
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        config.load()
        server.run()
    except KeyboardInterrupt:
        pass  # uvicorn has shut down in order and then passes the signal on
    finally:
        if child:
            child.stop()
    if not server.started:
        raise CommandError(
            f"Port {port} on {host} cannot be used. Is another server running? Choose another port with ANNOTATOR_PORT."
        )


def load() -> None:
    """Import the whole product, so that the first request need not."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    import_module("annotator.asgi")
    _ = get_resolver().url_patterns


class Server(uvicorn.Server):
    """Calls `on_ready` when the server has begun to take connections."""

    on_ready: Callable[[], Any] = staticmethod(lambda: None)

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # uvicorn has logged why
            self.should_exit = True
            return
        if self.started and not self.should_exit:
            await asyncio.to_thread(self.on_ready)  # it may ask the database


class WorkerChild:
    """Keeps one `manage.py work` running as a child in our process group; it ends with us, even when we are killed.

    `is_leaving` tells whether we are on our way out: on Ctrl-C the worker, in the same group, may be faster.
    """

    def __init__(self, *, is_leaving: Callable[[], bool]) -> None:
        self._is_leaving = is_leaving
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="worker-child", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the worker to end and wait; a stuck one is killed."""
        with self._lock:
            self._stop.set()
            process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(WORKER_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _keep(self) -> None:
        """Start the worker, and start it again when it dies: at once after a long life, else after a growing pause."""
        pause = FIRST_PAUSE
        while (process := self._spawn()) is not None:
            started = time.monotonic()
            status = process.wait()
            if self._stop.is_set() or self._is_leaving():
                return
            pause = (
                FIRST_PAUSE if time.monotonic() - started > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE)
            )
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
