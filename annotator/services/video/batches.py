"""Videos of one drop of files: each becomes a row with a job of its own."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import closing

from django.utils import timezone

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Invalid
from annotator.models import Dataset, Media, Upload, UploadBatch
from annotator.services import blobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import names as media_names, uploads
from annotator.services.video import videos
from annotator.storage.video import containers, reading


def ingest(
    *,
    actor: Actor,
    batch: UploadBatch,
    run: str,
    client: str,
    steps: Steps,
    progress: Callable[[float, str], None],
) -> dict[str, int]:
    """Make videos of the files of a run, one step a file; harmless to repeat. Files that are no videos are refused.

    A name that the dataset has is numbered ("a (2).mp4") or, for any other `on_clash`, skipped. Returns counts by outcome.
    """
    policy.require(actor, batch.project, "media.upload")
    waiting = uploads.queued(batch.pk, run)
    counts: Counter[str] = Counter(steps.done.get("counts", {}))
    total = counts.total() + len(waiting)
    for upload_id in waiting:
        with steps.step():
            state = _take(actor, batch, upload_id, client)
            if state:
                counts[state] += 1
            steps.save(counts=counts)
        progress(counts.total() / max(1, total), f"{counts.total():,} of {total:,} files")
    return dict(counts)


def _take(actor: Actor, batch: UploadBatch, upload_id: uuid.UUID, client: str) -> str:
    """Use a file up and return what became of it; empty when somebody else has used it."""
    row = Upload.objects.select_for_update(of=("self",)).select_related("blob")
    upload = row.filter(pk=upload_id, state="queued").first()
    if upload is None:
        return ""
    try:
        media = _create(actor, batch, upload, client)
        result: dict[str, object] = {"state": "created", "media": str(media.pk)}
    except DomainError as refusal:
        state = "skipped" if refusal.code == "name_taken" else "refused"
        result = {
            "state": state,
            "media": None,
            "problem": {"code": refusal.code, "message": refusal.message},
        }
    now = timezone.now()
    Upload.objects.filter(pk=upload_id).update(state="used", used_at=now, updated_at=now, result=result)
    return str(result["state"])


def _create(actor: Actor, batch: UploadBatch, upload: Upload, client: str) -> Media:
    datasets = Dataset.objects.select_related("project__workspace").filter(project=batch.project)
    dataset = datasets.filter(pk=uuid.UUID(upload.result["dataset"])).first()
    if dataset is None or upload.blob is None:
        raise Invalid("Its dataset was deleted meanwhile.", code="dataset_gone")
    videos.check_project(dataset)
    videos.check_size(upload.blob.size)
    with closing(blobs.store().open(upload.blob.sha256)) as file:
        head = file.read(containers.HEAD)
    if containers.sniff(head) is None:
        raise Invalid(reading.not_a_video(head), code="not_a_video")
    name = upload.name
    if upload.result.get("on_clash") == "number":
        name = media_names.free(dataset.pk, name)
    return videos.add(actor, dataset, name, upload.blob, batch=batch, client=client)
