"""Upload slots and batches: who may send which file where, and what became of it. The bytes themselves pass through files."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import Invalid, Missing
from annotator.domain.ids import parse_uuid, uuid7
from annotator.models import Dataset, Job, Project, Upload, UploadBatch
from annotator.services import blobs
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import names as media_names, pages as media_pages
from annotator.services.media.batches import create_many
from annotator.services.media.rows import NewImage, Outcome
from annotator.services.workspaces.quotas import quotas
from annotator.storage.base import Stored

SLOT_LIFE = timedelta(hours=24)
MAX_SLOTS = 500
MAX_FINISH = 10_000
STYLES = ("simple", "resumable")
CLASHES = ("skip", "number", "replace")
PAGES = ("first", "all")
_CHUNK = 500
_PORTION = 64


@dataclass(frozen=True, slots=True)
class Slot:
    """What the receiving end must know of a slot; `stored` is the hash of the bytes that it holds already.

    `has_begun`: a server has received a first part.
    """

    id: uuid.UUID
    state: str
    style: str
    stored: str
    has_begun: bool
    workspace_id: uuid.UUID


def create_slots(
    *, actor: Actor, project: Project, count: int, style: str = "simple", batch: UploadBatch | None = None
) -> list[Upload]:
    """Return `count` (1..500) new slots for one file each, open for 24 hours. Their addresses: media_urls.upload."""
    policy.require(actor, project, "media.upload")
    text.check_int(count, field="count", low=1, high=MAX_SLOTS)
    quotas.check_bytes(project.workspace_id, 0)
    text.check_choice(style, STYLES, field="style")
    expires = timezone.now() + SLOT_LIFE
    slots = [
        Upload(project=project, batch=batch, created_by_id=actor.user_id, style=style, expires_at=expires)
        for _ in range(count)
    ]
    return Upload.objects.bulk_create(slots)


def find_slot(slot_id: uuid.UUID) -> Slot:
    """Return a slot that may still take bytes, or holds some. Raises Missing (unknown) and Invalid (expired, used)."""
    row = (
        Upload.objects.filter(pk=slot_id)
        .values_list("state", "style", "expires_at", "blob__sha256", "received", "project__workspace_id")
        .first()
    )
    if row is None:
        raise Missing("There is no such upload.", code="upload_unknown")
    state, style, expires_at, sha256, received, workspace_id = row
    if state in ("queued", "used"):
        raise Invalid("This upload was used already.", code="upload_used")
    if expires_at <= timezone.now():
        raise Invalid("This upload has expired; ask for a new one.", code="upload_expired")
    return Slot(slot_id, state, style, sha256 or "", received > 0, workspace_id)


def note_begun(slot_id: uuid.UUID, received: int) -> None:
    """Record that this server received a first part, so that others know the parts are stored there."""
    Upload.objects.filter(pk=slot_id, state="open").update(received=received)


def store(slot_id: uuid.UUID, stored: Stored, mime: str) -> bool:
    """Note that a slot has its bytes and return whether it had none before. The same bytes again change nothing; other bytes are refused (Invalid)."""
    blob = blobs.record(stored, mime=mime)
    rows = Upload.objects.filter(pk=slot_id)
    if rows.filter(state="open").update(
        state="stored", blob=blob, size=stored.size, received=stored.size, updated_at=timezone.now()
    ):
        return True
    if find_slot(slot_id).stored != stored.sha256:
        raise Invalid("This upload has its file already; one address takes one file.", code="upload_taken")
    return False


def find(*, project: Project, upload_id: object, field: str = "upload_id") -> Upload:
    """Return a slot of the project that holds bytes and was not used, with its blob. Raises Invalid naming `field`."""
    key = parse_uuid(upload_id)
    row = Upload.objects.filter(pk=key, project=project).select_related("blob").first() if key else None
    if row is None:
        raise Invalid(f"{field} names no upload of this project.", field=field, code="upload_unknown")
    if row.state in ("queued", "used"):
        raise Invalid("This upload was used already.", field=field, code="upload_used")
    if row.blob is None:
        raise Invalid("Nothing was uploaded to this address yet.", field=field, code="upload_empty")
    if row.expires_at <= timezone.now():
        raise Invalid("This upload has expired; send the file again.", field=field, code="upload_expired")
    return row


def consume(upload: Upload, *, result: Mapping[str, Any] | None = None) -> None:
    """Use a slot up, inside the transaction of what it became; Invalid when somebody was faster."""
    now = timezone.now()
    held = Upload.objects.filter(pk=upload.pk, state="stored")
    if not held.update(state="used", used_at=now, updated_at=now, result=dict(result or {})):
        raise Invalid("This upload was used already.", field="upload_id", code="upload_used")


def open_batch(
    *, actor: Actor, project: Project, dataset: Dataset | None = None, name: str = ""
) -> UploadBatch:
    """Begin one drop of files by a person."""
    policy.require(actor, project, "media.upload")
    clean = text.clean(name, field="name", limit=200, required=False)
    return UploadBatch.objects.create(
        project=project, dataset=dataset, created_by_id=actor.user_id, name=clean
    )


@dataclass(frozen=True, slots=True)
class FinishItem:
    """One sent file of a drop: its slot, its name (with the folders below the dropped one), its dataset."""

    upload_id: uuid.UUID
    name: str
    dataset_id: uuid.UUID | None = None


def finish(
    *,
    actor: Actor,
    batch: UploadBatch,
    items: Sequence[FinishItem],
    on_clash: str = "skip",
    pages: str = "first",
    client: str = "",
) -> Job:
    """Hand sent files over to a job that makes images of them, one row a file, broken ones with their reason.

    Answers at once, for up to 10,000 items. May be called several times for one batch, also with the same
    items again. Files that never came or have become images are left out; the job's result counts them.
    `on_clash`: what happens to a name that its dataset has: skip, number the new one, replace the old image.
    `pages`: whether the first or all pages of a TIFF become images.
    """
    project = batch.project
    policy.require(actor, project, "media.upload")
    text.check_choice(on_clash, CLASHES, field="on_clash")
    text.check_choice(pages, PAGES, field="pages")
    if not 0 < len(items) <= MAX_FINISH:
        raise Invalid(f"items must hold 1 to {MAX_FINISH:,} files.", field="items")
    named = [
        (item, media_names.check(item.name, field=f"items.{index}.name")) for index, item in enumerate(items)
    ]
    _check_datasets(project, batch, items)
    run = str(uuid7())
    for some in chunks(named, _CHUNK):
        _queue(batch, {"run": run, "on_clash": on_clash, "pages": pages}, some)
    params = {"batch": str(batch.pk), "run": run, "client": client[:64], "count": len(items)}
    return jobs.start(actor=actor, workspace=project.workspace, project=project, kind="ingest", params=params)


def _check_datasets(project: Project, batch: UploadBatch, items: Sequence[FinishItem]) -> None:
    """Every file needs a dataset of this project: its own or that of the batch."""
    wanted = {item.dataset_id or batch.dataset_id for item in items}
    known = {key for key in wanted if key is not None}
    if known != wanted:
        raise Invalid("Say which dataset the files go to.", field="items.dataset")
    if Dataset.objects.filter(project=project, pk__in=known).count() != len(known):
        raise Invalid("dataset names no dataset of this project.", field="items.dataset")


def _queue(batch: UploadBatch, options: Mapping[str, str], items: Sequence[tuple[FinishItem, str]]) -> None:
    """Mark sent files as handed over to the run; one statement a row, a short transaction a call."""
    meta = Upload._meta
    key = meta.pk.get_db_prep_value
    rows = []
    for item, name in items:
        result = {**options, "dataset": str(item.dataset_id or batch.dataset_id)}
        rows.append((name, json.dumps(result), key(item.upload_id, connection), key(batch.pk, connection)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {meta.db_table} SET state = 'queued', name = %s, result = %s "  # noqa: S608 (a table of ours)
            "WHERE id = %s AND batch_id = %s AND state IN ('stored', 'queued')",
            rows,
        )


def queued(batch_id: uuid.UUID, run: str) -> list[uuid.UUID]:
    """Return the files of a run that wait to become images, in the order in which their slots were made."""
    rows = Upload.objects.filter(batch_id=batch_id, state="queued", result__run=run).order_by("id")
    return list(rows.values_list("pk", flat=True))


def ingest(
    *,
    actor: Actor,
    batch: UploadBatch,
    run: str,
    client: str,
    steps: Steps,
    progress: Callable[[float, str], None],
) -> dict[str, int]:
    """Make images of the files of a run; for the job behind `finish`, and harmless to repeat.

    A file is used up in the transaction of its row, so a killed worker leaves no file behind and makes none
    twice. Returns counts by outcome, of all attempts. `progress` may raise to stop; what was made stays.
    """
    media_pages.expand(queued(batch.pk, run))
    waiting = queued(batch.pk, run)
    counts: Counter[str] = Counter(steps.done.get("counts", {}))
    total = counts.total() + len(waiting)

    def count(outcomes: Sequence[Outcome]) -> None:
        counts.update(outcome.state for outcome in outcomes)
        steps.save(counts=counts)

    def chunk_done(outcomes: Sequence[Outcome]) -> None:
        done = counts.total()
        broken = f", {counts['broken']:,} could not be read" if counts["broken"] else ""
        progress(done / max(1, total), f"{done:,} of {total:,} files{broken}")

    for on_clash in CLASHES:
        images = _images(batch, waiting, on_clash)
        create_many(
            actor=actor,
            project=batch.project,
            images=images,
            on_clash=on_clash,
            batch=batch,
            client=client,
            steps=steps,
            on_written=count,
            on_chunk=chunk_done,
        )
    return dict(counts)


def _images(batch: UploadBatch, waiting: Sequence[uuid.UUID], on_clash: str) -> Iterator[NewImage]:
    """Yield the waiting files as new images, read in small portions while earlier ones are decoded."""
    datasets = {row.pk: row for row in Dataset.objects.filter(project=batch.project)}
    for some in chunks(waiting, _PORTION):
        rows = Upload.objects.filter(pk__in=some, state="queued").select_related("blob").order_by("id")
        for row in rows:
            dataset = datasets.get(uuid.UUID(row.result["dataset"]))
            if dataset is None:
                _give_up(row)
            elif row.result["on_clash"] == on_clash:
                yield NewImage(dataset, row.name, row.blob, upload_id=row.pk)


def _give_up(row: Upload) -> None:
    problem = {"code": "dataset_gone", "message": "Its dataset was deleted meanwhile."}
    result = {**row.result, "state": "skipped", "problem": problem}
    Upload.objects.filter(pk=row.pk, state="queued").update(
        state="used", used_at=timezone.now(), result=result
    )


def report(*, batch: UploadBatch, limit: int = 1000) -> dict[str, Any]:
    """Return how a drop stands: counts by state, and the files that did not become a good image, with the reason.

    `refused` and `skipped` (the name was taken) count them all; `problems` names at most `limit`.
    """
    rows = Upload.objects.filter(batch=batch)
    counts = dict(rows.order_by().values_list("state").annotate(Count("id")))
    bad = rows.filter(state="used", result__has_key="problem").order_by("id")
    by_code = dict(bad.order_by().values_list("result__problem__code").annotate(Count("id")))
    skipped = by_code.pop("name_taken", 0)
    problems = [
        {"upload": row.pk, "name": row.name, **row.result["problem"], "media": row.result.get("media")}
        for row in bad[:limit]
    ]
    return {"batch": batch.pk, "open": counts.get("open", 0), "stored": counts.get("stored", 0),
            "queued": counts.get("queued", 0), "used": counts.get("used", 0),
            "refused": sum(by_code.values()), "skipped": skipped, "problems": problems}  # fmt: skip
