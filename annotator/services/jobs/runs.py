"""Jobs as workers see them: claimed, renewed, ended, found again. Every step is one conditional UPDATE.

The row is the truth and the lease is the right to it: whoever holds the lease writes, anybody else's
write changes nothing. So a message that comes twice, or a worker that was believed dead, does no harm.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotator.domain.actor import Actor
from annotator.models import AppliedOp, Blob, Job, JobState, Lease, Upload
from annotator.services import clocks
from annotator.services.jobs.jobs import record_changed

MAX_ATTEMPTS = 3
STOPPED_OFTEN = f"The worker stopped {MAX_ATTEMPTS} times while doing this."
FORGET_OPS_AFTER = timedelta(days=30)
_BATCH = 500


class Renewal(Enum):
    """What a worker learns when it renews its lease."""

    HELD = "held"
    CANCELLED = "cancelled"
    LOST = "lost"


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _is_abandoned() -> Q:
    """Return the condition that a job runs and nobody holds its lease."""
    lasts = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    return Q(state=JobState.RUNNING) & clocks.is_over("lease_until", lasts)


@transaction.atomic
def claim(*, job_id: uuid.UUID, owner: str) -> Job | None:
    """Take a job that waits, or whose worker's lease has run out; None when there is nothing to take."""
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | _is_abandoned()
    rows = Job.all_objects.filter(free, pk=job_id, attempt__lt=MAX_ATTEMPTS)
    is_claimed = rows.update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        lease_owner=owner,
        lease_until=_lease_end(),
        started_at=now,
        begun_at=Coalesce(F("begun_at"), Value(now, DateTimeField())),
        updated_at=now,
        message="",
    )
    if not is_claimed:
        return None
    job = Job.all_objects.select_related("workspace", "project").get(pk=job_id)
    record_changed(job, _starter(job))
    return job


def renew(
    *, job_id: uuid.UUID, owner: str, progress: float | None = None, message: str | None = None
) -> Renewal:
    """Keep the lease and note the progress (0..1); return whether this worker still holds the job."""
    changes: dict[str, Any] = {"lease_until": _lease_end()}
    if progress is not None:
        changes |= {"progress": min(1.0, max(0.0, progress)), "updated_at": timezone.now()}
    if message is not None:
        changes["message"] = message[:500]
    rows = Job.all_objects.filter(pk=job_id, lease_owner=owner, state=JobState.RUNNING)
    if not rows.update(**changes):
        return Renewal.LOST
    return Renewal.CANCELLED if rows.filter(cancel_requested=True).exists() else Renewal.HELD


@transaction.atomic
def finish(
    *,
    job: Job,
    owner: str,
    state: str,
    error: str = "",
    result: dict[str, Any] | None = None,
    artifact: Blob | None = None,
    is_clean: bool = True,
) -> bool:
    """End a job with what it has to report; False when the lease was lost and somebody else ends it.

    `is_clean`: nothing is left that a cleanup has to remove.
    """
    now = timezone.now()
    changes: dict[str, Any] = {"state": state, "error": error[:2000], "finished_at": now, "updated_at": now}
    changes |= {"lease_until": None, "lease_owner": "", "message": ""}
    if state == JobState.DONE:
        changes |= {"progress": 1.0, "artifact": artifact, "checkpoint": {}}
    if is_clean:
        changes["begun_at"] = None
    changes["result"] = result or {}
    rows = Job.all_objects.filter(pk=job.pk, lease_owner=owner, state=JobState.RUNNING)
    if not rows.update(**changes):
        return False
    job.refresh_from_db()
    record_changed(job, _starter(job))
    return True


def drop_checkpoint(*, job: Job, owner: str) -> None:
    """Forget how far a job is, before what it wrote is removed: tried again, it starts over."""
    Job.all_objects.filter(pk=job.pk, lease_owner=owner).update(checkpoint={})


@transaction.atomic
def release(*, job: Job, owner: str, is_counted: bool) -> bool:
    """Give a job back to the queue; `is_counted`: whether this attempt counts (an orderly stop does not)."""
    attempt = job.attempt if is_counted else job.attempt - 1
    rows = Job.all_objects.filter(pk=job.pk, lease_owner=owner, state=JobState.RUNNING)
    changes = {"lease_until": None, "lease_owner": "", "message": "", "updated_at": timezone.now()}
    if not rows.update(state=JobState.QUEUED, attempt=attempt, **changes):
        return False
    job.refresh_from_db()
    record_changed(job, _starter(job))
    return True


def _starter(job: Job) -> Actor | None:
    return Actor(user_id=job.started_by_id, via="job") if job.started_by_id else None


def is_abandoned(job_id: uuid.UUID) -> bool:
    """Return whether a job runs whose worker has gone."""
    return Job.all_objects.filter(_is_abandoned(), pk=job_id).exists()


def next_turn() -> uuid.UUID | None:
    """Return the waiting job whose turn it is, None when none waits.

    Workspaces take turns: the one whose last job began longest ago is next, with the oldest of its jobs. So a workspace
    with a hundred waiting jobs lets another one wait for one.
    """
    rows = Job.all_objects.filter(state=JobState.QUEUED, attempt__lt=MAX_ATTEMPTS)
    waiting = list(rows.order_by().values_list("workspace").annotate(Min("created_at")))
    if not waiting:
        return None
    served = Job.all_objects.filter(
        workspace__in=[workspace for workspace, _ in waiting], started_at__lte=timezone.now() + clocks.SKEW
    )
    last = dict(served.order_by().values_list("workspace").annotate(Max("started_at")))
    never = datetime.min.replace(tzinfo=UTC)
    workspace, _ = min(waiting, key=lambda row: (last.get(row[0], never), row[1]))
    of_workspace = rows.filter(workspace=workspace).order_by("created_at", "pk")
    return of_workspace.values_list("pk", flat=True).first()


def abandoned() -> list[uuid.UUID]:
    """Return the jobs whose worker has gone: running, but nobody holds the lease."""
    rows = Job.all_objects.filter(_is_abandoned(), attempt__lt=MAX_ATTEMPTS)
    return list(rows.order_by("created_at").values_list("pk", flat=True)[:1000])


def queued() -> QuerySet[Job]:
    """Return the jobs that wait, oldest first."""
    rows: QuerySet[Job] = Job.all_objects.filter(state=JobState.QUEUED).order_by("updated_at")
    return rows


@transaction.atomic
def take_exhausted(*, owner: str) -> Job | None:
    """Take one job whose attempts are used up, so that it can be cleaned up after and failed."""
    spent = _is_abandoned() | Q(state=JobState.QUEUED)
    rows = Job.all_objects.filter(spent, attempt__gte=MAX_ATTEMPTS)
    job_id = rows.values_list("pk", flat=True).first()
    if job_id is None:
        return None
    is_claimed = rows.filter(pk=job_id).update(
        state=JobState.RUNNING, lease_owner=owner, lease_until=_lease_end()
    )
    return Job.all_objects.select_related("workspace", "project").get(pk=job_id) if is_claimed else None


@transaction.atomic
def take_lease(*, name: str, holder: str, seconds: float, prolong: bool = True) -> bool:
    """Return whether `holder` has the named right from now for `seconds`.

    With `prolong` it may renew its own at any time; without, nobody gets it before it has run out
    (a right that is claimed once per `seconds`).
    """
    lasts = timedelta(seconds=seconds)
    until = timezone.now() + lasts
    free = clocks.is_over("until", lasts)
    if prolong:
        free |= Q(holder=holder)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=until):
        return True
    _, is_new = Lease.objects.get_or_create(name=name, defaults={"holder": holder, "until": until})
    return is_new


def drop_lease(*, name: str, holder: str) -> None:
    """Give a right back, so that the next one need not wait for its end."""
    Lease.objects.filter(name=name, holder=holder).delete()


def forget_old() -> int:
    """Remove stored answers of operations after 30 days and upload slots that ran out; return how many rows."""
    now = timezone.now()
    gone = _in_batches(lambda: AppliedOp.objects.filter(at__lt=now - FORGET_OPS_AFTER), "op_id")
    return gone + _in_batches(lambda: Upload.all_objects.filter(expires_at__lt=now - timedelta(days=1)), "pk")


def _in_batches(rows: Callable[[], QuerySet[Any]], key: str) -> int:
    """Delete in short transactions, so that people's writes pass in between."""
    gone = 0
    while keys := list(rows().values_list(key, flat=True)[:_BATCH]):
        gone += rows().filter(**{f"{key}__in": keys}).delete()[0]
    return gone
