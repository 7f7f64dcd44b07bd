"""Imports the annotation files of a source, COCO or JSON 1.1, each into its dataset: one as it is asked for, several by the names of their parts."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.formats import label_files
from annotator.models import Dataset, Job, Project
from annotator.services.exchange.imports import coco as coco_imports
from annotator.services.exchange.imports.coco import Progress
from annotator.services.exchange.imports.hasty import writing as hasty_imports
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
            classes |= _writer(one)(
                actor=actor,
                project=project,
                homes=homes,
                file=one.json,
                files=one.images(),
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


def _writer(opened: Opened) -> Callable[..., set[uuid.UUID]]:
    """Return what writes the content of a file: of COCO, or of JSON 1.1."""
    if label_files.is_hasty(opened.json):
        return hasty_imports.write
    return functools.partial(coco_imports.write, masks=opened.masks)


def _claims(opened: Opened) -> set[str]:
    """Return the image files that an annotation file says exactly."""
    return opened.images().claims(label_files.image_names(opened.json))


def _part_of(progress: Progress | None, name: str, index: int, count: int) -> Progress | None:
    """Return the progress of one file of several as that of all."""
    if progress is None or count == 1:
        return progress
    return lambda share, message: progress((index + share) / count, f"{name}: {message}" if message else "")
