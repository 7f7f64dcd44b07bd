"""The job that compares the images of a large project."""

from __future__ import annotations

from typing import Any

from annotator.services.insight import duplicate_searches

from .registry import JobRun, handler


@handler(duplicate_searches.JOB)
def find_duplicates(run: JobRun) -> dict[str, Any]:
    """Find images that look alike. Harmless to repeat: it starts over."""
    return duplicate_searches.run(
        actor=run.actor,
        project=run.project,
        distance=run.params["distance"],
        progress=run.progress,
        keep=lambda path: run.artifact(path, mime=duplicate_searches.MIME),
    )
