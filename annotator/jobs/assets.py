"""Jobs that read images from addresses."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.services.exchange import assets
from annotator.services.media.decoding import pool as decoding

from .registry import JobRun, handler


@handler("add_assets")
def add_assets(run: JobRun) -> dict[str, Any]:
    """Read and decode the images that the job was started with. Continues with those that were not read."""
    assert run.job.project is not None
    bucket = run.params.get("bucket")
    try:
        return assets.run(
            project=run.job.project, job=run.job, preferred=uuid.UUID(bucket) if bucket else None,
            steps=run.steps, progress=run.progress,
        )  # fmt: skip
    finally:
        decoding.close_pool()
