"""Images and videos that are read from addresses into a dataset: rows at once, their bytes by jobs; and what it came to."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Invalid, Missing
from annotator.events import kinds, payloads
from annotator.models import ContentType, Dataset, DatasetItem, Job, JobState, Media, MediaKind, Project
from annotator.services.annotations import metadata as image_metadata
from annotator.services.buckets import reading
from annotator.services.exchange import asset_lists, bucket_import, sources
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import batches, names as media_names, url_import
from annotator.services.media.decoding import pool as decoding
from annotator.services.media.image_decoding import Found, decode_one, keep_parts
from annotator.services.media.rows import NewImage
from annotator.services.projects import catalog, projects
from annotator.services.video import videos
from annotator.services.workspaces.quotas import quotas

#: The kind of job that reads the images; its params hold ids.
JOB = "add_assets"
STOPPED = "Reading this image was stopped. Try the job again on the page Jobs."


@dataclass(frozen=True, slots=True)
class Asset:
    """An image that is to be read: its address, the caller's own id and metadata."""

    path: str
    external_id: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a dataset holds: media that can be used, those still to be read and broken ones; and the state of open jobs."""

    images: int = 0
    videos: int = 0
    pending: int = 0
    broken: int = 0
    job_state: JobState | None = None


def add(
    *, actor: Actor, dataset: Dataset, assets: Sequence[Asset], preferred: uuid.UUID | None = None
) -> tuple[Job, list[Media]]:
    """Create an image for each address and start the job that reads them; return it and the images in order.

    Addresses are https://, http://, or files of the workspace's buckets (see reading.path_of), where `preferred` is meant
    of several. One that the dataset has already is that image, unchanged. What cannot be read gets health ERROR and the
    reason. Allowed with `media.upload`. Raises Invalid naming the field.
    """
    policy.require(actor, dataset.project, "media.upload")
    _check_images(dataset, "images")
    asked = {asset.path: _checked(index, asset) for index, asset in reversed(list(enumerate(assets)))}
    with transaction.atomic():
        job = _start(actor, dataset, preferred)
        found = _create(actor, job, dataset, {asset.path: asked[asset.path] for asset in assets})
    return job, [media for asset in assets if (media := found[asset.path]) is not None]


def add_listed(*, actor: Actor, dataset: Dataset, path: str, preferred: uuid.UUID | None = None) -> Job:
    """Start the job that reads a list of images (see asset_lists.parse) and then the images, as `add`.

    `path` is an address of a bucket or a public one. Allowed with `media.upload`. Raises Invalid (field "csvPath").
    """
    policy.require(actor, dataset.project, "media.upload")
    _check_images(dataset, "csvPath")
    asset_lists.check_path(dataset.project.workspace_id, path, preferred, field="csvPath")
    return _start(actor, dataset, preferred, list=path)


def add_videos(
    *, actor: Actor, dataset: Dataset, assets: Sequence[Asset], preferred: uuid.UUID | None = None
) -> list[Media]:
    """Create a video for each address with the job that reads it; return them in order. Addresses are those of `add`.

    An empty dataset of the catalog becomes one of videos, which needs `project.manage`; else allowed with `media.upload`.
    Raises Invalid for a dataset of images.
    """
    project = dataset.project
    policy.require(actor, project, "media.upload")
    asked = {
        asset.path: _checked(index, asset, "videos") for index, asset in reversed(list(enumerate(assets)))
    }
    for index, asset in enumerate(assets):
        asset_lists.check_path(project.workspace_id, asset.path, preferred, field=f"videos[{index}].path")
    if project.origin == catalog.ORIGIN and project.content_type == ContentType.IMAGES:
        if Media.objects.filter(project=project).exists():
            raise Invalid("This dataset holds images. Add videos to another one.", field="videos")
        project = projects.update(actor=actor, project=project, changes={"content_type": ContentType.VIDEOS})
    videos.check_project(dataset)
    with transaction.atomic():
        found = sources.find(dataset=dataset, paths=list(asked), kind=MediaKind.VIDEO)
        for path in dict.fromkeys(asset.path for asset in assets):
            if path not in found:
                found[path] = videos.create_from_path(
                    actor=actor,
                    dataset=dataset,
                    path=path,
                    name=media_names.below(_last(path)),
                    metadata=asked[path].metadata,
                )
    return [found[asset.path] for asset in assets]


def _start(actor: Actor, dataset: Dataset, preferred: uuid.UUID | None, **params: str) -> Job:
    common = {"dataset": str(dataset.pk), "bucket": preferred and str(preferred), "name": dataset.name}
    return jobs.start(actor=actor, project=dataset.project, kind=JOB, params=common | params)


def _create(actor: Actor, job: Job, dataset: Dataset, assets: Mapping[str, Asset]) -> dict[str, Media | None]:
    """Create the images of addresses that the dataset does not have, in the caller's transaction; return all by address."""
    known = sources.find(dataset=dataset, paths=list(assets))
    new = [asset for path, asset in assets.items() if path not in known]
    images = [
        NewImage(dataset, media_names.below(_last(one.path)), None, one.external_id, metadata=one.metadata,
                 source_path=one.path, is_pending=True)
        for one in new
    ]  # fmt: skip
    outcomes = batches.create_many(
        actor=actor, project=dataset.project, images=images, on_clash="number", import_job=job
    )
    return {**known, **{one.path: outcome.media for one, outcome in zip(new, outcomes, strict=True)}}


def add_prefix(*, actor: Actor, dataset: Dataset, path: str, preferred: uuid.UUID | None = None) -> Job:
    """Start the import of the files whose addresses begin with `path`. Allowed with `media.upload`. Raises Invalid."""
    _check_images(dataset, "dataPath")
    return bucket_import.start(
        actor=actor,
        dataset=dataset,
        bucket=(found := find_file(dataset.project.workspace_id, path, preferred, field="dataPath")).bucket,
        prefix=found.key,
    )


def find_file(
    workspace_id: uuid.UUID, path: str, preferred: uuid.UUID | None, *, field: str
) -> reading.BucketFile:
    """Return the file of a bucket that an address names. Raises Invalid."""
    found = reading.find_path(workspace_id, path, preferred)
    if found is None:
        message = f"{field} must begin with the address of a bucket of this workspace, like s3://name/."
        raise Invalid(message, field=field, code="unknown_bucket")
    return found


def _check_images(dataset: Dataset, field: str) -> None:
    if dataset.project.content_type != ContentType.IMAGES:
        raise Invalid("This dataset holds no images.", field=field, code="content_type")


def _checked(index: int, asset: Asset, field: str = "images") -> Asset:
    place = f"{field}[{index}]"
    text.clean(asset.path, field=f"{place}.path", limit=media_names.MAX_BYTES)
    if len(asset.path.encode()) > media_names.MAX_BYTES:
        raise Invalid(f"path may have at most {media_names.MAX_BYTES:,} bytes.", field=f"{place}.path")
    try:
        media_names.below(_last(asset.path))
        external_id = text.clean(asset.external_id, field="id", limit=500, required=False)
        values = image_metadata.check_values(asset.metadata)
    except Invalid as refusal:
        name = refusal.field if refusal.field in ("id", "metadata") else "path"
        raise Invalid(refusal.message, field=f"{place}.{name}") from None
    return Asset(asset.path, external_id, values)


def _last(path: str) -> str:
    """Return the last part of an address, without its query."""
    return path.partition("?")[0].rstrip("/").rsplit("/", 1)[-1]


def run(
    *, actor: Actor, project: Project, job: Job, preferred: uuid.UUID | None, steps: Steps, progress: Callable[[float, str], None]
) -> dict[str, int]:  # fmt: skip
    """Read and decode the images of a job of `add` or `add_listed`; harmless to repeat: those that were read are left out.

    Returns how many there are and how many are broken. `progress` may raise to stop; what was read stays.
    """
    if "list" in job.params:
        _create_listed(actor, job, preferred, steps, progress)
    rows = Media.objects.filter(import_job=job)
    _mark(job, rows.filter(health="ERROR", health_reason=STOPPED), "PROCESSING")
    total = rows.count()
    last = uuid.UUID(int=0)
    while chunk := list(rows.filter(pk__gt=last, health="PROCESSING").order_by("pk")[: batches.CHUNK]):
        last = chunk[-1].pk
        items = DatasetItem.all_objects.filter(media__in=chunk, is_home=True)
        homes = {item.media_id: item for item in items.select_related("dataset__project")}
        known = [medium for medium in chunk if medium.pk in homes]
        images = [_located(project, homes[medium.pk], preferred) for medium in known]
        decode = partial(_decode, caller=str(project.workspace_id))
        ready = keep_parts(list(decoding.map_ahead(images, decode, ahead=2 * batches.CHUNK)))
        size = sum(one.image.blob.size for one in ready if one.image.blob)
        with steps.step():
            if size:
                quotas.note_bytes(project.workspace_id, size)
            batches.replace_pending(project, known, ready)
        done = total - rows.filter(health="PROCESSING").count()
        progress(done / max(1, total), f"{done:,} of {total:,} images")
    return {"images": total, "broken": rows.filter(health="ERROR").count()}


def _create_listed(
    actor: Actor, job: Job, preferred: uuid.UUID | None, steps: Steps, progress: Callable[[float, str], None]
) -> None:
    """Create the images of a list, as many at once as go into a transaction; continues after its last step."""
    dataset = Dataset.objects.select_related("project").filter(pk=job.params["dataset"]).first()
    if dataset is None:
        raise Missing("The dataset of this list is no longer there.")
    progress(0.0, "Reading the list")
    rows = asset_lists.read(dataset.project.workspace_id, job.params["list"], preferred)
    checked = [_checked_row(index, row) for index, row in enumerate(rows)]
    for first in range(steps.done.get("listed", 0), len(checked), batches.CHUNK_OF_ROWS):
        portion = checked[first : first + batches.CHUNK_OF_ROWS]
        with steps.step():
            _create(actor, job, dataset, {asset.path: asset for asset in reversed(portion)})
            steps.save(listed=first + len(portion))
        progress(0.0, f"{first + len(portion):,} of {len(checked):,} paths")


def _checked_row(index: int, row: asset_lists.Row) -> Asset:
    try:
        return _checked(index, Asset(*row))
    except Invalid as refusal:
        raise Invalid(f"Path {index + 1:,} of the list: {refusal.message}") from None


def give_up(job: Job) -> None:
    """Mark the images that a job of `add` did not read as stopped. Harmless to repeat."""
    _mark(job, Media.objects.filter(import_job=job, health="PROCESSING"), "ERROR", STOPPED)


def _mark(job: Job, rows: QuerySet[Media], health: str, reason: str = "") -> None:
    """Give images of a job another health, in steps of their own."""
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[: batches.CHUNK_OF_ROWS]):
        with transaction.atomic():
            Media.objects.filter(pk__in=keys).update(
                health=health, health_reason=reason, updated_at=timezone.now()
            )
            after = payloads.BulkPayload(
                what="media.replaced", media=[str(key) for key in keys], count=len(keys)
            )
            events.record(actor=None, kind=kinds.BULK, project_id=job.project_id, after=after)


def _located(project: Project, item: DatasetItem, preferred: uuid.UUID | None) -> NewImage:
    """Return the image of an item with its bytes, or with why there are none."""
    path, refusal = str(item.source_path), None
    file = reading.find_path(project.workspace_id, path, preferred)
    if file is not None:
        return NewImage(item.dataset, item.name, None, bucket_file=file)
    try:
        if not path.startswith(("http://", "https://")):
            is_bucket = path.startswith(("s3://", "gs://", "bucket://"))
            code = "unknown_bucket" if is_bucket else "scheme"
            raise Invalid("It is of no bucket of this workspace." if is_bucket else "It is no address that can be read.", code=code)  # fmt: skip
        quotas.check_bytes(project.workspace_id, 0)
        return NewImage(item.dataset, item.name, url_import.fetch(path, field="path").blob)
    except DomainError as error:
        refusal = error
    return NewImage(item.dataset, item.name, None, refusal=refusal)


def _decode(image: NewImage, caller: str) -> tuple[NewImage, Found]:
    """Decode one image; a bucket that cannot be read makes it a broken one."""
    try:
        return decode_one(image, caller)
    except DomainError as refusal:
        return image, refusal


def summaries(datasets: Iterable[Dataset]) -> dict[uuid.UUID, Summary]:
    """Return what each dataset holds. Two queries."""
    by_id = {dataset.pk: dataset for dataset in datasets}
    counts: dict[uuid.UUID, dict[str, int]] = {key: {} for key in by_id}
    items = DatasetItem.objects.filter(dataset__in=by_id, is_home=True)
    for dataset_id, kind, health, count in (
        items.values_list("dataset_id", "media__kind", "media__health").order_by().annotate(Count("pk"))
    ):
        broken = {"ERROR": "broken", "PROCESSING": "pending"}
        name = broken.get(health) or {MediaKind.IMAGE: "images", MediaKind.VIDEO: "videos"}.get(kind)
        if name:
            counts[dataset_id][name] = counts[dataset_id].get(name, 0) + count
    projects = {dataset.project_id for dataset in by_id.values()}
    open_jobs = Job.objects.filter(project__in=projects, state__in=jobs.OPEN, params__has_key="dataset")
    states: dict[str, JobState] = {}
    for dataset_id, state in open_jobs.values_list("params__dataset", "state"):
        if states.get(str(dataset_id)) != JobState.RUNNING:
            states[str(dataset_id)] = JobState(state)
    return {key: Summary(**counts[key], job_state=states.get(str(key))) for key in by_id}
