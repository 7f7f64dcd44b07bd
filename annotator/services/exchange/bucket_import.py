"""Import of a bucket's files into a dataset: images copied or left there, videos copied; by a job that continues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import DomainError, Invalid
from annotator.models import Blob, Bucket, ContentType, Dataset, Job, Project, Upload, Workspace
from annotator.services import blobs
from annotator.services.buckets import reading
from annotator.services.buckets.reading import BucketFile
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import names as media_names, uploads
from annotator.services.media.batches import create_many
from annotator.services.media.rows import NewImage, Outcome
from annotator.services.projects import datasets
from annotator.services.video import videos
from annotator.services.workspaces.quotas import quotas

#: The kind of job that imports; its params hold ids and the prefix, and nothing that is secret.
JOB = "import_bucket"
ASSETS = ("images", "videos")
# Keys of a portion: so many names are looked up at once, and after it the job knows where to continue.
_PORTION = 256
_LIST_BYTES = 32 * 1024 * 1024


def start(
    *,
    actor: Actor,
    bucket: Bucket,
    dataset: Dataset,
    prefix: str = "",
    names: Upload | None = None,
    is_copied: bool | None = None,
    asset_type: str = "images",
) -> Job:
    """Start the import of the files that begin with `prefix`, of those listed in an upload when `names` is given.

    `is_copied` stores their bytes, else images stay in the bucket and are read from there; None is the usual: images
    stay, videos are copied. Allowed with `media.upload`. Raises Invalid naming the field.
    """
    policy.require(actor, dataset.project, "media.upload")
    if dataset.project.workspace_id != bucket.workspace_id:
        raise Invalid(
            "There is no such dataset in this workspace.", field="dataset_id", code="unknown_dataset"
        )
    reading.check_prefix(prefix)
    text.check_choice(asset_type, ASSETS, field="asset_type")
    if asset_type == "videos":
        videos.check_project(dataset)
        if is_copied is False:
            raise Invalid(
                "Videos are copied from a bucket. Set copy to true.", field="copy", code="videos_copied"
            )
    elif dataset.project.content_type == ContentType.URLDATA:
        raise Invalid("This project holds addresses, no files.", field="dataset_id", code="content_type")
    elif dataset.project.content_type == ContentType.VIDEOS:
        raise Invalid(
            "This project holds videos: asset_type must be videos.", field="asset_type", code="content_type"
        )
    quotas.check_bytes(dataset.project.workspace_id, 0)
    if names is not None:
        listed_names(names)
    params = {
        "name": f"{bucket}: {prefix}" if prefix else str(bucket),
        "bucket": str(bucket.pk), "dataset": str(dataset.pk), "prefix": prefix, "asset_type": asset_type,
        "copy": asset_type == "videos" if is_copied is None else is_copied,
        "names": str(names.blob_id) if names is not None else None,
    }  # fmt: skip
    return jobs.start(actor=actor, project=dataset.project, kind=JOB, params=params)


@transaction.atomic
def start_in_new_dataset(*, actor: Actor, project: Project, name: str, **options: Any) -> Job:
    """Make a dataset and start an import into it; as `start`. Raises Invalid naming `new_dataset`."""
    try:
        dataset = datasets.create(actor=actor, project=project, name=name)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="new_dataset", code=refusal.code) from None
    return start(actor=actor, dataset=dataset, **options)


def find_names(*, actor: Actor, workspace: Workspace, scope_id: object, upload_id: object) -> Upload:
    """Return the uploaded list of keys of a project that the actor sees. Raises Invalid naming the field."""
    project = Project.objects.visible_to(actor).filter(pk=scope_id, workspace=workspace).first()
    if project is None:
        raise Invalid(
            "upload_scope_id must be the project whose upload it is.",
            field="upload_scope_id",
            code="unknown_project",
        )
    return uploads.find(project=project, upload_id=upload_id)


def listed_names(upload: Upload) -> list[str]:
    """Return the keys in an uploaded list. Raises Invalid."""
    assert upload.blob is not None
    return _read_names(upload.blob)


def _read_names(blob: Blob) -> list[str]:
    if blob.size > _LIST_BYTES:
        raise Invalid(f"The list of keys is larger than {_LIST_BYTES // 1024**2} MB.", field="upload_id")
    with closing(blobs.store().open(blob.sha256)) as file:
        found = reading.read_names(file.read())
    if len(found) > settings.MAX_ARCHIVE_FILES:
        raise Invalid(
            f"The list of keys has more than {settings.MAX_ARCHIVE_FILES:,} keys.", field="upload_id"
        )
    return found


def name_of(key: str, prefix: str) -> str:
    """Return what a file is called in its dataset: the key below the folders that the prefix names, "/" written as "_"."""
    rest = key.removeprefix(prefix)
    if prefix and not prefix.endswith("/") and not rest.startswith("/"):
        rest = key[prefix.rfind("/") + 1 :]  # the prefix ends within a name
    return rest.strip("/").replace("/", "_")


def run(
    *, actor: Actor, bucket: Bucket, dataset: Dataset, names: Blob | None, prefix: str, asset_type: str, is_copied: bool,
    steps: Steps, progress: Callable[[float, str], None],
) -> dict[str, int]:  # fmt: skip
    """Import the files; for the job behind `start`, and harmless to repeat: what the dataset has by name is skipped.

    Returns counts: created, broken (a row with health ERROR and its reason), skipped. `progress` may raise to stop; what
    was made stays. Raises Invalid when the bucket as a whole cannot be read.
    """
    progress(0.0, "Listing the files of the bucket")
    listed = None if names is None else _read_names(names)
    # What is done is everything up to a key, so the order is ours and not the provider's.
    keys = sorted(reading.list_keys(bucket, prefix=prefix, names=listed))
    with steps.step():
        steps.save(total=steps.done.get("total", len(keys)))
    counts: Counter[str] = Counter(steps.done.get("counts", {}))
    after = str(steps.done.get("after", ""))
    todo = [key for key in keys if key > after]
    done = len(keys) - len(todo)

    def count(outcomes: Sequence[Outcome]) -> None:
        counts.update(one.state for one in outcomes if one.state in ("created", "broken"))
        steps.save(counts=counts)

    def say(outcomes: Sequence[Outcome]) -> None:
        nonlocal done
        done += len(outcomes)
        progress(min(1.0, done / max(1, len(keys))), f"{done:,} of {len(keys):,} files")

    for portion in chunks(todo, _PORTION):
        new = list(_new(dataset, portion, prefix))
        if asset_type == "videos":
            for key, name in new:
                state = partial(_say_copied, progress, name, done, len(keys))
                _create_video(actor, BucketFile(bucket, key), dataset, name, steps, count, state)
                say([Outcome(name, "created")])
        else:
            images = [
                NewImage(dataset, name, None, bucket_file=BucketFile(bucket, key, is_copied))
                for key, name in new
            ]
            create_many(
                actor=actor,
                project=dataset.project,
                images=images,
                steps=steps,
                on_written=count,
                on_chunk=say,
            )
        say([Outcome("", "skipped")] * (len(portion) - len(new)))
        with steps.step():
            steps.save(after=portion[-1])
    made = {state: counts[state] for state in ("created", "broken")}
    return made | {"skipped": max(0, int(steps.done["total"]) - counts.total())}


def _new(dataset: Dataset, keys: Sequence[str], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield (key, name) of the files whose name is allowed and new in the dataset; the first of one name wins."""
    named: dict[str, str] = {}
    for key in keys:
        try:
            named.setdefault(media_names.check(name_of(key, prefix)), key)
        except Invalid:
            continue
    existing = media_names.existing((dataset.pk, name) for name in named)
    for name, key in named.items():
        if (dataset.pk, name) not in existing:
            yield key, name


def _create_video(
    actor: Actor, file: BucketFile, dataset: Dataset, name: str, steps: Steps, count: Callable[[Sequence[Outcome]], None],
    on_chunk: Callable[[int, int], None],
) -> None:  # fmt: skip
    """Copy one video and create it with the job that reads it; one that cannot be copied gets health ERROR and the reason."""
    try:
        stored = reading.copy_into_store(
            file.bucket, file.key, limit=settings.MAX_VIDEO_BYTES, on_chunk=on_chunk
        )
    except DomainError as refusal:
        if not reading.is_of_object(refusal):
            raise
        with steps.step():
            media = videos.create_broken(actor=actor, dataset=dataset, name=name, refusal=refusal)
            count([Outcome(name, "broken", media)])
        return
    blob = blobs.record(stored, mime="application/octet-stream")
    with steps.step():
        media = videos.create(actor=actor, dataset=dataset, name=name, source=blob)
        count([Outcome(name, "created", media)])


def _say_copied(
    progress: Callable[[float, str], None], name: str, done: int, total: int, got: int, size: int
) -> None:
    """Report how much of a file is copied; `done` of `total` files are."""
    part = (done + got / max(1, size)) / max(1, total)
    progress(min(1.0, part), f"{done:,} of {total:,} files, copying {name}")
