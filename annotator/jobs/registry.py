"""What a job handler sees: how it registers itself, and the run that it is given; how runs are driven is in engine.py.

A handler lives in `annotator/jobs/<noun>.py`. It is started again after its worker was stopped or killed: it
then continues after its last step (`run.steps`), or removes what the earlier attempt wrote (`run.job.is_resumed`)
and starts over. Either way its job ends as if nothing had happened.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.domain.actor import Actor
from annotator.domain.errors import Denied, Invalid, Missing
from annotator.models import Blob, Job, Project
from annotator.services import blobs
from annotator.services.jobs import runs as job_runs
from annotator.services.jobs.steps import JobSteps, LeaseLost

__all__ = ["Cancelled", "Handler", "JobRun", "LeaseLost", "Stopping", "find", "handler", "kinds"]

WRITE_EVERY = 0.5


# These are no Exceptions, as LeaseLost, so that a handler's own `except Exception` lets them through.


class Cancelled(BaseException):
    """Somebody asked the job to stop; raised by `check` and `progress`."""


class Stopping(BaseException):
    """The worker is shutting down: the job goes back to the queue; raised by `check` and `progress`."""


class JobRun:
    """One attempt at a job, as its handler sees it."""

    def __init__(self, job: Job, owner: str, stopping: threading.Event) -> None:
        self.job = job
        self.owner = owner
        self.params: dict[str, Any] = job.params
        self.output: dict[str, Any] = {}
        self.blob: Blob | None = None
        self.steps = JobSteps(job, owner)
        self.renewal = job_runs.Renewal.CANCELLED if job.cancel_requested else job_runs.Renewal.HELD
        self._stopping = stopping
        self._written_at = 0.0

    @property
    def actor(self) -> Actor:
        """The person who started the job, limited to its workspace and project; Denied when the account is gone."""
        if self.job.started_by_id is None:
            raise Denied("The account that started this job is gone.", code="starter_gone")
        return Actor(
            user_id=self.job.started_by_id,
            workspace_id=self.job.workspace_id,
            project_id=self.job.project_id,
            via="job",
        )

    @property
    def project(self) -> Project:
        """The project of the job; Missing when it is gone or in the trash."""
        if self.job.project is None or self.job.project.trashed_at is not None:
            raise Missing("The project of this job is no longer there.")
        return self.job.project

    def check(self) -> None:
        """Raise Cancelled, Stopping or LeaseLost when the handler should stop; costs nothing, call it often."""
        if self.renewal is job_runs.Renewal.LOST:
            raise LeaseLost
        if self.renewal is job_runs.Renewal.CANCELLED:
            raise Cancelled
        if self._stopping.is_set():
            raise Stopping

    def progress(self, fraction: float, message: str = "") -> None:
        """Say how far the job is (0..1) and in words what it does; renews the lease.

        Writes at most twice a second, so it may be called for every item. Not inside a transaction.
        """
        self.check()
        if time.monotonic() - self._written_at >= WRITE_EVERY:
            self._written_at = time.monotonic()
            self.renewal = job_runs.renew(
                job_id=self.job.pk, owner=self.owner, progress=fraction, message=message
            )
            self.check()

    def result(self, facts: dict[str, Any]) -> None:
        """Add JSON-able facts to the job's result; what the handler returns is added too."""
        self.output |= facts

    def artifact(self, source: Blob | Path, *, mime: str = "application/octet-stream") -> Blob:
        """Make a file (a path is stored first) the one that people download from this job."""
        if isinstance(source, Path):
            with source.open("rb") as stream:
                source = blobs.put_stream(stream, mime=mime)
        self.blob = source
        return source


Run = Callable[[JobRun], dict[str, Any] | None]
Cleanup = Callable[[JobRun], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """How to do one kind of job, and how to take back what an ended attempt left behind."""

    run: Run
    cleanup: Cleanup | None


_handlers: dict[str, Handler] = {}
_loaded = False


def handler(kind: str, *, cleanup: Cleanup | None = None) -> Callable[[Run], Run]:
    """Register a function as the handler of `kind`.

    `cleanup(run)` is called before the job becomes FAILED or CANCELLED, also after kills, and its checkpoint is
    dropped; it may be called twice and must not rely on anything but the job's row. Without a cleanup what was
    written stays, and a job that is tried again continues from its checkpoint.
    """

    def register(function: Run) -> Run:
        if kind in _handlers and _handlers[kind].run.__module__ != function.__module__:
            raise ValueError(f"two handlers for jobs of kind {kind!r}")
        _handlers[kind] = Handler(function, cleanup)
        return function

    return register


def find(kind: str) -> Handler:
    """Return the handler of a kind."""
    _load()
    if kind not in _handlers:
        raise Invalid(f"No worker here knows jobs of the kind {kind!r}.", code="unknown_kind")
    return _handlers[kind]


def kinds() -> list[str]:
    """Return the kinds of jobs that this process can run."""
    _load()
    return sorted(_handlers)


def _load() -> None:
    """Import the modules of this package, once: they register their handlers."""
    global _loaded
    if not _loaded:
        import annotator.jobs as package

        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
        _loaded = True
