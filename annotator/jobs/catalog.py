"""The job that copies a dataset of the catalog into a new project."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from annotator.domain.errors import Missing
from annotator.models import Dataset
from annotator.services.projects import adoption, catalog

from .registry import JobRun, handler


@handler(catalog.ADOPT)
def adopt_dataset(run: JobRun) -> dict[str, Any]:
    """Copy a dataset's images. Continues after its last step."""
    rows = Dataset.objects.select_related("project")
    # The dataset is in another project than the job.
    reader = dataclasses.replace(run.actor, project_id=None)
    source = rows.visible_to(reader).filter(pk=uuid.UUID(run.params["source"])).first()
    target = rows.filter(project=run.project, pk=uuid.UUID(run.params["dataset"])).first()
    if source is None or target is None:
        raise Missing("The dataset is no longer there.")
    return adoption.run(
        actor=run.actor, job=run.job, source=source, target=target, steps=run.steps, progress=run.progress
    )
