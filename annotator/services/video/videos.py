"""Videos are created from bytes or an address: the row at once, what is in the file by a job."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Invalid
from annotator.domain.frames import FrameTable, unpack
from annotator.domain.ids import uuid7
from annotator.events import kinds, payloads
from annotator.models import (
    Blob,
    ContentType,
    Dataset,
    DatasetItem,
    Job,
    Media,
    MediaKind,
    QualityIssue,
    Upload,
    UploadBatch,
    VideoFacts,
)
from annotator.services.jobs import jobs
from annotator.services.media import names as media_names, rows as media_rows, uploads, url_import
from annotator.services.media.image_decoding import blob_of
from annotator.services.workspaces.quotas import quotas
from annotator.storage.base import too_large
from annotator.storage.video import containers

#: The kind of job that reads a new video; its params: {"media": id, "name": its name}.
JOB = "ingest_video"
NO_READER = (
    "This server cannot read videos. Ask your administrator to install the extra “video” (pip install av)."
)


def create(
    *,
    actor: Actor,
    dataset: Dataset,
    name: str,
    source: Blob | Upload,
    external_id: str = "",
    batch: UploadBatch | None = None,
    client: str = "",
) -> Media:
    """Make a video of bytes that are in storage: a row with health PROCESSING, and the job that reads it.

    Allowed with `media.upload`. Raises Invalid: not a project of videos, a name that the dataset has (name_taken),
    nothing uploaded or a used upload, no video reader installed (no_video_reader); TooLarge. An upload is used up by
    success alone. What the file holds is known when the job has ended: health OK, UNHEALTHY or ERROR with `health_reason`.
    """
    policy.require(actor, dataset.project, "media.upload")
    check_project(dataset)
    clean = media_names.check(name)
    outside = text.clean(external_id, field="external_id", limit=500, required=False)
    blob = blob_of(source)
    check_size(blob.size)
    try:
        with transaction.atomic():
            if isinstance(source, Upload):
                uploads.consume(source)
            else:
                quotas.check_bytes(dataset.project.workspace_id, blob.size)
                quotas.note_bytes(dataset.project.workspace_id, blob.size)
            media = add(actor, dataset, clean, blob, external_id=outside, batch=batch, client=client)
            if isinstance(source, Upload):
                result = {"state": "created", "media": str(media.pk)}
                Upload.objects.filter(pk=source.pk).update(result=result)
            return media
    except IntegrityError as error:
        raise name_taken(clean) from error


def create_from_url(
    *,
    actor: Actor,
    dataset: Dataset,
    url: object,
    name: str | None = None,
    external_id: str = "",
    client: str = "",
) -> Media:
    """Make a video of what a public address answers; called like the address's last part when `name` is None. As `create`.

    Only the head of the answer is read now; the job fetches the file. Its health says what went wrong then.
    """
    policy.require(actor, dataset.project, "media.upload")
    check_project(dataset)
    clean = None if name is None else media_names.check(name)
    if clean is not None and media_names.existing([(dataset.pk, clean)]):
        raise name_taken(clean)
    quotas.check_bytes(dataset.project.workspace_id, 0)
    outside = text.clean(external_id, field="external_id", limit=500, required=False)
    found = url_import.look(url, limit=settings.MAX_VIDEO_BYTES)
    clean = clean or media_names.below(found)
    try:
        with transaction.atomic():
            return add(actor, dataset, clean, None, source_url=str(url), external_id=outside, client=client)
    except IntegrityError as error:
        raise name_taken(clean) from error


def create_from_path(
    *, actor: Actor, dataset: Dataset, path: str, name: str, metadata: Mapping[str, Any]
) -> Media:
    """Make a video of a file at an address, public or of a bucket of the workspace, which the job reads. As `create`.

    It runs in the caller's transaction; a name that the dataset has is numbered.
    """
    policy.require(actor, dataset.project, "media.upload")
    check_project(dataset)
    quotas.check_bytes(dataset.project.workspace_id, 0)
    name = media_names.free(dataset.pk, media_names.check(name))
    media = add(actor, dataset, name, None, source_url=path, metadata=metadata)
    DatasetItem.all_objects.filter(media=media, is_home=True).update(source_path=path)
    return media


def create_broken(*, actor: Actor, dataset: Dataset, name: str, refusal: DomainError) -> Media:
    """Make a video whose file could not be brought here, with the reason; no job reads it. As `create`."""
    policy.require(actor, dataset.project, "media.upload")
    check_project(dataset)
    with transaction.atomic():
        return add(actor, dataset, media_names.check(name), None, refusal=refusal)


def check_project(dataset: Dataset) -> None:
    """Raise Invalid unless videos can be added to the dataset's project here."""
    if dataset.project.content_type != ContentType.VIDEOS:
        message = "This project holds images. Create a project for videos, and upload the video there."
        raise Invalid(message, field="dataset_id", code="content_type")
    if not containers.is_readable():
        raise Invalid(NO_READER, field="file", code="no_video_reader")


def check_size(size: int) -> None:
    """Raise TooLarge for a file that is larger than a video may be."""
    if size > settings.MAX_VIDEO_BYTES:
        raise too_large(settings.MAX_VIDEO_BYTES)


def name_taken(name: str) -> Invalid:
    """Return the refusal of a second video of one name in a dataset."""
    return Invalid(f"There is already a video {name!r} in this dataset.", field="name", code="name_taken")


def add(
    actor: Actor,
    dataset: Dataset,
    name: str,
    blob: Blob | None,
    *,
    source_url: str = "",
    refusal: DomainError | None = None,
    external_id: str = "",
    metadata: Mapping[str, Any] | None = None,
    batch: UploadBatch | None = None,
    client: str = "",
) -> Media:
    """Write the rows of a new video, its event and its job, in the caller's transaction. Invalid for a name that is taken.

    Without `blob` the job fetches the file from `source_url`, unless `refusal` says why there is none.
    """
    project = dataset.project
    if media_names.existing([(dataset.pk, name)]):
        raise name_taken(name)
    status, number = media_rows.first_status(project), media_rows.take_numbers(project, [None])[0]
    key, now = uuid7(), timezone.now()
    media: Media = Media.all_objects.create(
        id=key, project=project, kind=MediaKind.VIDEO, ref=str(key), number=number, list_key=media_names.list_key(dataset, name),
        status=status, blob=blob, source_url=source_url, external_id=external_id, batch=batch, content_at=now,
        health="ERROR" if refusal else "PROCESSING", health_reason=refusal.message[:500] if refusal else "",
        metadata=dict(metadata or {}), created_by_id=actor.user_id, updated_by_id=actor.user_id,
    )  # fmt: skip
    DatasetItem.all_objects.create(dataset=dataset, media=media, **media_names.columns(name))
    brief: payloads.MediaBrief = {
        "id": str(key), "name": name, "number": number, "dataset": str(dataset.pk), "status": status.name,
        "width": 0, "height": 0, "health": media.health, "created_at": now.isoformat(),
    }  # fmt: skip
    after = payloads.MediaCreated(media=[brief])
    events.record(
        actor=actor, kind=kinds.MEDIA_CREATED, project_id=project.pk, media_id=key, client=client, after=after
    )
    if refusal is None:
        start_job(actor, media, name)
    else:
        QualityIssue.objects.create(
            project=project, media=media, severity="error", code=refusal.code, source=name, message=refusal.message[:1000]
        )  # fmt: skip
    return media


def start_job(actor: Actor, media: Media, name: str) -> Job:
    """Start the job that reads a video, in the caller's transaction."""
    params = {"media": str(media.pk), "name": name}
    return jobs.start(
        actor=actor, workspace=media.project.workspace, project=media.project, kind=JOB, params=params
    )


def frame_table(media_id: uuid.UUID) -> FrameTable | None:
    """Return when each frame of a video is shown; None while it is not known, or where it has no pictures."""
    packed = VideoFacts.objects.filter(media=media_id).values_list("frames", flat=True).first()
    return unpack(bytes(packed)) if packed else None
