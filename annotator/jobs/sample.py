"""The job that adds the sample project to a workspace."""

from __future__ import annotations

from typing import Any

from annotator.services.media.decoding import pool as decoding
from annotator.services.operations import demo

from .registry import JobRun, handler


@handler("sample_project")
def sample_project(run: JobRun) -> dict[str, Any]:
    """Draw the scenes and make the project of them, unless an earlier attempt got so far."""
    if "project" not in run.steps.done:
        try:
            demo.build(
                actor=run.actor,
                workspace=run.job.workspace,
                report_progress=lambda words: run.progress(0.5, words),
                steps=run.steps,
            )
        finally:
            decoding.close_pool()
    return {"project": run.steps.done["project"]}
