"""Drives jobs: takes the id from the queue, claims the row, runs the handler, keeps the lease, ends the row.

Also the sweeper, which finds what was lost on the way. What a job does is in the modules of its kind.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string
from django_tasks import task
from huey.contrib.djhuey import HUEY

from annotator.domain.errors import DomainError
from annotator.models import Job, JobState
from annotator.services import clocks
from annotator.services.jobs import runs as job_runs
from annotator.services.jobs.jobs import send

from .registry import Cancelled, JobRun, LeaseLost, Stopping, find, handler

__all__ = ["JobRun", "enqueue", "handler", "run", "run_job", "sweep"]

HOUSEKEEPING_SECONDS = 3600
_log = logging.getLogger(__name__)
_worker = f"{socket.gethostname()[:40]}:{os.getpid()}"
_stopping = threading.Event()


@task()
def run_job(job_id: str) -> None:
    """The one task on the queue: its message is the id of a job that waits, and stands for one turn."""
    run_turn(uuid.UUID(job_id))


def enqueue(job_id: uuid.UUID) -> None:
    """Put a job on the queue; called by services through settings.JOB_RUNNER."""
    run_job.enqueue(str(job_id))


def run_turn(job_id: uuid.UUID) -> None:
    """Run the job of a message if its worker has gone, else the one whose turn it is; each of them has its message."""
    if job_runs.is_abandoned(job_id) and run(job_id):
        return
    while (turn := job_runs.next_turn()) is not None:
        if run(turn):
            return


def run(job_id: uuid.UUID) -> bool:
    """Run a job if it is to be had; return whether this call ran it. Never raises for what a handler does."""
    owner = f"{_worker}:{secrets.token_hex(4)}"
    job = job_runs.claim(job_id=job_id, owner=owner)
    if job is None:
        return False
    attempt = JobRun(job, owner, _stopping)
    with _renewer.renewing(attempt):
        _attempt(attempt)
    return True


def _attempt(run: JobRun) -> None:
    """Call the handler and write how it ended."""
    try:
        found = find(run.job.kind)
        run.check()
        run.result(found.run(run) or {})
    except Cancelled:
        _end(run, JobState.CANCELLED)
    except Stopping:
        job_runs.release(job=run.job, owner=run.owner, is_counted=False)
    except LeaseLost:
        _log.warning("job %s was taken over by another worker", run.job.pk)
    except DomainError as error:
        _end(run, JobState.FAILED, error.message)
    except (OperationalError, InterfaceError):
        _log.exception("job %s lost the database and is tried again", run.job.pk)
        connection.close()
        job_runs.release(job=run.job, owner=run.owner, is_counted=True)
    except Exception as error:
        _log.exception("job %s (%s) failed", run.job.pk, run.job.kind)
        _end(run, JobState.FAILED, _in_words(error))
    else:
        job_runs.finish(
            job=run.job, owner=run.owner, state=JobState.DONE, result=run.output, artifact=run.blob
        )


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "The disk is full."
    return f"Internal error: {type(error).__name__}"


def _end(run: JobRun, state: str, error: str = "") -> None:
    """Clean up after the attempt, then end the job; a cleanup that fails is logged and named."""
    try:
        cleanup = find(run.job.kind).cleanup
    except DomainError:
        cleanup = None
    is_clean = True
    if cleanup is not None:
        try:
            job_runs.drop_checkpoint(job=run.job, owner=run.owner)
            cleanup(run)
        except Exception:
            _log.exception("cleaning up after job %s failed", run.job.pk)
            error = f"{error} What it had written could not be removed.".strip()
            is_clean = False
    job_runs.finish(
        job=run.job, owner=run.owner, state=state, error=error, result=run.output, is_clean=is_clean
    )


class _LeaseRenewer:
    """Renews the leases of this process's running jobs, so that a handler may be silent for long."""

    def __init__(self) -> None:
        self._runs: set[JobRun] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def renewing(self, run: JobRun) -> Iterator[None]:
        """Keep the lease of `run` for the time of the block."""
        with self._lock:
            self._runs.add(run)
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew, name="lease-renewer", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._runs.discard(run)

    def _renew(self) -> None:
        pause = settings.JOB_LEASE_SECONDS / 6
        while True:
            time.sleep(pause)
            with self._lock:
                runs = list(self._runs)
                if not runs:
                    self._thread = None
                    break
            for run in runs:
                try:
                    run.renewal = job_runs.renew(job_id=run.job.pk, owner=run.owner)
                except DatabaseError:
                    _log.warning("the lease of job %s could not be renewed", run.job.pk, exc_info=True)
                    connection.close()
        connection.close()


_renewer = _LeaseRenewer()


def sweep(stop: threading.Event) -> None:
    """Until `stop` is set: find lost jobs, fail those out of attempts, run periodic work. Run by `manage.py work` in a thread.

    `stop` also tells the handlers running in this process to give their jobs back.
    """
    global _stopping
    _stopping = stop
    pause = min(5.0, settings.JOB_LEASE_SECONDS / 6)
    while not stop.wait(pause):
        try:
            sweep_once(_worker)
        except DatabaseError:
            _log.warning("sweeping failed and is tried again", exc_info=True)
            connection.close()
        except Exception:
            _log.exception("sweeping failed and is tried again")
    job_runs.drop_lease(name="sweeper", holder=_worker)
    connection.close()


def sweep_once(holder: str) -> int:
    """Do one round if `holder` has (or gets) the sweeper's lease; return how many jobs were sent or ended."""
    if not job_runs.take_lease(name="sweeper", holder=holder, seconds=settings.JOB_LEASE_SECONDS / 2):
        return 0
    lost = job_runs.abandoned() + _lost_messages()
    for job_id in lost:
        send(job_id)
    return len(lost) + _fail_exhausted(holder) + _run_periodic(holder)


def _lost_messages() -> list[uuid.UUID]:
    """Return waiting jobs whose message is gone: there are fewer messages than jobs, and they wait long."""
    if HUEY.pending_count() >= job_runs.queued().count():
        return []
    waits = clocks.is_older("updated_at", timedelta(seconds=settings.JOB_LEASE_SECONDS / 6))
    return list(job_runs.queued().filter(waits).values_list("pk", flat=True)[:1000])


def _fail_exhausted(holder: str) -> int:
    count = 0
    while (job := _take_exhausted(holder)) is not None:
        run = JobRun(job, job.lease_owner, threading.Event())
        with _renewer.renewing(run):
            if job.cancel_requested:
                _end(run, JobState.CANCELLED)
            else:
                _end(run, JobState.FAILED, job_runs.STOPPED_OFTEN)
        count += 1
    return count


def _take_exhausted(holder: str) -> Job | None:
    return job_runs.take_exhausted(owner=f"{holder}:{secrets.token_hex(4)}")


def _run_periodic(holder: str) -> int:
    """Call the functions of settings.PERIODIC, once an hour among all workers."""
    if not job_runs.take_lease(
        name="housekeeping", holder=holder, seconds=HOUSEKEEPING_SECONDS, prolong=False
    ):
        return 0
    for path in settings.PERIODIC:
        try:
            import_string(path)()
        except Exception:
            _log.exception("housekeeping: %s failed", path)
    return 0
