"""Import jobs: open the source, call the importer, take back everything when it does not end well."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator.domain.errors import Missing
from annotator.models import Blob, Dataset
from annotator.services import blobs
from annotator.services.exchange import predictions
from annotator.services.exchange.imports import opening, parts, removal
from annotator.services.import_report import ImportReport

from .registry import JobRun, handler


def take_back(run: JobRun) -> None:
    """Remove what an ended attempt wrote; harmless when it wrote nothing."""
    removal.remove(job=run.job)


@handler("import_coco", cleanup=take_back)
def import_coco(run: JobRun) -> dict[str, Any]:
    """Import COCO or JSON 1.1, several files into a dataset each. Starts over: what an earlier attempt wrote is removed first."""
    project = run.job.project if run.job.project_id else None
    dataset = None
    if run.params["dataset"]:
        dataset = Dataset.objects.filter(project=project, pk=run.params["dataset"]).first()
    if project is None or (run.params["dataset"] and dataset is None):
        raise Missing("The dataset of this import is no longer there.")
    if run.job.is_resumed:
        removal.remove(job=run.job)
    report = ImportReport()
    with _source_path(run) as path:
        images = Path(run.params["images"]) if run.params.get("images") else None
        is_upload = "blob" in run.params
        with opening.open_source(path, images, is_upload=is_upload, report=report) as opened:
            facts = parts.run(
                actor=run.actor,
                project=project,
                opened=opened,
                dataset=dataset,
                new_dataset=run.params.get("new_dataset", ""),
                report=report,
                job=run.job,
                steps=run.steps,
                progress=run.progress,
            )
    run.result(facts)
    report.check_kept(others=0 if report.images.found or report.labels.found else facts["classes"])
    return {}


@handler(predictions.JOB)
def import_predictions(run: JobRun) -> dict[str, Any]:
    """Store the results of a file as predictions."""
    with _source_path(run) as path, path.open("rb") as file:
        return predictions.run(
            actor=run.actor,
            project=run.project,
            model=run.params["model"],
            file=file,
            steps=run.steps,
            progress=run.progress,
        )


@contextmanager
def _source_path(run: JobRun) -> Iterator[Path]:
    """Give the source as a local path: the operator's own, or the uploaded blob."""
    if run.params.get("path"):
        yield Path(run.params["path"])
        return
    blob = Blob.objects.filter(pk=uuid.UUID(run.params["blob"])).first()
    if blob is None:
        raise Missing("The uploaded file is no longer there. Upload it again.")
    with blobs.store().as_file(blob.sha256) as path:
        yield path
