"""Reads the PNGs of a panoptic file: found as images are, decoded in a child; no rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import DomainError
from annotator.services import blobs
from annotator.services.exchange.imports.sources import Images
from annotator.services.media.decoding import pool as decoding
from annotator.services.media.decoding.pool import Undecodable

# A segment id for each pixel takes four bytes; the largest known data sets have images of 8 million pixels.
MAX_PIXELS = 32_000_000


def read(files: Images, name: str) -> NDArray[np.uint8] | DomainError | None:
    """Return the pixels (height, width, 3) of a PNG by its name in the JSON, why they cannot be had, or None."""
    found = files.find(name)
    if found is None or isinstance(found, DomainError):
        return found
    try:
        with blobs.store().as_file(found.sha256) as path:
            width, height, data = decoding.pixels(path, max_pixels=MAX_PIXELS)
    except Undecodable as refusal:
        return refusal
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)
