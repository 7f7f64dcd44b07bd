"""Reading of untrusted gzip files with `gzip`: bytes are counted while unpacking."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from annotator.domain.errors import Invalid, TooLarge

from .base import CHUNK
from .zips import MIN_RATIO_BYTES, Limits

MAGIC = b"\x1f\x8b"


def read(file: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """Yield the unpacked bytes of a seekable gzip file from its beginning.

    Invalid when it is damaged or cut off, TooLarge when it unpacks to more than the limits of an archive.
    """
    packed = file.seek(0, os.SEEK_END)
    file.seek(0)
    size = 0
    try:
        with gzip.GzipFile(fileobj=file) as source:
            while block := source.read(CHUNK // 4):
                size += len(block)
                if size > limits.total or size > max(MIN_RATIO_BYTES, limits.ratio * packed):
                    raise TooLarge(
                        "The gzip file unpacks to more than the limit; it was refused.", code="zip_bomb"
                    )
                yield block
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise Invalid("The gzip file is damaged or cut off.", code="damaged") from None
