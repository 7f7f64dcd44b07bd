"""Rows of new and replaced images: what a decoded or broken file becomes in the tables. Callers hold the transaction and have asked policy."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from annotator import events
from annotator.db import bulk
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError
from annotator.domain.ids import uuid7
from annotator.events import kinds, payloads
from annotator.ml import quality
from annotator.models import (
    BUCKET_SCHEME,
    Blob,
    Dataset,
    DatasetItem,
    Label,
    Media,
    MediaKind,
    MediaStatus,
    Project,
    QualityIssue,
    Rendition,
    Upload,
    UploadBatch,
)
from annotator.services.buckets.reading import BucketFile
from annotator.services.media import names as media_names, statuses
from annotator.services.media.decoding import renditions, tiles as media_tiles
from annotator.services.media.decoding.pool import Decoded, Part
from annotator.services.numbers import keep_number, next_number
from annotator.services.workspaces.quotas import quotas
from annotator.storage import probe
from annotator.storage.base import Stored

#: Numbers of media are kept from an import below this: beyond it, readers of JSON that know only float64 round.
END_OF_NUMBERS = 2**53
NOT_SENT = "The file of this image was not among the imported ones. Upload it under the same name and choose to replace."


@dataclass(frozen=True, slots=True)
class NewImage:
    """One image to be made: bytes (`blob`, or None while they are missing) under a name in a dataset.

    `number` is one kept from an import (the next free one if it is in use), `size` what an
    import says of an image without bytes, `refusal` why there are none, `upload_id` the slot that is used up. `is_link`: it is
    the address `source_url` alone, whatever answers there.
    `bucket_file` is read when the image is decoded; `stored` are its bytes then, where they are copied.
    `is_pending`: a job that was started with it reads its bytes later; until then it has health PROCESSING.
    `source_path` is where the bytes are read, where neither `source_url` nor `bucket_file` says it.
    """

    dataset: Dataset
    name: str
    blob: Blob | None
    external_id: str = ""
    number: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    upload_id: uuid.UUID | None = None
    size: tuple[int, int] = (0, 0)
    source_url: str = ""
    refusal: DomainError | None = None
    is_link: bool = False
    bucket_file: BucketFile | None = None
    stored: Stored | None = None
    source_path: str = ""
    is_pending: bool = False

    @property
    def path(self) -> str | None:
        """Where the bytes were read, None when they were sent here (or it is longer than an index takes)."""
        found = self.source_path or self.source_url or (self.bucket_file.path if self.bucket_file else "")
        return found if found and len(found.encode()) <= media_names.MAX_BYTES else None

    @property
    def has_bytes(self) -> bool:
        """Whether there is anything to decode."""
        return self.blob is not None or self.bucket_file is not None


@dataclass(frozen=True, slots=True)
class Ready:
    """A new image after decoding, before any row: facts or the refusal, and renditions with their blobs."""

    image: NewImage
    decoded: Decoded | None
    refusal: DomainError | None
    parts: Sequence[tuple[Part, Blob]] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: created | replaced | broken (a row with health ERROR) | refused | skipped; with words unless fine."""

    name: str
    state: str
    media: Media | None = None
    code: str = ""
    message: str = ""


@dataclass(slots=True)
class Plan:
    """Rows of one transaction, collected before they are written at once."""

    project: Project
    actor: Actor | None
    status: MediaStatus
    batch: UploadBatch | None = None
    import_job_id: uuid.UUID | None = None
    media: list[Media] = field(default_factory=list)
    items: list[DatasetItem] = field(default_factory=list)
    made: list[Rendition] = field(default_factory=list)
    issues: list[QualityIssue] = field(default_factory=list)
    created: list[payloads.MediaBrief] = field(default_factory=list)
    results: list[tuple[uuid.UUID, dict[str, Any]]] = field(default_factory=list)
    uploaded: set[uuid.UUID] = field(default_factory=set)


def first_status(project: Project) -> MediaStatus:
    """Return the state in which media of a project begin."""
    return MediaStatus.all_objects.filter(project=project, base="NEW").order_by("-is_default", "order")[0]


def take_numbers(project: Project, wanted: Sequence[int | None]) -> list[int]:
    """Return a number for each new medium: the wanted one where it is free, else the next. Locks the clock."""
    asked = {number for number in wanted if number is not None}
    used = (
        set(Media.all_objects.filter(project=project, number__in=asked).values_list("number", flat=True))
        if asked
        else set()
    )
    kept: list[int | None] = []
    for number in wanted:
        is_free = number is not None and 0 <= number < END_OF_NUMBERS and number not in used
        kept.append(number if is_free else None)
        if number is not None:
            used.add(number)
    if asked:
        keep_number(
            project.pk, "media_number", max((number for number in kept if number is not None), default=0)
        )
    missing = kept.count(None)
    start = next_number(project.pk, "media_number", missing) if missing else 0
    free = iter(range(start, start + missing))
    return [next(free) if number is None else number for number in kept]


def content_columns(ready: Ready) -> dict[str, Any]:
    """Return the columns of Media that follow from the bytes."""
    image, decoded = ready.image, ready.decoded
    remote = image.bucket_file if image.bucket_file and not image.bucket_file.is_copied else None
    columns: dict[str, Any] = {
        "blob": image.blob,
        "source_url": f"{BUCKET_SCHEME}{remote.key}" if remote else image.source_url,
        "bucket": remote.bucket if remote else None,
        "kind": MediaKind.URL if image.is_link else MediaKind.IMAGE,
        "content_at": timezone.now(),
        "is_prepared": True,
    }
    if image.is_pending:
        return columns | {"health": "PROCESSING", "is_prepared": False}
    if decoded is None:
        reason = "" if image.is_link else ready.refusal.message if ready.refusal else NOT_SENT
        width, height = image.size
        return columns | {
            "width": width, "height": height, "format": "", "mode": "", "orientation": "", "exif": {}, "phash": None,
            "frame_count": None, "display_range": None, "health": "OK" if image.is_link else "ERROR", "health_reason": reason[:500],
        }  # fmt: skip
    facts = decoded.facts
    return columns | {
        "width": facts.width, "height": facts.height, "format": facts.format, "mode": facts.mode, "orientation": facts.orientation,
        "exif": facts.exif, "phash": decoded.phash, "frame_count": facts.frames if facts.frames > 1 else None,
        "display_range": facts.display_range, "health": "OK", "health_reason": "",
    }  # fmt: skip


def findings_of(ready: Ready, name: str) -> list[quality.Finding]:
    """Return the quality findings of a file by itself."""
    if ready.image.is_link or ready.image.is_pending:
        return []
    if ready.decoded is None:
        refusal = ready.refusal
        return (
            [quality.broken(refusal.code, refusal.message)]
            if refusal
            else [quality.broken("file_missing", NOT_SENT)]
        )
    facts = ready.decoded.facts
    return quality.findings(
        quality.ImageFacts(
            display_range=facts.display_range, format=facts.format, mode=facts.mode, width=facts.width, height=facts.height, frames=facts.frames,
            orientation=facts.orientation, is_one_color=facts.is_one_color, extension=media_names.extension_of(name),
            extensions=probe.EXTENSIONS.get(facts.format, ()), declared=ready.image.size,
        )
    )  # fmt: skip


def add(plan: Plan, ready: Ready, name: str, number: int, duplicate_of: str) -> Outcome:
    """Plan the rows of one new image; `duplicate_of` names another one of the project with the same bytes."""
    image = ready.image
    user_id = plan.actor.user_id if plan.actor else None
    key = uuid7()
    media = bulk.new(
        Media, id=key, project=plan.project, ref=str(key), number=number, list_key=media_names.list_key(image.dataset, name),
        status=plan.status, external_id=image.external_id, metadata=dict(image.metadata), batch=plan.batch,
        import_job_id=plan.import_job_id, created_by_id=user_id, updated_by_id=user_id, **content_columns(ready),
    )  # fmt: skip
    plan.media.append(media)
    if image.upload_id is not None:
        plan.uploaded.add(key)
    columns = media_names.columns(name)
    plan.items.append(
        bulk.new(DatasetItem, dataset_id=image.dataset.pk, media_id=key, source_path=image.path, **columns)
    )
    plan.made.extend(renditions.rows_of(key, image.blob.pk if image.blob else None, ready.parts))
    plan.issues.extend(issues_of(media, name, findings_of(ready, name), duplicate_of))
    plan.created.append(brief(media, name, image.dataset, plan.status))
    broken = media.health == "ERROR"
    outcome = Outcome(
        name,
        "broken" if broken else "created",
        media,
        ready.refusal.code if ready.refusal else "",
        media.health_reason,
    )
    note(plan, image, outcome)
    return outcome


def brief(media: Media, name: str, dataset: Dataset, status: MediaStatus) -> payloads.MediaBrief:
    """Return what the event of a new image tells of it."""
    return {
        "id": str(media.pk), "name": name, "number": media.number, "dataset": str(dataset.pk), "status": status.name,
        "width": media.width, "height": media.height, "health": media.health, "created_at": timezone.now().isoformat(),
    }  # fmt: skip


def note(plan: Plan, image: NewImage, outcome: Outcome) -> None:
    """Plan what the upload slot remembers of its file."""
    if image.upload_id is None:
        return
    result: dict[str, Any] = {
        "state": outcome.state,
        "media": str(outcome.media.pk) if outcome.media else None,
    }
    if outcome.message:
        result["problem"] = {"code": outcome.code, "message": outcome.message}
    plan.results.append((image.upload_id, result))


def issues_of(
    media: Media, name: str, found: Sequence[quality.Finding], duplicate_of: str
) -> list[QualityIssue]:
    """Return unsaved rows of the quality log."""
    if duplicate_of:
        found = [*found, quality.duplicate(duplicate_of)]
    return [
        bulk.new(
            QualityIssue,
            project_id=media.project_id,
            media_id=media.pk,
            severity=one.severity,
            code=one.code,
            source=name,
            message=one.message[:1000],
        )
        for one in found
    ]


def write(plan: Plan) -> None:
    """Write all planned rows: one statement a table. Bytes that came past an upload count for the workspace.

    Raises TooLarge when they are more than it may store.
    """
    if size := sum(media.blob.size for media in plan.media if media.blob and media.pk not in plan.uploaded):
        quotas.check_bytes(plan.project.workspace_id, size)
        quotas.note_bytes(plan.project.workspace_id, size)
    for planned in (plan.media, plan.items, plan.made, plan.issues):
        bulk.create(planned)
    media_tiles.start_for(plan.project, plan.media, plan.actor)
    if plan.results:
        key = Upload._meta.pk.get_db_prep_value
        rows = [(json.dumps(result), key(upload_id, connection)) for upload_id, result in plan.results]
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {Upload._meta.db_table} SET result = %s WHERE id = %s", rows)  # noqa: S608


def claim_uploads(images: Sequence[NewImage], *, state: str) -> set[uuid.UUID]:
    """Use up the slots of these images; return those that were still to be had."""
    wanted = {image.upload_id for image in images if image.upload_id is not None}
    if not wanted:
        return set()
    now = timezone.now()
    held = Upload.objects.select_for_update().filter(pk__in=wanted, state=state)
    claimed = set(held.values_list("pk", flat=True))
    Upload.objects.filter(pk__in=claimed).update(state="used", used_at=now, updated_at=now)
    return claimed


def duplicates(
    project: Project, images: Sequence[NewImage], *, without: Media | None = None
) -> dict[uuid.UUID, str]:
    """Return, by blob, the name of an image that the project has with the same bytes. At most one query; never looks elsewhere.

    `without` is the image that is to get them.
    """
    wanted = {image.blob.pk for image in images if image.blob is not None}
    if not wanted:
        return {}
    rows = DatasetItem.objects.filter(
        media__project=project, media__blob__in=wanted, media__trashed_at__isnull=True, is_home=True
    )
    if without is not None:
        rows = rows.exclude(media=without)
    return dict(rows.values_list("media__blob_id", "name"))


def swap(media: Media, ready: Ready, *, actor: Actor | None, name: str, external_id: str | None) -> None:
    """Put other bytes behind a medium: same id, labels, tags and status. Labels that do not fit any more are marked.

    Its findings are determined again, also whether another image of the project has the new bytes.
    """
    columns = content_columns(ready) | {
        "updated_at": timezone.now(),
        "updated_by_id": actor.user_id if actor else None,
    }
    if external_id is not None:
        columns["external_id"] = external_id
    Media.all_objects.filter(pk=media.pk).update(**columns)
    for column, value in columns.items():
        setattr(media, column, value)
    Rendition.all_objects.filter(media=media).delete()
    source_id = ready.image.blob.pk if ready.image.blob else None
    Rendition.all_objects.bulk_create(renditions.rows_of(media.pk, source_id, ready.parts))
    QualityIssue.all_objects.filter(media=media).delete()
    known = duplicates(media.project, [ready.image], without=media)
    duplicate_of = known.get(ready.image.blob.pk, "") if ready.image.blob else ""
    QualityIssue.all_objects.bulk_create(issues_of(media, name, findings_of(ready, name), duplicate_of))
    mark_labels_outside(media)
    media_tiles.start_for(media.project, [media], actor)


def swap_recorded(
    actor: Actor, media_id: uuid.UUID, ready: Ready, name: str, external_id: str | None, client: str
) -> Media:
    """Swap the bytes behind a medium and record the event, inside the caller's transaction. Conflict when it is frozen."""
    media: Media = (
        Media.objects.select_for_update(of=("self",)).select_related("project", "status").get(pk=media_id)
    )
    statuses.check_unlocked(media)
    swap(media, ready, actor=actor, name=name, external_id=external_id)
    after: payloads.MediaReplaced = {
        "media": [str(media.pk)],
        "width": media.width,
        "height": media.height,
        "health": media.health,
    }
    events.record(
        actor=actor,
        kind=kinds.MEDIA_REPLACED,
        project_id=media.project_id,
        media_id=media.pk,
        client=client,
        after=after,
    )
    return media


def mark_labels_outside(media: Media) -> None:
    """Keep Label.error true to the image's size: "out_of_bounds" for those that reach over its edge."""
    labels = Label.all_objects.filter(media=media)
    outside = Q(x0__lt=0) | Q(y0__lt=0) | Q(x1__gt=media.width) | Q(y1__gt=media.height)
    changed = labels.filter(Q(outside, error="") | Q(~outside, error="out_of_bounds"))
    changed.update(error=Case(When(error="", then=Value("out_of_bounds")), default=Value("")))
