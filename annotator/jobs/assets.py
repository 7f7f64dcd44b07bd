"""Jobs that read images from addresses."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.services.exchange import assets
from annotator.services.media.decoding import pool as decoding

from .registry import JobRun, handler


def stop(run: JobRun) -> None:
    """Say on the images that were not read that their job has ended."""
    assets.give_up(run.job)


@handler("add_assets", cleanup=stop)
def add_assets(run: JobRun) -> dict[str, Any]:
    """Read and decode the images that the job was started with. Continues with those that were not read."""
    assert run.job.project is not None
    bucket = run.params.get("bucket")
    try:
        return assets.run(
            actor=run.actor, project=run.job.project, job=run.job, preferred=uuid.UUID(bucket) if bucket else None,
            steps=run.steps, progress=run.progress,
        )  # fmt: skip
    finally:
        decoding.close_pool()
