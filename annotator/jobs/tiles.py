"""The job that makes the tiles of large images, and of those that browsers cannot show."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.services.media.decoding import tiles
from annotator.services.tiling import making

from .registry import JobRun, handler


@handler(tiles.JOB)
def make_tiles(run: JobRun) -> dict[str, Any]:
    """Make the missing tiles of the project, or of the image that is named. Continues after its last image."""
    only = run.params.get("media")
    return making.run(
        project=run.project, media_id=uuid.UUID(only) if only else None, steps=run.steps, progress=run.progress, check=run.check,
    )  # fmt: skip
