"""Searches for images that look alike in large projects: a job finds the groups and keeps them for a while."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import orjson
from django.db import transaction
from django.utils import timezone

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.models import Job, JobState, Media, Project
from annotator.services import blobs
from annotator.services.insight import duplicates
from annotator.services.jobs import jobs

JOB = "find_duplicates"
#: Up to so many images are compared while the page is made: half a second at the largest distance.
INLINE = 5_000
#: How long the groups that a search found are kept.
KEPT = timedelta(days=7)
MIME = "application/json"


def is_large(project: Project) -> bool:
    """Return whether the images of a project are too many to be compared at once."""
    rows = Media.live_in(project.pk).filter(kind="image", phash__isnull=False).order_by()
    return bool(rows.values("pk")[INLINE : INLINE + 1].exists())


@transaction.atomic
def start(*, actor: Actor, project: Project, distance: int) -> Job:
    """Start a search for images that differ in at most `distance` bits, or return the one that waits or runs.

    Allowed with `project.read`. Raises Invalid for a distance beyond its limits.
    """
    policy.require(actor, project, "project.read")
    if not 0 <= distance <= duplicates.MAX_DISTANCE:
        raise Invalid(f"distance must be between 0 and {duplicates.MAX_DISTANCE}.", field="distance")
    found = latest(project, distance)
    if found is not None and found.state in jobs.OPEN:
        return found
    return jobs.start(
        actor=actor,
        project=project,
        kind=JOB,
        params={"distance": distance},
        expires_at=timezone.now() + KEPT,
    )


def latest(project: Project, distance: int) -> Job | None:
    """Return the search of a distance that waits, runs or has groups, the newest first; the caller sees the project."""
    rows = Job.all_objects.filter(project=project, kind=JOB, params__distance=distance)
    of_state = rows.filter(state__in=(*jobs.OPEN, JobState.DONE)).select_related(
        "artifact", "started_by", "project", "workspace"
    )
    found: Job | None = of_state.order_by("-created_at", "-pk").first()
    if found is None or found.state in jobs.OPEN or found.artifact_id:
        return found
    return None


def run(*, actor: Actor, project: Project, distance: int, progress: Callable[[float, str], None], keep: Callable[[Path], object]) -> dict[str, int]:  # fmt: skip
    """Find the groups and give a file with them to `keep`; return how many. `progress` may raise to stop."""
    progress(0.0, "Comparing images")
    groups = duplicates.near(
        actor=actor, project=project, distance=distance, on_step=lambda part: progress(part, "Comparing images")
    )  # fmt: skip
    with tempfile.NamedTemporaryFile(dir=blobs.store().scratch(), prefix="duplicates-", suffix=".json") as file:  # fmt: skip
        file.write(orjson.dumps(groups))
        file.flush()
        keep(Path(file.name))
    return {"groups": len(groups)}


def read(job: Job) -> list[list[uuid.UUID]]:
    """Return the groups that a search found, without images that are not there any more."""
    assert job.artifact is not None and job.project_id is not None
    with closing(blobs.store().open(job.artifact.sha256)) as stream:
        stored = [[uuid.UUID(key) for key in group] for group in orjson.loads(stream.read())]
    there = set(Media.live_in(job.project_id).filter(kind="image").order_by().values_list("pk", flat=True))
    found = ([key for key in group if key in there] for group in stored)
    return [group for group in found if len(group) > 1]
