"""Jobs that complete rows written earlier: renditions, list keys."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.domain.errors import Missing
from annotator.domain.text import counted
from annotator.models import Dataset
from annotator.services.media import batches as media_batches
from annotator.services.media.decoding import pool as decoding
from annotator.services.projects import datasets

from .registry import JobRun, handler


@handler("relist")
def relist(run: JobRun) -> dict[str, Any]:
    """Update the list keys of the media of a renamed or reordered dataset. Harmless to repeat."""
    dataset = Dataset.all_objects.filter(pk=uuid.UUID(run.params["dataset"])).first()
    if dataset is None:
        raise Missing("The dataset is no longer there.")
    for changed in datasets.relist(dataset, run.steps):
        run.progress(0.5, counted(changed, "image", "images"))
    return {"changed": int(run.steps.done.get("changed", 0))}


@handler("prepare")
def prepare(run: JobRun) -> dict[str, Any]:
    """Decode media of the project that were written without it: facts, hash, findings, renditions. Harmless to repeat."""
    assert run.job.project is not None
    try:
        return media_batches.prepare_pending(project=run.job.project, steps=run.steps, progress=run.progress)
    finally:
        decoding.close_pool()
