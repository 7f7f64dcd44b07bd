"""The job that makes the samples of an augmentation list."""

from __future__ import annotations

from typing import Any

from annotator.domain.text import counted
from annotator.services.insight import augmentation_samples
from annotator.services.media.decoding import pool as decoding

from .registry import JobRun, handler


def _discard(run: JobRun) -> None:
    augmentation_samples.discard(run.job)


@handler(augmentation_samples.JOB, cleanup=_discard)
def make_samples(run: JobRun) -> dict[str, Any]:
    """Augment some images of the project, one after another; a stopped run continues with the next one."""

    def progress(fraction: float) -> None:
        run.progress(fraction, counted(int(run.steps.done.get("written", 0)), "image", "images"))

    try:
        return augmentation_samples.compute(
            job=run.job, project=run.project, steps=run.steps, progress=progress
        )
    finally:
        decoding.close_pool()
