"""Multi-page TIFF files of an upload, of which every page becomes an image: each page is made a file of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator.models import Blob, Upload
from annotator.services import blobs
from annotator.services.media import names as media_names
from annotator.services.media.decoding import pool as decoding
from annotator.services.media.decoding.pool import Undecodable
from annotator.storage import probe
from annotator.storage.base import put_stream


def name_of(name: str, number: int) -> str:
    """Return what a page is called: "scan.tif" has "scan (page 2).tif"."""
    stem, dot, extension = name.rpartition(".")
    if not dot or "/" in extension or not stem:
        stem, extension = name, ""
    tail = f" (page {number}){f'.{extension}' if extension else ''}"
    return stem[: media_names.LIMIT - len(tail)] + tail


def expand(waiting: Sequence[uuid.UUID]) -> None:
    """Put a file for each page in place of the queued files that ask for all pages and have several. Harmless to repeat.

    The pages of a file are written in one transaction with the end of its slot. A file that cannot be divided stays: what
    is wrong with it is found when it is decoded.
    """
    rows = Upload.objects.filter(pk__in=waiting, state="queued", result__pages="all", blob__isnull=False)
    for row in rows.select_related("blob").order_by("id"):
        assert row.blob is not None
        try:
            with blobs.store().as_file(row.blob.sha256) as path:
                if _is_multi_page(path):
                    _write(row, _split(path))
        except (Undecodable, FileNotFoundError):
            continue


def _is_multi_page(path: Path) -> bool:
    with path.open("rb") as file:
        return probe.sniff(file.read(512)) == "TIFF" and probe.tiff_pages(file) > 1


def _split(path: Path) -> list[Blob]:
    """Return the pages of a TIFF as stored bytes. Raises Undecodable."""
    store = blobs.store()
    with TemporaryDirectory(dir=store.scratch(), prefix="pages-") as folder:
        count = decoding.split_pages(path, Path(folder))
        stored = []
        for number in range(1, count + 1):
            file = Path(folder) / f"{number}.tif"
            with file.open("rb") as stream:
                stored.append((put_stream(store, stream, limit=settings.MAX_IMAGE_BYTES), "image/tiff"))
            file.unlink()
    return blobs.record_many(stored)


def _write(row: Upload, pages: Sequence[Blob]) -> None:
    if len(pages) < 2:
        return
    now = timezone.now()
    result = {key: value for key, value in row.result.items() if key != "pages"}
    with transaction.atomic():
        held = Upload.objects.filter(pk=row.pk, state="queued")
        if not held.update(state="used", used_at=now, updated_at=now, result={**result, "state": "divided"}):
            return
        Upload.objects.bulk_create(
            Upload(
                project_id=row.project_id, batch_id=row.batch_id, created_by_id=row.created_by_id, style=row.style,
                expires_at=row.expires_at, state="queued", name=name_of(row.name, number), blob=page,
                size=page.size, received=page.size, result=result,
            )
            for number, page in enumerate(pages, start=1)
        )  # fmt: skip
