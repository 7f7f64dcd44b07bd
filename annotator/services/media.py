"""Writes of pictures: created one by one or many at once, and replaced. Names, places and trash are in media_changes."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid
from annotator.models import Blob, Dataset, Job, Media, Project, Upload, UploadBatch
from annotator.storage.base import put_stream

from . import blobs, decoding, media_names, media_rows, media_urls, renditions
from .decoding import Decoded, Undecodable
from .media_changes import move, place, rename, restore, set_frozen, set_status, trash
from .media_rows import NewImage, Outcome, Plan, Ready

__all__ = [
    "NewImage", "Outcome", "Source", "create_image", "create_many", "import_many", "move", "place", "rename",
    "replace_content", "restore", "set_frozen", "set_status", "trash", "urls",
]  # fmt: skip

# Rows of one transaction: 32 pictures are about 100 rows and 15 ms, so people's writes pass in between.
CHUNK = 32
Progress = Callable[[Sequence[Outcome]], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A picture of an import: its name, its file (None = not among the files), and what the import says of it."""

    name: str
    path: Path | None
    number: int | None = None
    width: int = 0
    height: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)


def urls(media: Media, *, name: str = "") -> media_urls.Addresses:
    """Return the relative signed addresses of original, preview and thumbnail; see media_urls.addresses."""
    return media_urls.addresses(media, name=name)


def create_image(
    *,
    actor: Actor,
    dataset: Dataset,
    name: str,
    source: Blob | Upload,
    external_id: str | None = None,
    replace: bool = False,
    on_broken: str = "refuse",
    batch: UploadBatch | None = None,
    metadata: Mapping[str, Any] | None = None,
    number: int | None = None,
    client: str = "",
) -> Media:
    """Make one picture of bytes that are in storage, decoded before anything is written.

    Allowed with `media.upload`. A name that the dataset has: Invalid (name_taken), or with `replace` the
    bytes of that picture are swapped and id, labels, tags and status stay (Conflict when it is frozen).
    What cannot be decoded: Invalid with the reason and nothing kept, or with `on_broken="keep"` a row
    with health ERROR. An upload is used up by success alone.
    """
    project = dataset.project
    policy.require(actor, project, "media.upload")
    clean = media_names.check(name)
    outside = text.clean(external_id or "", field="external_id", limit=500, required=False)
    if not replace and media_names.taken([(dataset.pk, clean)]):
        raise name_taken(clean)
    upload = source if isinstance(source, Upload) else None
    image = NewImage(
        dataset,
        clean,
        blob_of(source),
        outside,
        number,
        metadata or {},
        upload_id=upload.pk if upload else None,
    )
    ready = decode(image)
    if ready.refusal is not None and on_broken == "refuse":
        raise Invalid(ready.refusal.message, field="file", code=ready.refusal.code)
    try:
        with transaction.atomic():
            _use_up(image)
            current = media_names.taken([(dataset.pk, clean)]).get((dataset.pk, clean))
            if current is None:
                return _create(actor, project, ready, batch, client)
            if not replace:
                raise name_taken(clean)
            return _swap(actor, current, ready, clean, None if external_id is None else outside, client)
    except IntegrityError as error:
        raise name_taken(clean) from error


def _create(actor: Actor, project: Project, ready: Ready, batch: UploadBatch | None, client: str) -> Media:
    plan = Plan(project, actor, media_rows.first_status(project), batch)
    number = media_rows.take_numbers(project, [ready.image.number])[0]
    twin = media_rows.twins(project, [ready.image])
    outcome = media_rows.add(
        plan, ready, ready.image.name, number, twin.get(ready.image.blob.pk, "") if ready.image.blob else ""
    )
    media_rows.write(plan)
    assert outcome.media is not None
    events.record(
        actor=actor,
        kind="media.created",
        project_id=project.pk,
        media_id=outcome.media.pk,
        client=client,
        after={"media": plan.briefs},
    )
    return outcome.media


def replace_content(
    *,
    actor: Actor,
    media: Media,
    source: Blob | Upload,
    name: str | None = None,
    external_id: str | None = None,
    client: str = "",
) -> Media:
    """Swap the bytes behind a picture: same id, labels, tags, status; renamed too when `name` is given.

    Allowed with `media.upload`. Raises Invalid when the new bytes cannot be decoded (the old ones stay) and
    Conflict when the picture is frozen. Labels that reach outside the new picture stay, with error "out_of_bounds".
    """
    policy.require(actor, media.project, "media.upload")
    home = media.items.filter(is_home=True).select_related("dataset").get()
    clean = home.name if name is None else media_names.check(name)
    outside = (
        None
        if external_id is None
        else text.clean(external_id, field="external_id", limit=500, required=False)
    )
    upload = source if isinstance(source, Upload) else None
    image = NewImage(home.dataset, clean, blob_of(source), upload_id=upload.pk if upload else None)
    ready = decode(image)
    if ready.refusal is not None:
        raise Invalid(ready.refusal.message, field="file", code=ready.refusal.code)
    with transaction.atomic():
        _use_up(image)
        swapped = _swap(actor, media.pk, ready, clean, outside, client)
        if clean != home.name:
            rename(actor=actor, media=swapped, name=clean, client=client)
    return swapped


def _swap(
    actor: Actor, media_id: uuid.UUID, ready: Ready, name: str, external_id: str | None, client: str
) -> Media:
    """Swap inside a transaction and record it."""
    media: Media = (
        Media.objects.select_for_update(of=("self",)).select_related("project", "status").get(pk=media_id)
    )
    if media.is_frozen:
        raise Conflict("This image is locked.", code="image_locked")
    media_rows.swap(media, ready, actor=actor, name=name, external_id=external_id)
    after = {
        "media": {
            "id": str(media.pk),
            "width": media.width,
            "height": media.height,
            "health": media.health,
            "content": True,
        }
    }
    events.record(
        actor=actor,
        kind="media.updated",
        project_id=media.project_id,
        media_id=media.pk,
        client=client,
        after=after,
    )
    return media


def create_many(
    *,
    actor: Actor,
    project: Project,
    images: Iterable[NewImage],
    on_clash: str = "skip",
    batch: UploadBatch | None = None,
    import_job: Job | None = None,
    client: str = "",
    on_chunk: Progress | None = None,
) -> list[Outcome]:
    """Make many pictures, decoded in children while rows are written; a broken one becomes a row with health ERROR.

    Allowed with `media.upload`. Returns an outcome for each image, in order. Writes transactions of at most
    CHUNK pictures; `on_chunk` is called after each and may raise to stop (what is written stays).
    `on_clash`: a name that its dataset has is skipped, numbered ("cat (2).jpg") or replaces the old picture.
    Slots of `images` must be queued; one that somebody else used up meanwhile is skipped.
    """
    policy.require(actor, project, "media.upload")
    status = media_rows.first_status(project)
    outcomes: list[Outcome] = []
    work = decoding.map_ahead(images, _decode, ahead=2 * CHUNK)
    try:
        for chunk in _chunks(work):
            kept = _keep_parts(chunk)
            with transaction.atomic():
                plan = Plan(project, actor, status, batch, import_job.pk if import_job else None)
                made = _write_chunk(plan, kept, on_clash, client)
            outcomes.extend(made)
            if on_chunk is not None:
                on_chunk(made)
    finally:
        work.close()
    return outcomes


def import_many(
    *, actor: Actor, dataset: Dataset, sources: Sequence[Source], job: Job | None = None
) -> list[Media]:
    """Make the pictures of an import, in order: those with a file are stored and decoded, the others wait for their bytes.

    Numbers are kept where they are free. Broken and missing files become rows with health ERROR; a
    name that the dataset has gets a number behind it. The rows carry `import_job`.
    """
    held = blobs.store()
    paths = {source.path for source in sources if source.path is not None}
    stored = {}
    for path in paths:
        with path.open("rb") as stream:
            stored[path] = put_stream(held, stream)
    rows = dict(
        zip(
            stored,
            blobs.record_many([(one, "application/octet-stream") for one in stored.values()]),
            strict=True,
        )
    )
    images = [
        NewImage(
            dataset, media_names.below(source.name), rows[source.path] if source.path else None, number=source.number,
            metadata=source.metadata, size=(source.width, source.height),
        )
        for source in sources
    ]  # fmt: skip
    outcomes = create_many(
        actor=actor, project=dataset.project, images=images, on_clash="number", import_job=job
    )
    return [outcome.media for outcome in outcomes if outcome.media is not None]


def _write_chunk(plan: Plan, chunk: Sequence[Ready], on_clash: str, client: str) -> list[Outcome]:
    """Write one transaction's pictures and its event."""
    images = [ready.image for ready in chunk]
    claimed = media_rows.claim_uploads(images, state="queued")
    taken: dict[media_names.Place, uuid.UUID | None] = {
        **media_names.taken((image.dataset.pk, image.name) for image in images)
    }
    numbers = iter(media_rows.take_numbers(plan.project, [image.number for image in images]))
    twins = media_rows.twins(plan.project, images)
    outcomes = []
    for ready in chunk:
        image, number = ready.image, next(numbers)
        if image.upload_id is not None and image.upload_id not in claimed:
            outcomes.append(
                Outcome(image.name, "skipped", code="upload_used", message="This upload was used already.")
            )
            continue
        outcomes.append(_place(plan, ready, taken, number, twins, on_clash, client))
    media_rows.write(plan)
    if plan.briefs:
        only = plan.media[0].pk if len(plan.media) == 1 else None
        events.record(
            actor=plan.actor,
            kind="media.created",
            project_id=plan.project.pk,
            media_id=only,
            client=client,
            after={"media": plan.briefs},
        )
    return outcomes


def _place(
    plan: Plan, ready: Ready, taken: dict[media_names.Place, uuid.UUID | None], number: int, twins: dict[uuid.UUID, str],
    on_clash: str, client: str,
) -> Outcome:  # fmt: skip
    """Decide what becomes of one picture whose name may be taken: by a row, or by an earlier one of this chunk (None)."""
    image = ready.image
    name, dataset_id = image.name, image.dataset.pk
    if (dataset_id, name) in taken:
        other = taken[dataset_id, name]
        if on_clash == "number":
            name = media_names.free(dataset_id, name, [place[1] for place in taken if place[0] == dataset_id])
        elif (
            on_clash == "replace"
            and other is not None
            and ready.decoded is not None
            and plan.actor is not None
        ):
            return _replace(plan, ready, other, client)
        else:
            words = "A picture of this name is in the dataset already."
            outcome = Outcome(name, "skipped", code="name_taken", message=words)
            media_rows.note(plan, image, outcome)
            return outcome
    taken[dataset_id, name] = None
    twin = twins.get(image.blob.pk, "") if image.blob else ""
    if image.blob is not None:
        twins.setdefault(image.blob.pk, name)
    return media_rows.add(plan, ready, name, number, twin)


def _replace(plan: Plan, ready: Ready, media_id: uuid.UUID, client: str) -> Outcome:
    assert plan.actor is not None
    try:
        media = _swap(plan.actor, media_id, ready, ready.image.name, None, client)
        outcome = Outcome(ready.image.name, "replaced", media)
    except Conflict as refusal:
        outcome = Outcome(ready.image.name, "skipped", code=refusal.code, message=refusal.message)
    media_rows.note(plan, ready.image, outcome)
    return outcome


def _decode(image: NewImage) -> tuple[NewImage, Decoded | Undecodable | None]:
    """Decode one picture's bytes in a child; runs in a thread and touches no row."""
    if image.blob is None:
        return image, None
    try:
        with blobs.store().as_file(image.blob.sha256) as path:
            return image, decoding.prepare(path)
    except Undecodable as refusal:
        return image, refusal
    except FileNotFoundError:
        return image, Undecodable("The file is not in storage any more.", code="file_missing")


def _keep_parts(chunk: Sequence[tuple[NewImage, Decoded | Undecodable | None]]) -> list[Ready]:
    """Store the renditions of decoded pictures, their blob rows in one transaction."""
    parts = [part for _, decoded in chunk if isinstance(decoded, Decoded) for part in decoded.parts]
    kept = iter(renditions.put_parts(parts))
    ready = []
    for image, found in chunk:
        if isinstance(found, Decoded):
            ready.append(Ready(image, found, None, list(itertools.islice(kept, len(found.parts)))))
        else:
            ready.append(Ready(image, None, found))
    return ready


def decode(image: NewImage) -> Ready:
    """Decode one picture now and store its renditions. The refusal, if any, is in the answer."""
    ready = _keep_parts([_decode(image)])[0]
    return replace(
        ready,
        refusal=ready.refusal
        or (None if ready.decoded else Undecodable(media_rows.NOT_SENT, code="file_missing")),
    )


def blob_of(source: Blob | Upload) -> Blob:
    """Return the bytes of a source; Invalid when an upload has none."""
    blob = source.blob if isinstance(source, Upload) else source
    if blob is None:
        raise Invalid("Nothing was uploaded to this address yet.", field="upload_id", code="upload_empty")
    return blob


def _use_up(image: NewImage) -> None:
    if image.upload_id is not None and not media_rows.claim_uploads([image], state="stored"):
        raise Invalid("This upload was used already.", field="upload_id", code="upload_used")


def name_taken(name: str) -> Invalid:
    """Return the refusal of a second picture of one name in a dataset."""
    return Invalid(f"There is already a picture {name!r} in this dataset.", field="name", code="name_taken")


def _chunks(work: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(itertools.islice(work, CHUNK)):
        yield chunk
