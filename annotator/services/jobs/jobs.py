"""Jobs as people see them: started, cancelled, tried again, listed. How a worker runs one is in job_runs.py."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Busy, Conflict
from annotator.events import kinds, payloads
from annotator.models import Job, JobState, Project, Workspace
from annotator.services.numbers import next_number

OPEN = (JobState.QUEUED, JobState.RUNNING)
#: Jobs that follow from files: as many as these come, so no reason to refuse another job.
OF_FILES = ("ingest_video", "tiles")
#: Jobs that media wait for. A worker ends them in any case, since the media have to say what became of them.
AWAITED = ("ingest_video", "add_assets")
FINISHED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
_log = logging.getLogger(__name__)


@transaction.atomic
def start(
    *,
    actor: Actor | None,
    workspace: Workspace | None = None,
    project: Project | None = None,
    kind: str,
    params: dict[str, Any] | None = None,
    expires_at: datetime | None = None,
) -> Job:
    """Write a queued job and send it to a worker after commit. The caller has asked the policy.

    `workspace` is that of the project when there is one. `params` must be JSON-able. `actor` is None for the server's own work. A message that gets lost
    is sent again by the sweeper, so the job runs once this transaction is committed. Raises Busy when the workspace
    has as many open jobs as it may have; OF_FILES kinds are left out of that.
    """
    if project is not None:
        workspace_id: uuid.UUID = project.workspace_id
    elif workspace is not None:
        workspace_id = workspace.pk
    else:
        raise ValueError("a job belongs to a workspace or to a project")
    if actor is not None and kind not in OF_FILES:
        _check_quota(workspace_id)
    job = Job.all_objects.create(
        workspace_id=workspace_id,
        project=project,
        number=next_number(project.pk, "job_number") if project else 0,
        kind=kind,
        params=params or {},
        started_by_id=actor.user_id if actor else None,
        expires_at=expires_at,
    )
    record_changed(job, actor)
    transaction.on_commit(lambda: send(job.pk), robust=True)
    return job


@transaction.atomic
def record_done(*, actor: Actor, project: Project, kind: str, params: dict[str, Any]) -> Job:
    """Write a job that has ended: work of an instant that callers ask for as they do for long work. No worker sees it."""
    now = timezone.now()
    job = Job.all_objects.create(
        workspace_id=project.workspace_id,
        project=project,
        number=next_number(project.pk, "job_number"),
        kind=kind,
        params=params,
        state=JobState.DONE,
        progress=1.0,
        started_by_id=actor.user_id,
        started_at=now,
        finished_at=now,
    )
    record_changed(job, actor)
    return job


@transaction.atomic
def cancel(*, actor: Actor, job: Job) -> Job:
    """Ask a job to stop: one that no worker has begun is cancelled at once, any other at its next step.

    Allowed to whoever started it and to those with `job.cancel`. Raises Conflict when it has ended.
    """
    _require(actor, job)
    rows = Job.all_objects.filter(pk=job.pk)
    fresh = rows.filter(state=JobState.QUEUED, begun_at__isnull=True).exclude(kind__in=AWAITED)
    is_over = fresh.update(state=JobState.CANCELLED, cancel_requested=True, finished_at=timezone.now())
    if not is_over and not rows.exclude(state__in=FINISHED).update(cancel_requested=True):
        raise Conflict("This job has ended already.", code="job_ended")
    job.refresh_from_db()
    record_changed(job, actor)
    return job


@transaction.atomic
def retry(*, actor: Actor, job: Job) -> Job:
    """Put a failed or cancelled job back into the queue. Raises Conflict for any other state.

    What its attempts left is used: it continues from its checkpoint, and its file (a selection, a reverse) stays. A file
    that expires gets its whole time again. Raises Busy as `start` does.
    """
    _require(actor, job)
    _check_quota(job.workspace_id)
    ended = Job.all_objects.filter(pk=job.pk, state__in=(JobState.FAILED, JobState.CANCELLED))
    blank = {
        "cancel_requested": False,
        "progress": 0.0,
        "message": "",
        "error": "",
        "result": {},
    }
    times = {
        "started_at": None,
        "finished_at": None,
        "lease_until": None,
        "lease_owner": "",
        "expires_at": job.expires_at and timezone.now() + (job.expires_at - job.created_at),
        "updated_at": timezone.now(),
    }
    if not ended.update(state=JobState.QUEUED, attempt=0, **blank, **times):
        raise Conflict("Only a failed or cancelled job can be tried again.", code="job_state")
    job.refresh_from_db()
    record_changed(job, actor)
    transaction.on_commit(lambda: send(job.pk), robust=True)
    return job


def _check_quota(workspace_id: uuid.UUID) -> None:
    """Raise Busy (code "quota") for a workspace whose waiting and running jobs reach ANNOTATOR_QUOTA_JOBS; 0 is no limit."""
    most = settings.QUOTA_JOBS
    counted = Job.all_objects.filter(workspace=workspace_id, state__in=OPEN).exclude(kind__in=OF_FILES)
    if most and counted[:most].count() == most:
        message = (
            f"This workspace has {most:,} jobs that wait or run, which is its limit. "
            "Wait until some have ended, or cancel some."
        )
        raise Busy(message, code="quota", retry_after=60)


def visible(
    *, actor: Actor, project: Project | None = None, kind: str = "", states: Sequence[str] = ()
) -> QuerySet[Job]:
    """Return the jobs that the actor may see, newest first."""
    rows = Job.objects.visible_to(actor)
    if project is not None:
        rows = rows.filter(project=project)
    if kind:
        rows = rows.filter(kind=kind)
    if states:
        rows = rows.filter(state__in=states)
    found: QuerySet[Job] = rows.select_related("started_by", "artifact").order_by("-created_at", "-pk")
    return found


def send(job_id: uuid.UUID) -> None:
    """Put the id of a job on the queue; a queue that does not answer costs time, not the job."""
    try:
        import_string(settings.JOB_RUNNER)(job_id)
    except Exception:
        _log.warning("job %s could not be queued; the sweeper will send it", job_id, exc_info=True)


def run_here(*, job: Job) -> Job:
    """Run a job in this process, for commands; when a worker is faster, wait until it has ended the job."""
    run = import_string(settings.JOB_RUN_HERE)
    while not run(job.pk):
        job.refresh_from_db()
        if job.state in FINISHED:
            break
        time.sleep(0.2)
    job.refresh_from_db()
    return job


def record_changed(job: Job, actor: Actor | None) -> None:
    """Record that the job's state changed. Progress has no event: pages read the job's row while it runs."""
    payload = _payload(job, job.state)
    payload["error"] = job.error
    _record(job, actor, payload)


def record_undone(job: Job) -> None:
    """Record that what the job did was undone."""
    _record(job, None, _payload(job, "UNDONE"))


def _payload(job: Job, state: str) -> payloads.JobPayload:
    return {"id": str(job.pk), "kind": job.kind, "number": job.number, "state": state}


def _record(job: Job, actor: Actor | None, after: payloads.JobPayload) -> None:
    events.record(
        actor=actor,
        kind=kinds.JOB_CHANGED,
        workspace_id=job.workspace_id,
        project_id=job.project_id,
        object_id=job.pk,
        after=after,
    )


def _require(actor: Actor, job: Job) -> None:
    scope = job.project or job.workspace
    if job.started_by_id == actor.user_id:
        policy.require(actor, scope, "project.read" if job.project_id else "workspace.read")
    else:
        policy.require(actor, scope, "job.cancel")
