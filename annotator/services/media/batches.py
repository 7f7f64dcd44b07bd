"""Many images at once: decoded in children while rows are written in short transactions; broken ones become rows too."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import Conflict, DomainError
from annotator.events import kinds, payloads
from annotator.models import Dataset, DatasetItem, Job, Media, Project, UploadBatch
from annotator.services import blobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import names as media_names, rows as media_rows
from annotator.services.media.decoding import pool as decoding
from annotator.services.media.image_decoding import decode_one, keep_parts
from annotator.services.media.rows import NewImage, Outcome, Plan, Ready
from annotator.storage.base import Stored

# Images of one transaction: about 100 rows and 15 ms, so people's writes pass in between; more where nothing is decoded.
CHUNK, CHUNK_OF_ROWS = 32, 100
Progress = Callable[[Sequence[Outcome]], None]


@dataclass(frozen=True, slots=True)
class Source:
    """An image of an import: its name, its bytes (None = not among the files, or why they cannot be read), its metadata."""

    name: str
    found: Stored | DomainError | None
    number: int | None = None
    external_id: str = ""
    width: int = 0
    height: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)


def create_many(
    *,
    actor: Actor,
    project: Project,
    images: Iterable[NewImage],
    on_clash: str = "skip",
    on_broken: str = "keep",
    batch: UploadBatch | None = None,
    import_job: Job | None = None,
    client: str = "",
    steps: Steps | None = None,
    on_written: Progress | None = None,
    on_chunk: Progress | None = None,
) -> list[Outcome]:
    """Make many images, decoded in children while rows are written; a broken one becomes a row with health ERROR.

    With `on_broken="refuse"` nothing is kept of a broken one; its outcome is "refused".

    Allowed with `media.upload`. Returns an outcome for each image, in order. Writes transactions of at most
    CHUNK images (CHUNK_OF_ROWS where none has bytes), each a step of `steps`; `on_written` is called within each, `on_chunk` after each and may
    raise to stop (what is written stays).
    `on_clash`: a name that its dataset has is skipped, numbered ("cat (2).jpg") or replaces the old image.
    Slots of `images` must be queued; one that somebody else used up meanwhile is skipped.
    """
    policy.require(actor, project, "media.upload")
    status = media_rows.first_status(project)
    steps = steps or Steps()
    outcomes: list[Outcome] = []
    decode = functools.partial(decode_one, caller=str(project.workspace_id))
    if isinstance(images, Sequence) and not any(image.has_bytes for image in images):
        work, size = (decode(image) for image in images), CHUNK_OF_ROWS
    else:
        work, size = decoding.map_ahead(images, decode, ahead=2 * CHUNK), CHUNK
    try:
        for chunk in chunks(work, size):
            kept = keep_parts(chunk)
            with steps.step():
                plan = Plan(project, actor, status, batch, import_job.pk if import_job else None)
                made = _write_chunk(plan, kept, on_clash, on_broken, client)
                if on_written is not None:
                    on_written(made)
            outcomes.extend(made)
            if on_chunk is not None:
                on_chunk(made)
    finally:
        work.close()
    return outcomes


def import_many(
    *,
    actor: Actor,
    dataset: Dataset,
    sources: Sequence[Source],
    job: Job | None = None,
    steps: Steps | None = None,
) -> list[Outcome]:
    """Make the images of an import and return their outcomes, in order: those with a file are stored and decoded, the
    others wait for their bytes.

    Numbers are kept where they are free. Broken and missing files become rows with health ERROR; a
    name that the dataset has gets a number behind it. The rows carry `import_job`.
    """
    return create_many(
        actor=actor, project=dataset.project, images=_new(dataset, sources), on_clash="number", import_job=job, steps=steps
    )  # fmt: skip


def fill_many(
    *, actor: Actor, dataset: Dataset, sources: Sequence[Source], steps: Steps | None = None
) -> None:
    """Give the bytes that an import has found to the dataset's images of these names; what cannot be decoded changes nothing."""
    images = _new(dataset, sources)
    create_many(actor=actor, project=dataset.project, images=images, on_clash="replace", steps=steps)


def _new(dataset: Dataset, sources: Sequence[Source]) -> list[NewImage]:
    """Record the bytes of sources and return the images they are to be."""
    stored = [source.found for source in sources if isinstance(source.found, Stored)]
    rows = iter(blobs.record_many([(one, "application/octet-stream") for one in stored]))
    return [
        NewImage(
            dataset, media_names.below(source.name), next(rows) if isinstance(source.found, Stored) else None, number=source.number,
            external_id=source.external_id, metadata=source.metadata, size=(source.width, source.height),
            refusal=source.found if isinstance(source.found, DomainError) else None,
        )
        for source in sources
    ]  # fmt: skip


def _write_chunk(
    plan: Plan, chunk: Sequence[Ready], on_clash: str, on_broken: str, client: str
) -> list[Outcome]:
    """Write one transaction's images and its event."""
    is_refused = [on_broken == "refuse" and ready.decoded is None for ready in chunk]
    images = [ready.image for ready, refused in zip(chunk, is_refused, strict=True) if not refused]
    claimed = media_rows.claim_uploads(images, state="queued")
    existing: dict[media_names.NameKey, uuid.UUID | None] = {
        **media_names.existing((image.dataset.pk, image.name) for image in images)
    }
    numbers = iter(media_rows.take_numbers(plan.project, [image.number for image in images]))
    duplicates = media_rows.duplicates(plan.project, images)
    outcomes = []
    for ready, refused in zip(chunk, is_refused, strict=True):
        if refused:
            outcomes.append(_refused(ready))
            continue
        image, number = ready.image, next(numbers)
        if image.upload_id is not None and image.upload_id not in claimed:
            outcomes.append(
                Outcome(image.name, "skipped", code="upload_used", message="This upload was used already.")
            )
            continue
        outcomes.append(_write_one(plan, ready, existing, number, duplicates, on_clash, client))
    media_rows.write(plan)
    if plan.created:
        only = plan.media[0].pk if len(plan.media) == 1 else None
        events.record(
            actor=plan.actor,
            kind=kinds.MEDIA_CREATED,
            project_id=plan.project.pk,
            media_id=only,
            client=client,
            after=payloads.MediaCreated(media=plan.created),
        )
    return outcomes


def _refused(ready: Ready) -> Outcome:
    code, words = "file_missing", media_rows.NOT_SENT
    if ready.refusal is not None:
        code, words = ready.refusal.code, ready.refusal.message
    return Outcome(ready.image.name, "refused", code=code, message=words)


def _write_one(
    plan: Plan, ready: Ready, existing: dict[media_names.NameKey, uuid.UUID | None], number: int, duplicates: dict[uuid.UUID, str],
    on_clash: str, client: str,
) -> Outcome:  # fmt: skip
    """Create, replace or skip one image whose name may exist already: as a row, or earlier in this chunk (None)."""
    image = ready.image
    name, dataset_id = image.name, image.dataset.pk
    if (dataset_id, name) in existing:
        other = existing[dataset_id, name]
        if on_clash == "number":
            name = media_names.free(dataset_id, name, [key[1] for key in existing if key[0] == dataset_id])
        elif (
            on_clash == "replace"
            and other is not None
            and ready.decoded is not None
            and plan.actor is not None
        ):
            return _replace(plan, ready, other, client)
        else:
            words = "An image of this name is in the dataset already."
            outcome = Outcome(name, "skipped", code="name_taken", message=words)
            media_rows.note(plan, image, outcome)
            return outcome
    existing[dataset_id, name] = None
    duplicate_of = duplicates.get(image.blob.pk, "") if image.blob else ""
    if image.blob is not None:
        duplicates.setdefault(image.blob.pk, name)
    return media_rows.add(plan, ready, name, number, duplicate_of)


def _replace(plan: Plan, ready: Ready, media_id: uuid.UUID, client: str) -> Outcome:
    assert plan.actor is not None
    try:
        media = media_rows.swap_recorded(plan.actor, media_id, ready, ready.image.name, None, client)
        outcome = Outcome(ready.image.name, "replaced", media)
    except Conflict as refusal:
        outcome = Outcome(ready.image.name, "skipped", code=refusal.code, message=refusal.message)
    media_rows.note(plan, ready.image, outcome)
    return outcome


def prepare_pending(
    *, project: Project, steps: Steps, progress: Callable[[float, str], None]
) -> dict[str, int]:
    """Decode images of a project that have bytes but were never decoded; for the job of that name. Harmless to repeat.

    Facts, hash, findings and renditions are written; one that cannot be decoded gets health ERROR. Labels stay.
    """
    rows = Media.objects.filter(
        project=project, is_prepared=False, blob__isnull=False, kind="image"
    ).order_by("pk")
    decode = functools.partial(decode_one, caller=str(project.workspace_id))
    done, last = int(steps.done.get("images", 0)), uuid.UUID(int=0)
    total = done + rows.count()
    while chunk := list(rows.filter(pk__gt=last).select_related("blob", "project")[:CHUNK]):
        last = chunk[-1].pk
        homes = DatasetItem.all_objects.filter(media__in=chunk, is_home=True).select_related("dataset")
        home_of = {home.media_id: home for home in homes}
        known = [medium for medium in chunk if medium.pk in home_of]
        images = [NewImage(home_of[one.pk].dataset, home_of[one.pk].name, one.blob) for one in known]
        ready = keep_parts(list(decoding.map_ahead(images, decode, ahead=2 * CHUNK)))
        with steps.step():
            replace_pending(project, known, ready)
            done += len(chunk)
            steps.save(images=done)
        progress(done / max(1, total), f"{done:,} of {total:,} images")
    return {"images": done}


def replace_pending(project: Project, media: Sequence[Media], ready: Sequence[Ready]) -> None:
    """Put decoded bytes behind images that were written without them; the caller holds the transaction."""
    for medium, found in zip(media, ready, strict=True):
        media_rows.swap(medium, found, actor=None, name=found.image.name, external_id=None)
    after: payloads.BulkPayload = {
        "what": "media.replaced",
        "media": [str(medium.pk) for medium in media],
        "count": len(media),
    }
    events.record(actor=None, kind=kinds.BULK, project_id=project.pk, after=after)
