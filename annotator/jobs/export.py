"""Export jobs: build the zip in a temporary file on the disk of the blobs and keep it as the job's file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from annotator.domain.errors import Missing
from annotator.models import Project
from annotator.services import blobs
from annotator.services.exchange.exports import exports

from .registry import JobRun, handler


@handler("export")
def export(run: JobRun) -> dict[str, Any]:
    """Build an export. Harmless to repeat: a file that was not finished is removed."""
    project = Project.objects.filter(jobs=run.job).select_related("workspace").first()
    if project is None:
        raise Missing("The project of this export is no longer there.")
    with tempfile.NamedTemporaryFile(dir=blobs.store().scratch(), prefix="export-", suffix=".zip") as file:
        path = Path(file.name)
        facts = exports.build(project=project, params=run.params, path=path, progress=run.progress)
        run.artifact(path, mime="application/zip")
    return facts
