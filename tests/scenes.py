"""Images with one object of known pixels, for tests of what cuts it out."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bits = NDArray[np.bool_]
Pixels = NDArray[np.uint8]


def scene(width: int = 640, height: int = 480) -> tuple[Pixels, Bits]:
    """Return an image, and the pixels of its object: an orange ellipse with a bay, patterned, on a green ground with noise."""
    ys, xs = np.mgrid[:height, :width] + 0.5
    across, down = (xs - width * 0.5) / (width * 0.2), (ys - height * 0.52) / (height * 0.3)
    bay = ((across - 1) / 0.6) ** 2 + (down / 0.35) ** 2 < 1
    body: Bits = (across**2 + down**2 < 1) & ~bay
    ground = np.stack([60 + 20 * np.sin(9 * across), 120 + 25 * np.cos(7 * down), 50 + 0 * xs], axis=2)
    fruit = np.stack([215 + 20 * np.sin(5 * down), 110 + 20 * np.cos(6 * across), 40 + 0 * xs], axis=2)
    noise = np.random.default_rng(3).integers(-12, 13, (height, width, 3))
    pixels = np.where(body[..., None], fruit, ground) + noise
    return np.clip(pixels, 0, 255).astype(np.uint8), body


def encoded(pixels: Pixels, kind: str = "PNG", **options: object) -> bytes:
    """Return an image file of the pixels."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def iou(one: Bits, other: Bits) -> float:
    """Return the share of the pixels of either that both have."""
    return float((one & other).sum() / (one | other).sum())


def box_of(bits: Bits, margin: int = 0) -> tuple[int, int, int, int]:
    """Return the box around the pixels, wider by a margin on each side."""
    rows, columns = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
    return (
        int(columns[0]) - margin,
        int(rows[0]) - margin,
        int(columns[-1]) + 1 + margin,
        int(rows[-1]) + 1 + margin,
    )
