"""Samples of augmentation: a set of originals with their copies, made by a job; and previews, made at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

from django.utils import timezone

from annotator import policy
from annotator.domain import sampling, text
from annotator.domain.actor import Actor
from annotator.domain.augmentation import (
    MAX_NEW_IMAGES,
    SAMPLE_SIDE,
    Recipe,
    parse_transformations,
    recipe_of,
)
from annotator.domain.errors import Invalid, Missing
from annotator.ml.augment import seed_of
from annotator.models import AugmentationList, AugmentationSample, Blob, Job, Label, Media, MediaKind, Project
from annotator.services import blobs
from annotator.services.insight import augmentation
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media.decoding import copies as decoded_copies, pool as decoding, renditions
from annotator.services.media.decoding.pool import Part, Undecodable
from annotator.storage.base import put_bytes

JOB = "augmentation_samples"
NOT_INSTALLED = (
    "This server cannot augment images. Ask your administrator to install the extra “vision” "
    "(pip install opencv-python-headless)."
)
#: Most originals of a set, and most images of one, its originals included.
MAX_ROWS, MAX_SAMPLES = 1_000, 10_000
#: Labels that are drawn on a preview.
PREVIEW_LABELS = 500
_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Preview:
    """A copy of an image: a JPEG of width x height pixels, and its labels as (row, outline, keypoints)."""

    width: int
    height: int
    data: bytes
    labels: list[tuple[Any, Any, Any]]


def is_installed() -> bool:
    """Return whether the extra "vision" is installed; imports nothing."""
    return find_spec("cv2") is not None


def start(*, actor: Actor, augmentation_list: AugmentationList, rows: int) -> Job:
    """Start the job that makes samples of `rows` originals, in place of the list's present ones; its id names the set.

    Allowed with `project.manage`. Invalid when there is no image, too many are asked for, or OpenCV is missing.
    """
    recipe = {
        "transformations": augmentation_list.transformations,
        "probability": augmentation_list.probability,
        "copies": augmentation_list.number_of_new_images,
    }
    return _start(actor, augmentation_list.project, rows, {"list": str(augmentation_list.pk), **recipe})


def start_once(
    *,
    actor: Actor,
    project: Project,
    transformations: object,
    probability: float,
    copies: int,
    rows: int,
) -> Job:
    """Start the job that makes samples of no list; they are kept for a week. As `start`."""
    recipe = {
        "transformations": parse_transformations(transformations),
        "probability": text.check_float(probability, field="probability", low=0.0, high=1.0),
        "copies": text.check_int(copies, field="number_of_new_images", low=1, high=MAX_NEW_IMAGES),
    }
    return _start(actor, project, rows, recipe)


def _start(actor: Actor, project: Project, rows: int, params: dict[str, Any]) -> Job:
    policy.require(actor, project, "project.manage")
    check_installed()
    text.check_int(rows, field="rows", low=1, high=MAX_ROWS)
    if rows * (1 + params["copies"]) > MAX_SAMPLES:
        raise Invalid(f"A set of samples may have at most {MAX_SAMPLES:,} images.", field="rows")
    if not _candidates(project).exists():
        raise Invalid("The project has no image that could be augmented yet.", code="no_images")
    return jobs.start(
        actor=actor, workspace=project.workspace, project=project, kind=JOB, params={"rows": rows, **params}
    )


def check_installed() -> None:
    """Raise Invalid when the extra "vision" is missing."""
    if not is_installed():
        raise Invalid(NOT_INSTALLED, code="not_installed")


def _candidates(project: Project) -> Any:
    return Media.live_in(project.pk).filter(kind=MediaKind.IMAGE, width__gt=0).exclude(health="ERROR")


def pick(project: Project, count: int) -> list[uuid.UUID]:
    """Return up to `count` images, those whose keyed hashes are lowest: the same ones while they are there, whatever the list."""
    ids = _candidates(project).values_list("pk", flat=True).iterator(chunk_size=5_000)
    return sampling.sample((each.bytes for each in ids), key=project.pk, size=count)


def compute(*, job: Job, project: Project, steps: Steps, progress: Callable[[float], None]) -> dict[str, Any]:
    """Make the samples of a job and, last, put them in the place of the list's former ones. Continues after a kill.

    An original that cannot be read is left out. When the list's transformations were changed meanwhile, the samples
    go again.
    """
    params = job.params
    recipe = recipe_of(params["transformations"], params["probability"])
    if "originals" not in steps.done:
        with steps.step():
            steps.save(
                originals=[str(key) for key in pick(project, params["rows"])], done=0, written=0, skipped=0
            )
    originals: Sequence[str] = steps.done["originals"]
    while (number := int(steps.done["done"])) < len(originals):
        progress(number / len(originals))
        rows = _samples_of(job, project, recipe, uuid.UUID(originals[number]), int(steps.done["written"]))
        with steps.step():
            AugmentationSample.all_objects.bulk_create(rows)
            steps.save(
                done=number + 1,
                written=int(steps.done["written"]) + len(rows),
                skipped=int(steps.done["skipped"]) + (not rows),
            )
    with steps.step():
        is_current = "list" not in params or _put_in_place(job)
        if not is_current:
            discard(job)
    return {"samples": steps.done["written"] if is_current else 0, "skipped": steps.done["skipped"]}


def _samples_of(
    job: Job, project: Project, recipe: Recipe, key: uuid.UUID, position: int
) -> list[AugmentationSample]:
    """Return unsaved rows of an original and its copies, whose bytes are stored; none when it cannot be read."""
    media = Media.live_in(project.pk).filter(pk=key).select_related("blob", "project", "bucket").first()
    if media is None:
        return []
    seeds = [seed_of(job.pk, media.pk, number) for number in range(1, job.params["copies"] + 1)]
    try:
        parts = _copies(media, recipe, seeds, [])[0] if seeds else []
    except (Undecodable, Missing):
        return []
    list_id = job.params.get("list")
    stored = blobs.record_many([(put_bytes(blobs.store(), part.data), "image/jpeg") for part in parts])
    sizes: list[tuple[Blob | None, int, int]] = [(None, media.width, media.height)]
    sizes += [(blob, part.width, part.height) for blob, part in zip(stored, parts, strict=True)]
    return [
        AugmentationSample(
            project=project, augmentation_list_id=list_id, samples_id=job.pk, position=position + number, media=media,
            copy=number, blob=blob, width=width, height=height,
        )
        for number, (blob, width, height) in enumerate(sizes)
    ]  # fmt: skip


def _copies(
    media: Media, recipe: Recipe, seeds: Sequence[str], labels: Sequence[Label]
) -> tuple[list[Part], list[list[dict[str, Any]]]]:
    request = {
        "side": SAMPLE_SIDE,
        "width": media.width,
        "height": media.height,
        "values": recipe.values,
        "probability": recipe.probability,
        "seeds": list(seeds),
        "labels": [decoded_copies.encode(label) for label in labels],
    }
    with renditions.open_source(media) as (path, shown):
        return decoding.augment(path, request, shown, caller=str(media.project.workspace_id))


def _put_in_place(job: Job) -> bool:
    """Make a job's samples those of its list; False when they are not of what the list says now. In a transaction."""
    row = augmentation.lock(uuid.UUID(job.params["list"]))
    now = (row.transformations, row.probability, row.number_of_new_images)
    if now != (job.params["transformations"], job.params["probability"], job.params["copies"]):
        return False
    AugmentationSample.all_objects.filter(augmentation_list=row).exclude(samples_id=job.pk).delete()
    AugmentationList.all_objects.filter(pk=row.pk).update(samples_id=job.pk, updated_at=timezone.now())
    return True


def discard(job: Job) -> None:
    """Remove what a job has written that did not come to its end."""
    AugmentationSample.all_objects.filter(samples_id=job.pk).delete()


def samples(project_id: uuid.UUID, samples_id: uuid.UUID) -> Any:
    """Return the samples of a set in order: each original, then its copies."""
    rows = AugmentationSample.all_objects.filter(
        project_id=project_id, samples_id=samples_id, media__trashed_at__isnull=True
    )
    return rows.order_by("position")


def forget_old() -> int:
    """Delete the sets of no list that are older than a week; return how many samples. For the hourly housekeeping."""
    before = timezone.now() - _KEPT
    rows = AugmentationSample.all_objects.filter(augmentation_list=None, created_at__lt=before)
    gone: int = rows.delete()[0]
    return gone


def preview(
    *,
    actor: Actor,
    project: Project,
    media_id: uuid.UUID,
    transformations: object,
    probability: object,
    copies: int,
) -> list[Preview]:
    """Return copies of one image with their labels, made now; nothing is stored. The same image gives the same copies.

    Allowed with `project.read`. Raises Invalid, Missing, Undecodable, Unavailable.
    """
    policy.require(actor, project, "project.read")
    recipe = recipe_of(
        parse_transformations(transformations),
        text.check_float(probability, field="probability", low=0.0, high=1.0),
    )
    check_installed()
    rows = _candidates(project).filter(pk=media_id).select_related("blob", "project", "bucket")
    media = rows.first()
    if media is None:
        raise Missing("There is no such image.")
    shown = Label.objects.filter(media=media, frame=None).listed().select_related("concept")
    labels = list(shown.order_by("z", "created_at", "id")[:PREVIEW_LABELS])
    seeds = [seed_of("preview", media.pk, number) for number in range(copies)]
    parts, moved = _copies(media, recipe, seeds, labels)
    return [
        Preview(
            part.width,
            part.height,
            part.data,
            [(labels[one["index"]], one["points"], one["keypoints"]) for one in kept],
        )
        for part, kept in zip(parts, moved, strict=True)
    ]
