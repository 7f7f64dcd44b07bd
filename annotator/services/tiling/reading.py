"""Reading a tile: which file of the store, and which range of it."""

from __future__ import annotations

import functools
import uuid

from annotator.domain.errors import Missing
from annotator.models import MediaKind, Rendition
from annotator.models.rows import RenditionRow
from annotator.services import blobs
from annotator.services.media import urls as media_urls
from annotator.storage.pyramids import archive, rules
from annotator.storage.pyramids.archive import Index

MIMES = {"jpg": "image/jpeg", "png": "image/png"}


def find(media_id: uuid.UUID, layer: str, version: str) -> RenditionRow:
    """Return the layer of a live image for a signed address. One query. Raises Missing."""
    rows = Rendition.all_objects.filter(
        media=media_id, variant=layer, media__kind=MediaKind.IMAGE, media__trashed_at=None, media__project__trashed_at=None,
    )  # fmt: skip
    found = (
        next(map(RenditionRow._make, rows.values_list(*RenditionRow._fields)), None)
        if rules.is_layer(layer)
        else None
    )
    if found is None:
        raise Missing("There are no tiles of this image.")
    is_current = (
        found.source_id == found.media__blob_id if found.media__blob_id else bool(found.media__source_url)
    )
    if not is_current or version != media_urls.rendition_version(found.media__blob__sha256):
        raise Missing("This image was replaced; ask for its address again.", code="replaced")
    return found


def read(row: RenditionRow, name: str) -> tuple[bytes, str]:
    """Return the bytes and the media type of a tile ("<level>/<column>_<row>") or of LAYER. Raises Missing.

    Memory: one tile, and the directories of the last layers that were asked for (64 of about 200 KB).
    """
    try:
        index = _index(row.blob__sha256, row.blob__size)
        data = index.read(name, functools.partial(_range, row.blob__sha256))
    except (FileNotFoundError, ValueError):
        raise Missing("The tiles of this image are not in storage.", code="file_missing") from None
    if data is None:
        raise Missing("There is no such tile.")
    return data, "application/json" if name == archive.LAYER else MIMES[index.suffix]


@functools.lru_cache(64)
def _index(sha256: str, size: int) -> Index:
    return archive.read_index(size, functools.partial(_range, sha256))


def _range(sha256: str, start: int, end: int) -> bytes:
    return b"".join(blobs.store().read_range(sha256, start, end))
