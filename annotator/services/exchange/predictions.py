"""Imports of predictions from a file of COCO results: they become suggestions on the labeling page, never labels."""

from __future__ import annotations

import heapq
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from django.db import transaction

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import Invalid
from annotator.domain.polygons import bounds_of_points, decode_points
from annotator.domain.records import LabelRecord
from annotator.formats.coco_results import ResultsReader
from annotator.models import Concept, Job, Media, MediaKind, Project, Upload
from annotator.services.annotations import predictions
from annotator.services.annotations.predictions import Found
from annotator.services.exchange.imports import imports
from annotator.services.import_report import ImportReport
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps

JOB = "import_predictions"
Progress = Callable[[float, str], None]


@transaction.atomic
def start(*, actor: Actor, project: Project, upload: Upload, model: str) -> Job:
    """Queue the import of an uploaded file of COCO results as the predictions of a model; the upload is used up."""
    policy.require(actor, project, "import.create")
    name = predictions.check_model(model)
    params = imports.take_upload(project, upload, field="upload") | {"model": name}
    return jobs.start(actor=actor, workspace=project.workspace, project=project, kind=JOB, params=params)


def run(
    *, actor: Actor, project: Project, model: str, file: BinaryIO, steps: Steps, progress: Progress
) -> dict[str, Any]:
    """Store the results of a file as the predictions of a model and return {suggestions, counts, report}.

    `image_id` and `category_id` are the numbers of images and classes, as an export to COCO gives them. What the model
    predicted before on an image of the file is replaced; other images keep theirs. Continues after its last step.
    """
    report = ImportReport()
    reader = ResultsReader(file, report=report)
    media = _media(project, reader.image_numbers())
    classes = dict(Concept.all_objects.filter(project=project, on_region=True).values_list("number", "pk"))
    found: dict[int, list[Found]] = defaultdict(list)
    for record in reader.labels({number: size for number, (_, size) in media.items()}, set(classes)):
        made = _found(record, classes)
        if made is None:
            words = "has no area in the image, or a polygon that leaves it; the result was left out"
            report.add("annotations.bbox", words, f"image {record.image_number}")
        else:
            found[record.image_number].append(made)
    kept = 0
    for done, numbers in enumerate(chunks(sorted(found), predictions.MAX_MEDIA)):
        by_media = {media[number][0]: _surest(found[number], number, report) for number in numbers}
        kept += sum(map(len, by_media.values()))
        if done < steps.done.get("chunks", 0):
            continue
        with steps.step():
            predictions.replace(actor=actor, project=project, model=model, found=by_media)
            steps.save(chunks=done + 1)
        progress(min(1.0, (done + 1) * predictions.MAX_MEDIA / len(found)), f"{kept:,} suggestions")
    if not kept:
        raise Invalid(f"Nothing was imported: none of the {len(reader):,} results fits this project.{report.first_reason()}", code="nothing_kept")  # fmt: skip
    counts = {"suggestions": {"imported": kept, "left_out": len(reader) - kept, "changed": 0}}
    return {"suggestions": kept, "counts": counts, "report": report.as_json()}


def _media(project: Project, numbers: Iterable[int]) -> dict[int, tuple[uuid.UUID, tuple[int, int]]]:
    """Return id and size of the images of some numbers."""
    images = Media.objects.filter(project=project, kind=MediaKind.IMAGE, width__gt=0, height__gt=0)
    return {
        number: (key, (width, height))
        for some in chunks(sorted(numbers), 500)
        for number, key, width, height in images.filter(number__in=some).values_list(
            "number", "pk", "width", "height"
        )
    }


def _found(record: LabelRecord, classes: dict[int, uuid.UUID]) -> Found | None:
    """Return a result within its image, as the database has it; None for one that could not be accepted."""
    assert record.score is not None and record.size is not None
    width, height = record.size
    x0, y0, x1, y1 = record.box
    if record.points is not None:
        x0, y0, x1, y1 = bounds_of_points(decode_points(record.points))
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            return None
    else:
        x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if x0 >= x1 or y0 >= y1:
        return None
    return Found(
        classes[record.category_number], x0, y0, x1, y1, record.shape, record.points, record.mask, float(record.score)
    )  # fmt: skip


def _surest(found: list[Found], number: int, report: ImportReport) -> list[Found]:
    if len(found) > predictions.MAX_PER_IMAGE:
        words = (
            f"has more than {predictions.MAX_PER_IMAGE:,} results; those with the highest scores were kept"
        )
        report.add("images", words, number)
    return heapq.nlargest(predictions.MAX_PER_IMAGE, found, key=lambda each: each.score)
