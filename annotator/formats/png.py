"""Writes PNG files of flat areas (class maps) quickly; photographs are no matter of this module.

Rows carry the difference to the row above (filter "up"), deflated as runs: in a class map nearly all of it is zero. Pillow
chooses a filter row by row, which takes three times as long for the same size (docs/decisions/).
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOR_TYPES = {1: 0, 3: 2}  # gray, RGB
_UP = 2


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """Return the PNG of a uint8 array of shape (height, width), gray, or (height, width, 3), RGB; 8 bits a channel."""
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    flat = np.ascontiguousarray(pixels).reshape(height, width * channels)
    rows = np.empty((height, width * channels + 1), np.uint8)
    rows[:, 0] = _UP
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    head = struct.pack(">IIBBBBB", width, height, 8, _COLOR_TYPES[channels], 0, 0, 0)
    data = packer.compress(rows.data) + packer.flush()
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
