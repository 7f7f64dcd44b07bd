"""Images of a ZIP archive: checked, unpacked file by file into storage, made rows many at once.

The folders of an archive stay part of the names ("day 1/cam 2/0001.jpg"), so that equal file names in
different folders do not meet; everything goes into one dataset.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.events import kinds, payloads
from annotator.models import Blob, Dataset, Job, Media, Project, QualityIssue, Upload, UploadBatch
from annotator.services import addresses, blobs
from annotator.services.import_report import ImportReport
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import changes as media_changes, names as media_names, uploads, url_import
from annotator.services.media.batches import create_many
from annotator.services.media.rows import NewImage, Outcome
from annotator.storage import probe
from annotator.storage.base import Stored
from annotator.storage.zips import Entry, Limits, ZipReader, is_clutter

Progress = Callable[[float, str], None]
OnWritten = Callable[[Sequence[Outcome], ImportReport], None]
_PORTION = 32
_KEPT_ISSUES = 1000
_SHOWN = 100
# Bytes a second below which an archive is not fetched to its end.
_RATE = 100_000


@transaction.atomic
def start(
    *,
    actor: Actor,
    dataset: Dataset,
    source: Upload | Blob | str,
    name: str = "",
    on_clash: str = "skip",
    tag_group: str = "",
) -> Job:
    """Queue the import of an archive's images into a dataset. Allowed with `media.upload`.

    `source` is an upload, which is used up, stored bytes, or the address from which the job fetches them (checked here
    by its form alone, since a host may take long to look up; ask addresses.check before). With
    `tag_group` each image is tagged, in the group of that name, with the folder in which it lies; this needs
    `vocabulary.write` too.
    """
    project = dataset.project
    policy.require(actor, project, "media.upload")
    if tag_group:
        policy.require(actor, project, "vocabulary.write")
    if on_clash not in uploads.CLASHES:
        raise Invalid(f"on_clash must be one of {', '.join(uploads.CLASHES)}.", field="on_clash")
    origin = {"url": addresses.parse(source)[0].geturl()} if isinstance(source, str) else _stored(source)
    batch = uploads.open_batch(actor=actor, project=project, dataset=dataset, name=name[:200])
    params = {
        **origin,
        "dataset": str(dataset.pk),
        "batch": str(batch.pk),
        "name": name[:200],
        "on_clash": on_clash,
        "tag_group": tag_group,
    }
    return jobs.start(
        actor=actor, workspace=project.workspace, project=project, kind="import_archive", params=params
    )


def _stored(source: Upload | Blob) -> dict[str, str]:
    """Return the parameter of a job that names stored bytes; an upload is used up."""
    blob = source.blob if isinstance(source, Upload) else source
    if blob is None:
        raise Invalid("Nothing was uploaded to this address yet.", field="upload_id", code="upload_empty")
    if isinstance(source, Upload):
        uploads.consume(source)
    return {"blob": str(blob.pk)}


def fetch(*, url: str, steps: Steps, progress: Progress) -> Blob:
    """Return the archive at an address, fetched unless an earlier attempt did. Raises as url_import.fetch."""
    found = Blob.objects.filter(pk=steps.done["blob"]).first() if "blob" in steps.done else None
    if found is not None:
        return found

    def on_block(got: int, size: int | None) -> None:
        progress(0.0, f"Fetched {got / 1024**2:,.0f} MB")

    blob = url_import.fetch(url, limit=settings.MAX_UPLOAD_BYTES, rate=_RATE, on_block=on_block).blob
    with steps.step():
        steps.save(blob=str(blob.pk))
    return blob


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
    """One archive on its way: which of its entries are done, what became of them, and which were looked at ahead.

    Entries are unpacked ahead of the rows. What is saved with the rows of a step is therefore about the entries up to
    its last image; those behind it wait in `refused` and `images`, and are looked at again after a stop.
    """

    project: Project
    dataset: Dataset
    name: str
    steps: Steps
    total: int
    done: int
    counts: Counter[str]
    problems: list[dict[str, str]]
    report: ImportReport
    on_written: OnWritten | None
    refused: deque[tuple[int, Entry, str, str]] = field(default_factory=deque)
    images: deque[int] = field(default_factory=deque)

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Note, in the step that wrote them, what became of the next images, and the refused files before them."""
        self.counts.update(outcome.state for outcome in outcomes)
        for outcome in outcomes:
            self.done = self.images.popleft() + 1
            if outcome.state in ("skipped", "refused"):
                self.report.images.left_out += 1
            else:
                self.report.images.imported += 1
            if outcome.message:
                self.report.add("files", outcome.message, outcome.name, code=outcome.code)
        if self.on_written is not None:
            self.on_written(outcomes, self.report)
        self.save(self.done)

    def save(self, done: int) -> None:
        """Note that the first `done` entries are done; the log keeps the first 1,000 refused files, the result 100."""
        issues = []
        while self.refused and self.refused[0][0] < done:
            issues += self._refuse(*self.refused.popleft()[1:])
        QualityIssue.objects.bulk_create(issues)
        self.done = done
        facts = self.report.facts()
        self.steps.save(entries=done, counts=self.counts, problems=self.problems, report=facts)

    def _refuse(self, entry: Entry, code: str, words: str) -> list[QualityIssue]:
        """Count a file that becomes no row and return its row of the log, if it gets one."""
        self.counts["refused"] += 1
        self.report.add("files", words, entry.name, code=code)
        if code != "not_an_image":
            self.report.images.left_out += 1
        if len(self.problems) < _SHOWN:
            self.problems.append({"name": entry.name[:300], "code": code, "message": words})
        if self.counts["refused"] > _KEPT_ISSUES:
            return []
        source = f"{_source(self.name)}{entry.name}"[:1000].replace("\x00", "")
        message = f"Not imported: {words}."
        return [
            QualityIssue(
                project=self.project, dataset=self.dataset, severity="warning", code=code, source=source, message=message
            )
        ]  # fmt: skip


def _source(name: str) -> str:
    """Return what the sources of an archive's refused files begin with."""
    return f"{name}: "


def run(
    *,
    actor: Actor,
    job: Job,
    dataset: Dataset,
    blob: Blob,
    batch: UploadBatch,
    name: str,
    on_clash: str,
    steps: Steps,
    progress: Progress,
    on_result: Callable[[dict[str, object]], None],
    on_written: OnWritten | None = None,
) -> None:
    """Import the images of an archive and pass the facts to `on_result`; for the job behind `start`.

    `on_written` is called in each step with what became of its images.

    Flat memory. An image that cannot be decoded is a row with health ERROR; other files and those that
    try to leave their folder are refused one by one and named. Raises TooLarge and Invalid for an archive
    that is a bomb or none, and for one that adds nothing. Continues behind the last entry that an earlier attempt saved.
    """
    saved = steps.done
    with blobs.store().as_file(blob.sha256) as path, path.open("rb") as file:
        reader = ZipReader(file, limits())
        state = _Run(
            dataset.project, dataset, name, steps, max(1, reader.count), done=int(saved.get("entries", 0)),
            counts=Counter(saved.get("counts", {})), problems=list(saved.get("problems", [])), report=ImportReport.continued(saved.get("report", {})),
            on_written=on_written,
        )  # fmt: skip

        def tell(outcomes: Sequence[Outcome] = ()) -> None:
            progress(state.done / state.total, f"{state.done:,} of {state.total:,} files")

        create_many(
            actor=actor, project=state.project, images=_images(state, reader, tell), on_clash=on_clash, batch=batch, import_job=job,
            steps=steps, on_written=state.count, on_chunk=tell,
        )  # fmt: skip
        if state.refused:
            _save_refused(state, state.total)
    facts = state.report.facts()
    on_result(
        {**state.counts, "problems": state.problems, "counts": facts["counts"], "report": facts["report"]}
    )
    state.report.check_kept(others=state.counts["skipped"])


def take_back(job: Job) -> int:
    """Put the images of an archive whose import failed or was cancelled into the trash; return how many.

    Not removed for good: people may have labeled the first ones already. What was logged of refused files is removed.
    """
    QualityIssue.objects.filter(
        project=job.project_id,
        media=None,
        source__startswith=_source(job.params["name"]),
        created_at__gte=job.begun_at or job.created_at,
    ).delete()
    count = 0
    live = Media.objects.filter(import_job=job)
    while job.project_id and (ids := list(live.values_list("pk", flat=True)[: media_changes.CHUNK])):
        with transaction.atomic():
            seq = media_changes.mark_trashed(job.project_id, ids, timezone.now(), None)
            after: payloads.BulkPayload = {"what": "media.trashed", "job": str(job.pk), "count": len(ids)}
            events.record(actor=None, kind=kinds.BULK, project_id=job.project_id, after=after, seq=seq)
        count += len(ids)
    return count


def _images(state: _Run, reader: ZipReader, tell: Callable[[], None]) -> Iterator[NewImage]:
    """Yield the archive's images that are not done, unpacked into storage a portion at a time."""
    for portion in chunks(islice(enumerate(reader), state.done, None), _PORTION):
        unpacked = [
            (index, name, _unpack(state, reader, index, entry))
            for index, entry, name in _wanted(state, portion)
        ]
        stored = [(found[0], found[1]) for *_, found in unpacked if isinstance(found, tuple)]
        rows = iter(blobs.record_many(stored))
        for index, name, found in unpacked:
            if found is not None:
                state.images.append(index)
                blob, refusal = (next(rows), None) if isinstance(found, tuple) else (None, found)
                yield NewImage(state.dataset, name, blob, refusal=refusal)
        if not state.images:
            _save_refused(state, portion[-1][0] + 1)
            tell()


def _save_refused(state: _Run, done: int) -> None:
    """Note entries that no image follows in a step of their own."""
    with state.steps.step():
        state.save(done)


def _wanted(state: _Run, entries: Iterable[tuple[int, Entry]]) -> Iterator[tuple[int, Entry, str]]:
    """Yield the entries that may be images, with index and name; the others are noted."""
    for index, entry in entries:
        if is_clutter(entry.name):
            continue
        if entry.refusal is not None:
            state.refused.append((index, entry, *entry.refusal))
            continue
        if entry.raw_name is not None:
            words = "the archive does not tell the encoding of its name, which may be shown wrongly"
            state.report.add("files", words, entry.name, code="name_encoding")
        try:
            yield index, entry, media_names.check(entry.name)
        except Invalid as error:
            state.refused.append((index, entry, "bad_path", error.message.rstrip(".")))


def _unpack(
    state: _Run, reader: ZipReader, index: int, entry: Entry
) -> tuple[Stored, str] | DomainError | None:
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
                    state.refused.append((index, entry, "not_an_image", "it is not an image"))
                    return None
            staged.write(block)
        if not head and not _may_be_image(entry.name, head):
            state.refused.append((index, entry, "not_an_image", "it is not an image"))
            return None
        return staged.commit(), probe.mime_of(head)
    except (Invalid, TooLarge) as error:
        return own_refusal(error)
    finally:
        staged.discard()


def _may_be_image(name: str, head: bytes) -> bool:
    return media_names.extension_of(name) in probe.FORMAT_OF_EXTENSION or probe.sniff(head) in probe.MIMES
