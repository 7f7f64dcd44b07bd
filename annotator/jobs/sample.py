"""The job that adds the sample project to a workspace."""

from __future__ import annotations

from typing import Any

from annotator.services.media.decoding import pool as decoding
from annotator.services.operations import demo

from .registry import JobRun, handler


@handler("sample_project")
def sample_project(run: JobRun) -> dict[str, Any]:
    """Draw the scenes and make the project of them. A second attempt makes another one: half a project is no harm."""
    try:
        project = demo.build(
            actor=run.actor,
            workspace=run.job.workspace,
            report_progress=lambda words: run.progress(0.5, words),
        )
    finally:
        decoding.close_pool()
    return {"project": str(project.pk)}
