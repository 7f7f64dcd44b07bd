"""Jobs of the vocabulary: large merges, their undo, deleting a class with many annotations."""

from __future__ import annotations

from typing import Any

from annotator.domain.errors import Missing
from annotator.models import Blob
from annotator.services.vocabulary import merges

from .registry import JobRun, handler


def _project(run: JobRun) -> Any:
    if run.job.project is None:
        raise Missing("The project of this job is no longer there.")
    return run.job.project


@handler("merge")
def merge(run: JobRun) -> dict[str, Any]:
    """Move all annotations of one class to another; the reverse file that the job came with stays its file."""
    result = merges.run(actor=run.actor, project=_project(run), job=run.job, progress=run.progress)
    if run.job.artifact_id:
        run.artifact(Blob.objects.get(pk=run.job.artifact_id))
    return result


@handler("merge_undo")
def merge_undo(run: JobRun) -> dict[str, Any]:
    return merges.run_undo(actor=run.actor, project=_project(run), job=run.job, progress=run.progress)


@handler("delete_class")
def delete_class(run: JobRun) -> dict[str, Any]:
    return merges.run_delete(actor=run.actor, project=_project(run), job=run.job, progress=run.progress)
