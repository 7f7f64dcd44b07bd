"""Bytes of media as they are served: originals, stored renditions, and those that have yet to be made."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import Blob, Job, JobState, Media, MediaKind, Rendition
from annotator.models.rows import RenditionRow
from annotator.services import blobs
from annotator.services.buckets import reading
from annotator.services.buckets.reading import BucketFile
from annotator.services.media import urls as media_urls
from annotator.services.media.decoding import pool as decoding
from annotator.services.media.decoding.pool import Part
from annotator.storage import probe
from annotator.storage.base import put_bytes
from annotator.storage.buckets.base import BucketReader
from annotator.storage.video import containers

VARIANTS = ("thumbnail", "preview", "fit200", "fit1024")
#: What the job of a video makes beside its poster.
_OF_VIDEOS = ("proxy", "sprites")
_FITTED = ("fit200", "fit1024")
_CROP = re.compile(r"crop((?:_-?\d{1,7}(?:\.\d{1,2})?){4})")


@dataclass(frozen=True, slots=True)
class Served:
    """A blob to be sent: `is_inline` only for decoded rasters and video; anything else is a download of unknown type.

    With `reader` it is a file of a bucket, `sha256` its key and `tag` what tells one version from another.
    """

    sha256: str
    size: int
    mime: str
    is_inline: bool
    made: datetime
    reader: BucketReader | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Remote:
    """An original in a bucket, which has to be asked before it can be sent."""

    file: BucketFile
    mime: str
    is_inline: bool
    made: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rendition that must be made first: from the blob `source` or a file in a bucket, the part inside `box` for a crop.

    `shown`: the display range that all renditions of a deep image share.
    """

    workspace_id: uuid.UUID
    media_id: uuid.UUID
    variant: str
    source_id: uuid.UUID | None
    sha256: str
    box: tuple[float, float, float, float] | None = None
    shown: tuple[float, float] | None = None
    bucket_file: BucketFile | None = None


def find(media_id: uuid.UUID, variant: str, version: str) -> Served | Wanted | Remote:
    """Return what to send for a signed address: one query for a rendition that is there, three at most.

    Raises Missing when the medium is gone or trashed, its bytes were replaced since the address was
    made, or there can be no such variant of it.
    """
    kept = _kept(media_id, variant, version) if variant in VARIANTS + _OF_VIDEOS else None
    if kept is not None:
        return kept
    media = Media.objects.filter(pk=media_id).select_related("blob", "project", "bucket").first()
    if media is None:
        raise Missing("There is no such image.")
    if version != media_urls.version(media.blob, variant):
        raise Missing("This image was replaced; ask for its address again.", code="replaced")
    if variant == "original":
        return _original(media)
    if not media_urls.is_decoded_image(media):
        raise Missing("This file has no image.", code="no_picture")
    if variant in VARIANTS:
        return _rendition(media, variant)
    box = _crop_box(variant)
    if box is None or (media.blob is None and media.bucket is None):
        raise Missing("There is no such variant.")
    return _wanted(media, media.blob, "crop", box)


def _kept(media_id: uuid.UUID, variant: str, version: str) -> Served | None:
    """Return a current rendition of a live image of this version; None when anything is to be looked at more closely.

    A grid asks for dozens at once, so only what decides is read.
    """
    rows = Rendition.all_objects.filter(
        media=media_id, variant=variant, media__kind__in=(MediaKind.IMAGE, MediaKind.VIDEO), media__width__gt=0,
        media__trashed_at=None, media__project__trashed_at=None,
    )  # fmt: skip
    columns = rows.values_list(*RenditionRow._fields)
    row = next(map(RenditionRow._make, columns), None)  # one at most: unique by medium and variant
    if row is None:
        return None
    is_current = row.source_id == row.media__blob_id if row.media__blob_id else bool(row.media__source_url)
    if not is_current or row.media__health == "ERROR":
        return None
    if version != media_urls.rendition_version(row.media__blob__sha256):
        return None
    # Renditions are written without waiting for the disk; one that was lost with the power is made again.
    if blobs.store().stat(row.blob__sha256) != row.blob__size:
        return None
    mime = "video/mp4" if variant == "proxy" else "image/jpeg"
    return Served(row.blob__sha256, row.blob__size, mime, is_inline=True, made=row.blob__created_at)


def _served(blob: Blob, mime: str, *, is_inline: bool = True) -> Served:
    return Served(blob.sha256, blob.size, mime, is_inline, blob.created_at)


def _original(media: Media) -> Served | Remote:
    blob = media.blob
    if blob is None and (file := _bucket_file(media)) is not None:
        is_image = media_urls.is_decoded_image(media) and media.format in probe.MIMES
        mime = probe.MIMES[media.format] if is_image else "application/octet-stream"
        return Remote(file, mime, is_image, media.content_at or media.created_at)
    if blob is None:
        raise Missing("The original of this image is not kept here.", code="linked")
    if media_urls.is_decoded_image(media) and media.format in probe.MIMES:
        return _served(blob, probe.MIMES[media.format])
    if media.kind == MediaKind.VIDEO and media.format in containers.MIMES and media.health != "ERROR":
        return _served(blob, containers.MIMES[media.format])
    return _served(blob, "application/octet-stream", is_inline=False)


def _rendition(media: Media, variant: str) -> Wanted:
    """Return the rendition to make, since `_kept` found none; an outdated one is replaced."""
    if media.blob is None and media.bucket is not None:
        return _wanted(media, None, variant)
    source = media.blob or _largest(media)
    if source is None or (media.blob is None and variant not in _FITTED):
        raise Missing("There is no such rendition of a linked image.", code="linked")
    # The stored renditions of a linked image are in 8 bits already.
    shown = _range_of(media) if media.blob else None
    return Wanted(media.project.workspace_id, media.pk, variant, source.pk, source.sha256, shown=shown)


def _wanted(
    media: Media, blob: Blob | None, variant: str, box: tuple[float, float, float, float] | None = None
) -> Wanted:
    file = _bucket_file(media) if blob is None else None
    return Wanted(
        media.project.workspace_id, media.pk, variant, blob.pk if blob else None, blob.sha256 if blob else "", box,
        _range_of(media), file,
    )  # fmt: skip


def _bucket_file(media: Media) -> BucketFile | None:
    return BucketFile(media.bucket, media.bucket_key) if media.bucket and media.bucket_key else None


def open_remote(remote: Remote) -> Served:
    """Ask the bucket for an original; touches no row. Raises Missing when it is gone, Invalid when the bucket cannot be read."""
    file, reader = remote.file, reading.open_reader(remote.file.bucket)
    size = reader.stat(file.key)
    if size is None:
        raise Missing("The file is no longer in the bucket.", code="file_missing")
    tag = hashlib.sha256(f"{file.bucket.pk} {file.key} {size} {remote.made}".encode()).hexdigest()
    return Served(file.key, size, remote.mime, remote.is_inline, remote.made, reader, tag)


def _range_of(media: Media) -> tuple[float, float] | None:
    return (media.display_range[0], media.display_range[1]) if media.display_range else None


def _largest(media: Media) -> Blob | None:
    """Return the largest stored rendition of a linked image."""
    rows = Rendition.objects.filter(media=media, variant__in=("thumbnail", "preview")).select_related("blob")
    found = rows.order_by("-width", "variant").first()
    return found.blob if found else None


def _crop_box(variant: str) -> tuple[float, float, float, float] | None:
    found = _CROP.fullmatch(variant)
    if found is None:
        return None
    x0, y0, x1, y1 = (float(value) for value in found[1].split("_")[1:])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def make(wanted: Wanted) -> Part:
    """Make a rendition in the child pool; touches no row. Raises Undecodable, Unavailable, Missing."""
    try:
        with _file_of(wanted) as path:
            caller = str(wanted.workspace_id)
            return decoding.render(path, wanted.variant, wanted.box, wanted.shown, caller=caller)
    except FileNotFoundError:
        raise Missing("The file is not in storage.", code="file_missing") from None


@contextmanager
def open_source(media: Media) -> Iterator[tuple[Path, tuple[float, float] | None]]:
    """Give the file that renditions of an image are made of, and its display range. Raises Missing."""
    wanted = _rendition(media, "fit1024")
    try:
        with _file_of(wanted) as path:
            yield path, wanted.shown
    except FileNotFoundError:
        raise Missing("The file is not in storage.", code="file_missing") from None


@contextmanager
def _file_of(wanted: Wanted) -> Iterator[Path]:
    file = wanted.bucket_file
    if file is None:
        with blobs.store().as_file(wanted.sha256) as path:
            yield path
    else:
        with reading.as_file(file.bucket, file.key, limit=settings.MAX_IMAGE_BYTES) as path:
            yield path


def keep(wanted: Wanted, part: Part) -> Served:
    """Store a rendition that was made and return it; crops are not kept."""
    stored = put_bytes(blobs.store(), part.data, durable=False)
    blob = blobs.record(stored, mime="image/jpeg")
    with transaction.atomic():
        # The bytes may have been replaced meanwhile: then the image is of the old ones and is not kept.
        if Media.all_objects.filter(pk=wanted.media_id, blob=wanted.source_id).exists():
            write(wanted.media_id, wanted.source_id, [(part, blob)])
    return _served(blob, "image/jpeg")


def put_parts(parts: Sequence[Part]) -> list[tuple[Part, Blob]]:
    """Store renditions and their blob rows; what refers to them is written by `write` in the caller's transaction."""
    held = blobs.store()
    stored = [put_bytes(held, part.data, durable=False) for part in parts]
    return list(zip(parts, blobs.record_many([(one, "image/jpeg") for one in stored]), strict=True))


def write(media_id: uuid.UUID, source_id: uuid.UUID | None, parts: Sequence[tuple[Part, Blob]]) -> None:
    """Make these the renditions of a medium, in place of earlier ones of the same variants."""
    Rendition.objects.bulk_create(
        rows_of(media_id, source_id, parts),
        update_conflicts=True,
        unique_fields=["media", "variant"],
        update_fields=["blob", "source", "width", "height", "updated_at"],
    )


def rows_of(
    media_id: uuid.UUID, source_id: uuid.UUID | None, parts: Sequence[tuple[Part, Blob]]
) -> list[Rendition]:
    """Return unsaved rows of renditions; those of a linked image, whose bytes are elsewhere, are their own source."""
    now = timezone.now()
    return [
        Rendition(
            media_id=media_id, variant=part.variant, blob=blob, source_id=source_id or blob.pk, width=part.width, height=part.height,
            created_at=now, updated_at=now,
        )
        for part, blob in parts
    ]  # fmt: skip


def find_artifact(job_id: uuid.UUID, user_id: uuid.UUID) -> Served:
    """Return the file that a finished job made, for a link that was made for a user.

    The link ends with the file, the project and the user's account or membership: then Missing. One query.
    """
    member = {"workspace__memberships__user": user_id, "workspace__memberships__user__is_active": True}
    rows = (
        Job.objects.visible_to(Actor(user_id=user_id))
        .filter(**member)
        .filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            pk=job_id,
            state=JobState.DONE,
            artifact__isnull=False,
            project__trashed_at=None,
        )
    )
    job = rows.select_related("artifact").first()
    if job is None or job.artifact is None:
        raise Missing(
            "This link has ended: the file or its project was deleted, or the person who shared it has no access "
            "any more. Get a new link on the page Exports, or run the export again.",
            code="expired",
        )
    return _served(job.artifact, job.artifact.mime, is_inline=False)
