"""The job that reads a new video."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.services.video import ingest, videos

from .registry import JobRun, handler

CANCELLED = "Reading this video was stopped. Try the job again on the page Jobs."


def stop(run: JobRun) -> None:
    """Say on the video that its job has ended without knowing what it is."""
    ingest.give_up(uuid.UUID(run.params["media"]), CANCELLED)


@handler(videos.JOB, cleanup=stop)
def ingest_video(run: JobRun) -> dict[str, Any]:
    """Read a video. Continues after its last step."""
    return ingest.run(
        media_id=uuid.UUID(run.params["media"]), name=run.params["name"], steps=run.steps,
        progress=run.progress, check=run.check,
    )  # fmt: skip
