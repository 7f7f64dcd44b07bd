"""Reverse files: what a large change replaced, kept as the file of its job so that the change can be undone; no other writes."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import Blob, Job, JobState, Project
from annotator.services import blobs
from annotator.services.jobs import jobs
from annotator.services.numbers import next_number

MIME = "application/vnd.annotator.reverse+json"


def write(reverse: dict[str, Any]) -> Blob:
    """Store a reverse (JSON-able) and return its blob; outside of transactions: a file is written."""
    return blobs.put_bytes(orjson.dumps(reverse, default=str), mime=MIME)


def read(job: Job, *, is_taken: bool = False) -> dict[str, Any]:
    """Return the reverse of a job that ended; Missing when it has none, it was purged, or it was used (unless `is_taken`)."""
    if job.result.get("undone") and not is_taken:
        raise Missing("This was undone already.")
    blob = Blob.objects.filter(pk=job.artifact_id, mime=MIME).first() if job.artifact_id else None
    if blob is None or job.state != JobState.DONE:
        raise Missing("This can no longer be undone.")
    with blobs.store().open(blob.sha256) as stream:
        found: dict[str, Any] = orjson.loads(stream.read())
    return found


@transaction.atomic
def record_done(
    *,
    actor: Actor,
    project: Project,
    kind: str,
    params: dict[str, Any],
    result: dict[str, Any],
    artifact: Blob,
) -> Job:
    """Write the job of a change that was small enough to be made at once, so that it is listed and undone like a large one."""
    now = timezone.now()
    job = Job.all_objects.create(
        workspace_id=project.workspace_id, project=project, number=next_number(project.pk, "job_number"), kind=kind, state=JobState.DONE,
        progress=1.0, params=params, result=result, artifact=artifact, started_by_id=actor.user_id, started_at=now, finished_at=now,
    )  # fmt: skip
    jobs.record_changed(job, actor)
    return job


@transaction.atomic
def take(job: Job) -> None:
    """Mark a job as undone, once: Missing when somebody was faster. Call it in the transaction of the undo."""
    rows = Job.all_objects.select_for_update().filter(pk=job.pk)
    current = rows.values_list("result", flat=True).first()
    if current is None or current.get("undone"):
        raise Missing("This was undone already.")
    rows.update(result={**current, "undone": True}, updated_at=timezone.now())
    jobs.record_undone(job)
