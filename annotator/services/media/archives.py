"""Images of a ZIP archive: checked, unpacked file by file into storage, made rows many at once.

The folders of an archive stay part of the names ("day 1/cam 2/0001.jpg"), so that equal file names in
different folders do not meet; everything goes into one dataset.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.events import kinds
from annotator.models import (
    Blob,
    Dataset,
    DatasetItem,
    Job,
    Media,
    Project,
    QualityIssue,
    Upload,
    UploadBatch,
)
from annotator.services import blobs
from annotator.services.import_report import ImportReport
from annotator.services.jobs import jobs
from annotator.services.media import changes as media_changes, names as media_names, uploads
from annotator.services.media.batches import create_many
from annotator.services.media.rows import NewImage, Outcome
from annotator.storage import probe
from annotator.storage.base import Stored
from annotator.storage.zips import Entry, Limits, ZipReader, is_clutter

Progress = Callable[[float, str], None]
_PORTION = 32
_KEPT_ISSUES = 1000
_SHOWN = 100


@transaction.atomic
def start(
    *, actor: Actor, dataset: Dataset, source: Upload | Blob, name: str = "", on_clash: str = "skip"
) -> Job:
    """Queue the import of an uploaded archive's images into a dataset; the upload is used up. Allowed with `media.upload`."""
    project = dataset.project
    policy.require(actor, project, "media.upload")
    if on_clash not in uploads.CLASHES:
        raise Invalid(f"on_clash must be one of {', '.join(uploads.CLASHES)}.", field="on_clash")
    blob = source.blob if isinstance(source, Upload) else source
    if blob is None:
        raise Invalid("Nothing was uploaded to this address yet.", field="upload_id", code="upload_empty")
    if isinstance(source, Upload):
        uploads.consume(source)
    batch = uploads.open_batch(actor=actor, project=project, dataset=dataset, name=name[:200])
    params = {
        "blob": str(blob.pk),
        "dataset": str(dataset.pk),
        "batch": str(batch.pk),
        "name": name[:200],
        "on_clash": on_clash,
    }
    return jobs.start(
        actor=actor, workspace=project.workspace, project=project, kind="import_archive", params=params
    )


def limits() -> Limits:
    """Return what the settings allow an archive to hold, whatever it is imported as."""
    return Limits(settings.MAX_ARCHIVE_FILES, settings.MAX_ARCHIVE_BYTES, settings.MAX_ARCHIVE_RATIO)


def own_refusal(error: Invalid | TooLarge) -> Invalid | TooLarge:
    """Return what is wrong with one image alone; what makes the whole archive a bomb is raised."""
    if error.code == "zip_bomb":
        raise error
    return error


@dataclass(slots=True)
class _Run:
    """One archive on its way: what was counted and what could not become a row."""

    project: Project
    dataset: Dataset
    job: Job
    name: str
    seen: int = 0
    total: int = 1
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, str]] = field(default_factory=list)
    report: ImportReport = field(default_factory=ImportReport)
    issues: list[QualityIssue] = field(default_factory=list)

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Count what became of images, and report those that did not become what they should."""
        self.counts.update(outcome.state for outcome in outcomes)
        for outcome in outcomes:
            if outcome.state in ("skipped", "refused"):
                self.report.images.left_out += 1
            else:
                self.report.images.imported += 1
            if outcome.message:
                self.report.add("files", outcome.message, outcome.name, code=outcome.code)

    def refuse(self, entry: str, code: str, words: str) -> None:
        """Note a file that becomes no row; the log keeps the first 1,000, the job's result the first 100."""
        self.counts["refused"] += 1
        self.report.add("files", words, entry, code=code)
        if code != "not_an_image":
            self.report.images.left_out += 1
        if len(self.problems) < _SHOWN:
            self.problems.append({"name": entry[:300], "code": code, "message": words})
        if self.counts["refused"] <= _KEPT_ISSUES:
            source = f"{self.name}: {entry}"[:1000].replace("\x00", "")
            self.issues.append(
                QualityIssue(
                    project=self.project,
                    severity="warning",
                    code=code,
                    source=source,
                    message=f"Not imported: {words}.",
                )
            )


def run(
    *,
    actor: Actor,
    job: Job,
    dataset: Dataset,
    blob: Blob,
    batch: UploadBatch,
    name: str,
    on_clash: str,
    progress: Progress,
    on_result: Callable[[dict[str, object]], None],
) -> None:
    """Import the images of an archive and pass the facts to `on_result`; for the job behind `start`.

    Flat memory. An image that cannot be decoded is a row with health ERROR; other files and those that
    try to leave their folder are refused one by one and named. Raises TooLarge and Invalid for an archive
    that is a bomb or none, and for one that adds nothing. A second attempt takes up where the first one was killed.
    """
    state = _Run(dataset.project, dataset, job, name)

    def chunk_done(outcomes: Sequence[Outcome]) -> None:
        state.count(outcomes)
        _write_issues(state)
        progress(state.seen / state.total, f"{state.seen:,} of {state.total:,} files")

    with blobs.store().as_file(blob.sha256) as path, path.open("rb") as file:
        reader = ZipReader(file, limits())
        state.total = max(1, reader.count)
        create_many(
            actor=actor, project=state.project, images=_images(state, reader), on_clash=on_clash, batch=batch, import_job=job,
            on_chunk=chunk_done,
        )  # fmt: skip
    _write_issues(state)
    facts = state.report.facts()
    on_result(
        {**state.counts, "problems": state.problems, "counts": facts["counts"], "report": facts["report"]}
    )
    state.report.check_kept(others=state.counts["skipped"])


def take_back(job: Job) -> int:
    """Put the images of an archive whose import failed or was cancelled into the trash; return how many.

    Not removed for good: people may have labeled the first ones already.
    """
    count = 0
    live = Media.objects.filter(import_job=job)
    while ids := list(live.values_list("pk", flat=True)[: media_changes.CHUNK]):
        with transaction.atomic():
            media_changes.mark_trashed(ids, timezone.now())
            after: kinds.BulkPayload = {"what": "media.trashed", "job": str(job.pk), "count": len(ids)}
            events.record(actor=None, kind=kinds.BULK, project_id=job.project_id, after=after)
        count += len(ids)
    return count


def _images(state: _Run, reader: ZipReader) -> Iterator[NewImage]:
    """Yield the archive's images, unpacked into storage a portion at a time."""
    for portion in chunks(_wanted(state, reader), _PORTION):
        known = _made_before(state, [name for _, name in portion])
        unpacked = [(name, _unpack(state, reader, entry)) for entry, name in portion if name not in known]
        state.counts["created"] += len(known)
        state.report.images.imported += len(known)
        stored = [(found[0], found[1]) for _, found in unpacked if isinstance(found, tuple)]
        rows = iter(blobs.record_many(stored))
        for name, found in unpacked:
            if isinstance(found, tuple):
                yield NewImage(state.dataset, name, next(rows))
            elif found is not None:
                yield NewImage(state.dataset, name, None, refusal=found)


def _wanted(state: _Run, entries: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    """Yield the entries that may be images, with their names; the others are noted."""
    for entry in entries:
        state.seen += 1
        if is_clutter(entry.name):
            continue
        if entry.refusal is not None:
            state.refuse(entry.name, *entry.refusal)
            continue
        if entry.raw_name is not None:
            words = "the archive does not tell the encoding of its name, which may be shown wrongly"
            state.report.add("files", words, entry.name, code="name_encoding")
        try:
            yield entry, media_names.check(entry.name)
        except Invalid as error:
            state.refuse(entry.name, "bad_path", error.message.rstrip("."))


def _unpack(state: _Run, reader: ZipReader, entry: Entry) -> tuple[Stored, str] | DomainError | None:
    """Return the bytes of an entry as stored with their type, the reason why they are damaged, or None for no image.

    What is no image by name nor by its first bytes is not even unpacked.
    """
    staged = blobs.store().stage(limit=settings.MAX_IMAGE_BYTES)
    head = b""
    try:
        for block in reader.read(entry):
            if not head:
                head = block[:512]
                if not _may_be_image(entry.name, head):
                    state.refuse(entry.name, "not_an_image", "it is not an image")
                    return None
            staged.write(block)
        if not head and not _may_be_image(entry.name, head):
            state.refuse(entry.name, "not_an_image", "it is not an image")
            return None
        return staged.commit(), probe.mime_of(head)
    except (Invalid, TooLarge) as error:
        return own_refusal(error)
    finally:
        staged.discard()


def _may_be_image(name: str, head: bytes) -> bool:
    return media_names.extension_of(name) in probe.FORMAT_OF_EXTENSION or probe.sniff(head) in probe.MIMES


def _made_before(state: _Run, names: Sequence[str]) -> set[str]:
    """Return which names an earlier attempt of this job made already."""
    if state.job.attempt < 2:
        return set()
    rows = DatasetItem.all_objects.filter(
        dataset=state.dataset, is_home=True, media__import_job=state.job, name__in=names
    )
    return set(rows.values_list("name", flat=True))


def _write_issues(state: _Run) -> None:
    issues, state.issues = state.issues, []
    if issues:
        QualityIssue.objects.bulk_create(issues)
