"""Pages of a TIFF as files of their own: the stored pixels and tags are copied as they are; runs in child processes only."""

from __future__ import annotations

from pathlib import Path

import tifftools

from .imaging import ImageError

MAX_PAGES = 10_000
_SUBFILE_TYPE = 254
_NO_PAGE = 0b101  # a smaller copy of another page, a transparency mask
# Pages that share pixels are written once each: more than this many times the file is made to fill the disk.
_MAX_GROWTH = 4
_SPARE_BYTES = 16 * 1024 * 1024


def split(path: Path, folder: Path) -> int:
    """Write each page to `folder` as 1.tif, 2.tif ... and return their number. Raises ImageError."""
    limit = path.stat().st_size * _MAX_GROWTH + _SPARE_BYTES
    info = tifftools.read_tiff(path)
    pages = [page for page in info["ifds"] if not _subfile_type(page) & _NO_PAGE]
    if len(pages) > MAX_PAGES:
        raise ImageError("too_large", f"It has {len(pages):,} pages; the limit is {MAX_PAGES:,}.")
    written = 0
    for number, page in enumerate(pages, start=1):
        target = folder / f"{number}.tif"
        tifftools.write_tiff({**info, "ifds": [page]}, target)
        written += target.stat().st_size
        if written > limit:
            raise ImageError("too_large", "Its pages hold more than the file; it is made to do harm.")
    return len(pages)


def _subfile_type(page: dict) -> int:  # type: ignore[type-arg]
    data = page["tags"].get(_SUBFILE_TYPE, {}).get("data") or [0]
    return int(data[0])
