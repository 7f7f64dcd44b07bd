"""Imports the annotation files of a source, each into its dataset: one as it is asked for, several by the names of their parts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.domain.records import LossReport
from annotator.formats.coco import CocoReader
from annotator.models import Dataset, Job, Project
from annotator.services.exchange.imports import coco as coco_imports
from annotator.services.exchange.imports.coco import Progress
from annotator.services.exchange.imports.homes import Homes
from annotator.services.exchange.imports.opening import Opened
from annotator.services.import_report import ImportReport
from annotator.services.jobs.steps import Steps


def run(
    *,
    actor: Actor,
    project: Project,
    opened: Sequence[Opened],
    dataset: Dataset | None,
    new_dataset: str,
    report: ImportReport,
    job: Job | None = None,
    steps: Steps | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Import opened files and return the facts of coco.run for all of them, with the names of their datasets.

    A single file goes into `dataset`, or into one named `new_dataset`, made when it is missing. Of several files each goes
    into the dataset of its part's name, made when it is missing; a dataset that was chosen is reported as not used. Images of
    our own export of several datasets go into these.
    """
    is_split = len(opened) > 1
    if is_split and dataset is not None:
        words = "the source has several annotation files, so each went into a dataset of its own name and not into the chosen one"
        report.add("dataset", words, dataset.name, code="datasets_by_part")
    claims = [_claims(one) if is_split else set() for one in opened]
    classes: set[uuid.UUID] = set()
    names: dict[str, None] = {}
    for index, one in enumerate(opened):
        homes = Homes(actor, project, None if is_split else dataset, one.split or new_dataset)
        others = set().union(*claims[:index], *claims[index + 1 :]) - claims[index]
        try:
            classes |= coco_imports.write(
                actor=actor,
                project=project,
                homes=homes,
                file=one.json,
                files=one.images(),
                masks=one.masks,
                others=others,
                job=job,
                steps=steps,
                progress=_part_of(progress, one.name, index, len(opened)),
                report=report,
            )
        except Invalid as refusal:
            if not is_split:
                raise
            raise Invalid(f"{one.name}: {refusal.message}", field=refusal.field, code=refusal.code) from None
        names |= dict.fromkeys(homes.used)
    return {"classes": len(classes), "datasets": list(names), **report.facts()}


def _claims(opened: Opened) -> set[str]:
    """Return the image files that an annotation file says exactly."""
    return opened.images().claims(CocoReader(opened.json, report=LossReport()).image_names())


def _part_of(progress: Progress | None, name: str, index: int, count: int) -> Progress | None:
    """Return the progress of one file of several as that of all."""
    if progress is None or count == 1:
        return progress
    return lambda share, message: progress((index + share) / count, f"{name}: {message}" if message else "")
