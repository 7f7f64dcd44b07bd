"""The job that fills the copy of a project."""

from __future__ import annotations

from typing import Any

from annotator.services.projects import duplication

from .registry import JobRun, handler


@handler(duplication.JOB)
def duplicate_project(run: JobRun) -> dict[str, Any]:
    """Copy the media of a project with all that is on them. Continues after its last step."""
    return duplication.run(
        actor=run.actor, job=run.job, target=run.project, steps=run.steps, progress=run.progress
    )
