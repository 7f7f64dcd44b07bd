"""Jobs that create media from uploads: single files and the images of an archive."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.domain.errors import Missing
from annotator.models import Blob, ContentType, Dataset, UploadBatch
from annotator.services.exchange.folder_tags import FolderTags
from annotator.services.media import archives, uploads
from annotator.services.media.decoding import pool as decoding
from annotator.services.video import batches as video_batches

from .registry import JobRun, handler


@handler("ingest")
def ingest(run: JobRun) -> dict[str, Any]:
    """Make images, or videos, of sent files. Continues: a file that became one is used up."""
    batch = _batch(run)
    is_video = batch.project.content_type == ContentType.VIDEOS
    make = video_batches.ingest if is_video else uploads.ingest
    try:
        return {
            "files": make(
                actor=run.actor,
                batch=batch,
                run=run.params["run"],
                client=run.params["client"],
                steps=run.steps,
                progress=run.progress,
            )
        }
    finally:
        decoding.close_pool()


def take_back(run: JobRun) -> None:
    """Put what an ended attempt made into the trash; harmless when it made nothing."""
    archives.take_back(run.job)


@handler("import_archive", cleanup=take_back)
def import_archive(run: JobRun) -> dict[str, Any]:
    """Create media from an archive's images. Continues after its last step; without one it starts over."""
    batch = _batch(run)
    dataset = Dataset.objects.select_related("project").filter(pk=uuid.UUID(run.params["dataset"])).first()
    blob = _archive(run)
    if dataset is None or blob is None:
        raise Missing("The dataset or the archive is no longer there.")
    if run.job.is_resumed and not run.steps.done:
        take_back(run)  # a job begun by release 0.1.0, or one that could not be cleaned up after
    group = run.params.get("tag_group", "")
    tagging = FolderTags(run.actor, dataset.project, run.job, group).write if group else None
    try:
        archives.run(
            actor=run.actor, job=run.job, dataset=dataset, blob=blob, batch=batch, name=run.params["name"],
            on_clash=run.params["on_clash"], steps=run.steps, progress=run.progress, on_result=run.result,
            on_written=tagging,
        )  # fmt: skip
        return {}
    finally:
        decoding.close_pool()


def _archive(run: JobRun) -> Blob | None:
    """Return the bytes of a job's archive, fetched when it names an address."""
    if "url" in run.params:
        return archives.fetch(url=run.params["url"], steps=run.steps, progress=run.progress)
    return Blob.objects.filter(pk=uuid.UUID(run.params["blob"])).first()


def _batch(run: JobRun) -> UploadBatch:
    """Return the batch of a job. Raises Missing when it, or its project, is gone."""
    rows = UploadBatch.objects.select_related("project", "dataset").filter(project__trashed_at__isnull=True)
    found = rows.filter(pk=uuid.UUID(run.params["batch"])).first()
    if found is None:
        raise Missing("The project of these files is no longer there.")
    return found
