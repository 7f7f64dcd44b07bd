"""Jobs that import files from buckets."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.domain.errors import Missing
from annotator.models import Blob, Bucket, Dataset
from annotator.services.exchange import bucket_import
from annotator.services.media.decoding import pool as decoding

from .registry import JobRun, handler


@handler("import_bucket")
def import_bucket(run: JobRun) -> dict[str, Any]:
    """Create media from files of a bucket. Continues after its last portion; what was made in it is skipped by name."""
    params = run.params
    dataset = Dataset.objects.select_related("project").filter(pk=uuid.UUID(params["dataset"])).first()
    bucket = Bucket.all_objects.filter(pk=uuid.UUID(params["bucket"]), workspace=run.job.workspace_id).first()
    names = Blob.objects.filter(pk=uuid.UUID(params["names"])).first() if params["names"] else None
    if dataset is None or bucket is None or (params["names"] and names is None):
        raise Missing("The dataset, the bucket or the list of keys is no longer there.")
    try:
        counts = bucket_import.run(
            actor=run.actor, bucket=bucket, dataset=dataset, names=names, prefix=params["prefix"],
            asset_type=params["asset_type"], is_copied=params["copy"], steps=run.steps, progress=run.progress,
        )  # fmt: skip
    finally:
        decoding.close_pool()
    return {"files": counts}
