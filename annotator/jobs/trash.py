"""Jobs of the trash: restoring all of it, deleting for good."""

from __future__ import annotations

from typing import Any

from annotator.domain.errors import Missing
from annotator.services.projects import trash

from .registry import JobRun, handler


@handler("restore_trash")
def restore(run: JobRun) -> dict[str, Any]:
    """Restore what was in the trash when the job was started. Continues after its last step."""
    return trash.run_restore_all(
        actor=run.actor, project=run.project, params=run.params, steps=run.steps, progress=run.progress
    )


@handler("purge")
def purge(run: JobRun) -> dict[str, Any]:
    """Delete datasets and media in the trash for good. Continues after its last step."""
    return trash.run_purge(
        actor=run.actor, project=run.project, params=run.params, steps=run.steps, progress=run.progress
    )


@handler("purge_project")
def purge_project(run: JobRun) -> dict[str, Any]:
    """Delete a project in the trash for good. Continues after its last step."""
    if run.job.workspace is None:
        raise Missing("The workspace of this job is no longer there.")
    return trash.run_project_purge(
        actor=run.actor,
        workspace=run.job.workspace,
        params=run.params,
        steps=run.steps,
        progress=run.progress,
    )
