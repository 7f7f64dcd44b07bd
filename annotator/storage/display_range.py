"""The display range of deep images: the values shown as black and white, found and applied in bands of rows; numpy alone.

Deep images have more than 8 bits a channel. The range lies between two percentiles of the values, so that a hot
pixel, NaN or infinity does not decide it. It depends on the pixels alone: all renditions of one image share it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

PERCENTILES = (0.5, 99.5)
# What one band and the sample of values hold at most, whatever the size of the image.
_BAND_VALUES = 1_000_000
_SAMPLES = 2_000_000

#: (black, white) in the units of the stored values; equal when all values are, and black is the higher one where 0 is white.
Range = tuple[float, float]
Values = npt.NDArray[Any]


def is_deep(mode: str) -> bool:
    """Return whether a mode of Pillow holds more than 8 bits: whole numbers of 16 or 32 bits, or floats."""
    return mode.startswith("I") or mode == "F"


def find(image: Image.Image, *, is_inverted: bool = False) -> Range:
    """Return the display range of a loaded deep image; (0, 0) when no value is finite. `is_inverted`: low values are white."""
    step = max(1, math.isqrt(image.width * image.height // _SAMPLES))
    low, high, samples = math.inf, -math.inf, []
    for top, band in _bands(image):
        values = _finite(band)
        if values.size:
            low, high = min(low, values.min()), max(high, values.max())
            samples.append(_finite(band[-top % step :: step, ::step]))
    found = _between(samples, low, high)
    return found[::-1] if is_inverted else found


def find_in_upper_bytes(image: Image.Image) -> Range:
    """Return the range of an image of 16 bits a channel of which the upper bytes were decoded; all color channels share it."""
    counts = np.reshape(image.histogram(), (-1, 256))[: _count_colors(image)].sum(axis=0)
    used = np.nonzero(counts)[0]
    shares = np.cumsum(counts) / counts.sum()
    low, high = (int(np.searchsorted(shares, percent / 100)) for percent in PERCENTILES)
    if low >= high:
        low, high = int(used[0]), int(used[-1])
    return low * 256, high * 256 + 255 if high > low else low * 256


def is_constant(image: Image.Image) -> bool:
    """Return whether all values of a loaded deep image are equal."""
    first = None
    for _, band in _bands(image):
        first = band.flat[0] if first is None else first
        if not (band == first).all():
            return False
    return True


def apply(image: Image.Image, shown: Range) -> Image.Image:
    """Return a loaded deep image in 8 bits of gray; NaN is black, and so is an image without a single finite value."""
    out = np.empty((image.height, image.width), np.uint8)
    table = _scale(np.arange(65536), shown) if image.mode.startswith("I;16") else None
    for top, band in _bands(image):
        out[top : top + len(band)] = _scale(band, shown) if table is None else table[band]
    return Image.fromarray(out)


def apply_to_upper_bytes(image: Image.Image, shown: Range) -> Image.Image:
    """Return an image of upper bytes with its colors stretched to the range; transparency stays."""
    table = _scale(np.arange(256) * 256 + 128, shown).tolist()
    colors = _count_colors(image)
    return image.point(table * colors + list(range(256)) * (len(image.getbands()) - colors))


def _count_colors(image: Image.Image) -> int:
    return sum(band != "A" for band in image.getbands())


def _bands(image: Image.Image) -> Iterator[tuple[int, Values]]:
    """Yield (first row, values) of a loaded image in bands of at most about a million values."""
    rows = max(1, _BAND_VALUES // image.width)
    for top in range(0, image.height, rows):
        yield top, np.asarray(image.crop((0, top, image.width, min(top + rows, image.height))))


def _finite(values: Values) -> Values:
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values.ravel()


def _between(samples: list[Values], low: float, high: float) -> Range:
    """Return the range between the percentiles, or from the lowest to the highest value where these are too close to differ."""
    if not samples:
        return 0, 0
    values = np.sort(np.concatenate(samples))
    last = len(values) - 1
    black = values[math.ceil(last * PERCENTILES[0] / 100)]
    white = values[math.floor(last * PERCENTILES[1] / 100)]
    found = (black, white) if black < white else (low, high)
    as_number = float if values.dtype.kind == "f" else int
    return as_number(found[0]), as_number(found[1])


def _scale(values: Values, shown: Range) -> npt.NDArray[np.uint8]:
    """Return values as 0..255 within the range; an image of one value is gray."""
    black, white = shown
    if black == white:
        return np.where(np.isfinite(values), np.uint8(128 if shown != (0, 0) else 0), np.uint8(0))
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values.astype(np.float64) - black) * (255.0 / (white - black))
    return np.nan_to_num(np.clip(scaled, 0, 255), nan=0.0).round().astype(np.uint8)
