"""How much memory decoding needs at most for a number of pixels, and the other way round; measured over all formats."""

from __future__ import annotations

# Address space of a decoding process at its peak, per pixel of an image of 64 to 250 megapixels: WebP with transparency
# 16.8 bytes, AVIF (4:4:4, transparency) 14.8, HEIC 14, progressive JPEG 12, palettes and transparency in PNG 10, others less.
_BYTES_PER_PIXEL = 17
_BASE_MB = 384  # Python, NumPy, Pillow, the file itself in the formats whose decoders hold it
_MB = 1024 * 1024


def needed_mb(pixels: int) -> int:
    """Return the memory limit in MB with which every format decodes up to this many pixels."""
    return _BASE_MB - (-pixels * _BYTES_PER_PIXEL // _MB)


def pixels_within(memory_mb: int) -> int:
    """Return how many pixels every format decodes within a memory limit."""
    return max(1, (memory_mb - _BASE_MB) * _MB // _BYTES_PER_PIXEL)
