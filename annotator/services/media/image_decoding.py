"""Decoding of new images before any row is written: facts, refusals and stored renditions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings

from annotator.domain.errors import DomainError, Invalid
from annotator.models import Blob, Upload
from annotator.services import blobs
from annotator.services.buckets import reading
from annotator.services.buckets.reading import BucketFile
from annotator.services.media import rows as media_rows
from annotator.services.media.decoding import pool as decoding, renditions
from annotator.services.media.decoding.pool import Decoded, Undecodable
from annotator.services.media.rows import NewImage, Ready

Found = Decoded | DomainError | None


def decode_one(image: NewImage, caller: str) -> tuple[NewImage, Found]:
    """Decode one image's bytes in a child, in a turn of `caller`; runs in a thread and touches no row."""
    if image.bucket_file is not None:
        return _decode_remote(image, image.bucket_file, caller)
    if image.blob is None:
        return image, image.refusal
    try:
        with blobs.store().as_file(image.blob.sha256) as path:
            return image, decoding.prepare(path, caller=caller)
    except Undecodable as refusal:
        return image, refusal
    except FileNotFoundError:
        return image, Undecodable("The file is not in storage any more.", code="file_missing")


def _decode_remote(image: NewImage, source: BucketFile, caller: str) -> tuple[NewImage, Found]:
    """Read an image from its bucket and decode it. Raises Invalid when the bucket as a whole cannot be read."""
    limit = settings.MAX_IMAGE_BYTES
    try:
        if source.is_copied:
            image = replace(image, stored=reading.copy_into_store(source.bucket, source.key, limit=limit))
            assert image.stored is not None
            with blobs.store().as_file(image.stored.sha256) as path:
                return image, decoding.prepare(path, caller=caller)
        with reading.as_file(source.bucket, source.key, limit=limit) as path:
            return image, decoding.prepare(path, caller=caller)
    except Undecodable as refusal:
        return image, refusal
    except DomainError as refusal:
        if not reading.is_of_object(refusal):
            raise
        return image, refusal


def _record_stored(chunk: Sequence[tuple[NewImage, Found]]) -> list[tuple[NewImage, Found]]:
    """Record the bytes that were copied from buckets."""
    copied = [image.stored for image, _ in chunk if image.stored is not None]
    rows = iter(blobs.record_many([(one, "application/octet-stream") for one in copied]))
    return [
        (replace(image, blob=next(rows), stored=None) if image.stored is not None else image, found)
        for image, found in chunk
    ]


def keep_parts(chunk: Sequence[tuple[NewImage, Found]]) -> list[Ready]:
    """Store the renditions of decoded images, their blob rows in one transaction."""
    chunk = _record_stored(chunk)
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
    """Decode one image now and store its renditions. The refusal, if any, is in the answer."""
    ready = keep_parts([decode_one(image, str(image.dataset.project.workspace_id))])[0]
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


def name_taken(name: str) -> Invalid:
    """Return the refusal of a second image of one name in a dataset."""
    return Invalid(f"There is already an image {name!r} in this dataset.", field="name", code="name_taken")
