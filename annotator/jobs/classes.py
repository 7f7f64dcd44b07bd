"""Jobs of the vocabulary: large merges, their undo, deleting a class with many annotations."""

from __future__ import annotations

from typing import Any

from annotator.domain.errors import Missing
from annotator.models import Blob
from annotator.services.vocabulary import merges

from .registry import JobRun, handler


def _arguments(run: JobRun) -> dict[str, Any]:
    if run.job.project is None:
        raise Missing("The project of this job is no longer there.")
    return {
        "actor": run.actor,
        "project": run.job.project,
        "job": run.job,
        "steps": run.steps,
        "progress": run.progress,
    }


@handler("merge")
def merge(run: JobRun) -> dict[str, Any]:
    """Move all annotations of one class to another; the reverse file that the job came with stays its file."""
    result = merges.run(**_arguments(run))
    if run.job.artifact_id:
        run.artifact(Blob.objects.get(pk=run.job.artifact_id))
    return result


@handler("merge_undo")
def merge_undo(run: JobRun) -> dict[str, Any]:
    return merges.run_undo(**_arguments(run))


@handler("delete_class")
def delete_class(run: JobRun) -> dict[str, Any]:
    return merges.run_delete(**_arguments(run))
