"""Images as libvips reads them: any number of channels, stored values in whole numbers of 16 bits; runs in child processes only."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from annotator.storage.imaging import ImageError, too_many_pixels

#: Where an image that Pillow cannot hold says what it is: `image.info[INFO]` is "5x16-bit".
INFO = "channels"
_WORDS = {
    "uchar": "8",
    "char": "8",
    "ushort": "16",
    "short": "16",
    "uint": "32",
    "int": "32",
    "float": "32",
    "double": "64",
}
_MOST = 65_535
#: Beyond it, and NaN, are no values of an image.
_FINITE = 3.4e38
PERCENTILES = (0.1, 0.5, 2.0, 98.0, 99.5, 99.9)


def vips() -> Any:
    """Return pyvips. Raises ImageError when the extra is not installed."""
    os.environ.setdefault("VIPS_CONCURRENCY", str(min(2, os.cpu_count() or 1)))
    try:
        import pyvips
    except ImportError:
        raise ImageError(
            "no_tiles",
            "This server cannot make tiles of images. Ask your administrator to install the extra “tiles” "
            "(pip install pyvips pyvips-binary).",
        ) from None
    return pyvips


def start(folder: Path) -> Any:
    """Return pyvips with its temporary files in a folder, without a cache of operations."""
    os.environ["TMPDIR"] = str(folder)
    found = vips()
    found.cache_set_max(0)
    return found


def upright(path: Path, reader: str, alpha: bool) -> Any:
    """Return an image to be read once from the first row on, upright, transparency on white. One that is turned is unpacked to a file first."""
    load = getattr(vips().Image, reader)
    image = load(str(path), access="sequential", fail_on="truncated")
    if image.get_typeof("orientation") and image.get("orientation") > 1:
        image = load(str(path), access="random", fail_on="truncated").autorot()
    if alpha and image.bands in (2, 4):
        most = _MOST if image.format == "ushort" else 255
        image = image.flatten(background=[most] * (image.bands - 1), max_alpha=most).cast(image.format)
    return image


def as_pillow(path: Path, max_pixels: int) -> Image.Image:
    """Return the first channel of a TIFF that Pillow cannot hold, as an image of Pillow that says so. Raises ImageError."""
    found = vips()
    try:
        image = upright(path, "tiffload", alpha=False)
        if image.width * image.height > max_pixels:
            raise too_many_pixels(image.width, image.height, max_pixels)
        bands, kind = image.bands, str(image.format)
        if kind not in _WORDS:
            raise ImageError("unsupported_format", "It cannot be decoded: complex numbers are not supported.")
        values = image.extract_band(0).numpy()
    except found.Error as error:
        raise refusal(error, str(path)) from error
    if kind not in ("uchar", "ushort"):
        values = values.astype(np.float32)
    made = Image.fromarray(values)
    made.format = "TIFF"
    made.info[INFO] = f"{bands}x{_WORDS[kind]}-bit"
    return made


def units(source: Callable[[], Any]) -> tuple[float, float]:
    """Return (offset, scale) by which values become whole numbers of 16 bits: exactly where they fit, else between the extremes."""
    image = source()
    kind = str(image.format)
    if kind in ("uchar", "ushort"):
        return 0.0, 1.0
    if kind in ("char", "short"):
        return -32768.0, 1.0
    low, high = _finite(image).min(), _finite(source()).max()
    if kind in ("int", "uint") and high - low <= _MOST:
        return float(low), 1.0
    return float(low), (high - low) / _MOST or 1.0


def to_numbers(image: Any, offset: float, scale: float, is_white_zero: bool) -> Any:
    """Return an image in whole numbers of 16 bits. libvips turns images about in which 0 is white: that is undone."""
    if is_white_zero and image.format in ("uchar", "ushort"):
        image = (image * -1 + (255 if image.format == "uchar" else _MOST)).cast("ushort")
    elif image.format == "uchar":
        image = image.cast("ushort")
    elif image.format != "ushort":
        image = ((_finite(image) - offset) / scale).rint().cast("ushort")
    return image


def _finite(image: Any) -> Any:
    if image.format not in ("float", "double"):
        return image
    return (image.abs() < _FINITE).ifthenelse(image, 0)


def spreads(image: Any) -> list[dict[str, Any]]:
    """Return for each channel {"low", "high": its extremes, "percentiles": PERCENTILES of its values}, as whole numbers."""
    counts = image.hist_find().numpy().reshape(-1, image.bands)
    found = []
    for band in range(image.bands):
        used = np.nonzero(counts[:, band])[0]
        shares = np.cumsum(counts[:, band]) / max(1, counts[:, band].sum())
        marks = [int(np.searchsorted(shares, percent / 100)) for percent in PERCENTILES]
        found.append({"low": int(used[0]), "high": int(used[-1]), "percentiles": marks})
    return found


def refusal(error: Exception, path: str) -> ImageError:
    """Put an error of libvips in words, without paths."""
    lines = [line.strip() for line in str(error).replace(path, "the file").splitlines() if line.strip()]
    text = " ".join((lines[-1] if lines else "unknown error").split())[:160].rstrip(".")
    if "out of memory" in text.lower():
        return ImageError("too_large", "Decoding needs more memory than the server allows.")
    return ImageError("truncated", f"It cannot be decoded: {text}.")
