"""`manage.py work`: runs jobs until it is stopped; handlers are found by dotted paths in settings."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string
from huey.contrib.djhuey import HUEY

from annotator.checks import TAG
from annotator.management.garbage_collection import freeze_gc
from annotator.services.operations import health
from annotator.services.workspaces.quotas import quotas

# The time that running handlers have to reach their next step when the worker stops.
GRACE_SECONDS = 6.0
_log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run jobs: exports, imports, thumbnails. Any number of workers can run, on any number of machines."
    requires_system_checks = [TAG]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=None, help="jobs at a time (ANNOTATOR_WORKERS)")
        parser.add_argument("--nice", type=int, default=0, help="niceness: how much to lower the priority")
        parser.add_argument(
            "--parent", type=int, default=0, help="stop when this process is no longer the parent"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["nice"]:
            os.nice(options["nice"])
        freeze_gc()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Worker(stop, threads=options["threads"] or settings.WORKER_THREADS, parent=options["parent"]).run()


class Worker:
    """A worker process: queue consumer, sweeper, heartbeat."""

    def __init__(self, stop: threading.Event, *, threads: int, parent: int) -> None:
        self.stop = stop
        self.threads = threads
        self.parent = parent
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}"

    def run(self) -> None:
        """Run jobs until `stop` is set or the parent has exited; then wait briefly for running jobs to stop."""
        sweeper = threading.Thread(
            target=import_string(settings.JOB_SWEEPER), args=(self.stop,), name="sweeper", daemon=True
        )
        sweeper.start()
        consumer = HUEY.create_consumer(
            workers=self.threads,
            periodic=False,
            initial_delay=0.05,
            backoff=1.3,
            max_delay=0.5,
            scheduler_interval=60,
        )
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        consumer.start()
        for number, handler in handlers.items():
            signal.signal(number, handler)
        self._watch(consumer)
        consumer.stop_flag.set()
        self._leave([sweeper, *(thread for _, thread in consumer.worker_threads)])

    def _watch(self, consumer: Any) -> None:
        """Write heartbeats until `stop` is set."""
        beat_at = 0.0
        while not self.stop.is_set():
            if self.parent and os.getppid() != self.parent:
                _log.info("the server has exited; stopping the worker")
                self.stop.set()
                break
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + health.BEAT_EVERY
                self._beat()
                consumer.check_worker_health()
            self.stop.wait(1.0)

    def _beat(self) -> None:
        try:
            health.beat(self.name)
            quotas.flush()
        except DatabaseError:
            _log.warning("the worker's heartbeat could not be written", exc_info=True)
            connection.close()

    def _leave(self, threads: list[threading.Thread]) -> None:
        until = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        with contextlib.suppress(DatabaseError):
            health.forget_beat(self.name)
            connection.close()
        if any(thread.is_alive() for thread in threads):
            _log.warning("a job did not stop in time; another worker takes it over when its lease expires")
        logging.shutdown()
        os._exit(0)  # threads in native code cannot be joined
