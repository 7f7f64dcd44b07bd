"""The 64-bit DCT perceptual hash of a small gray image, equal to imagehash.phash; numpy alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SIDE = 32
_KEPT = 8


def _dct_rows() -> npt.NDArray[np.float64]:
    """Return the first rows of the unnormalised DCT-II matrix of size SIDE (scipy.fftpack's scale: factor 2)."""
    k = np.arange(_KEPT)[:, None]
    n = np.arange(SIDE)[None, :]
    return 2.0 * np.cos(np.pi * k * (2 * n + 1) / (2 * SIDE))


_ROWS = _dct_rows()


def phash(gray: npt.NDArray[np.uint8]) -> int:
    """Return the hash of a 32 x 32 gray image as a signed 64-bit number.

    Bit 63 is the lowest frequency; a bit says whether its DCT coefficient is above the median of the
    64 lowest. Hamming distance measures likeness: 0..4 is practically the same image.
    """
    if gray.shape != (SIDE, SIDE):
        raise ValueError(f"phash needs {SIDE} x {SIDE}, not {gray.shape}")
    low = _ROWS @ gray.astype(np.float64) @ _ROWS.T
    low = np.round(low, 6)  # a flat image has only rounding noise beside its mean
    bits = (low > np.median(low)).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big", signed=True)


def distance(one: int, other: int) -> int:
    """Return the number of differing bits of two hashes."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()


def to_hex(value: int) -> str:
    """Return the 16 hex digits that other tools print for a hash."""
    return f"{value & 0xFFFF_FFFF_FFFF_FFFF:016x}"
