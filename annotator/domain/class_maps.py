"""Class maps: one array of an image whose pixels hold the index of the class drawn last there, by the pixel rule of rasters.py."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from . import masks, spans as sp
from .polygons import decode_points
from .rasters import polygon_spans
from .records import ShapeRecord

ClassMap = NDArray[np.uint8]


def blank(width: int, height: int) -> ClassMap:
    """Return a class map of background, 0. Invalid or TooLarge for a size that no mask may have."""
    sp.check_area(width, height, field="size")
    return np.zeros((height, width), np.uint8)


def draw(target: ClassMap, shape: ShapeRecord, value: int) -> None:
    """Set the pixels of a shape to `value`: those of its mask, else of its polygon, else of its box; the rest of it lies outside.

    DomainError for a stored shape that cannot be read or is too large.
    """
    height, width = target.shape
    if shape.mask is not None:
        spans = sp.recut(masks.unpack_spans(shape.mask), shape.bounds, (0, 0, width, height))
    elif shape.points is not None:
        spans = polygon_spans(decode_points(shape.points), 0, 0, width, height)
    else:
        left, top, right, bottom = (max(0, math.ceil(corner - 0.5)) for corner in shape.box)
        target[top:bottom, left:right] = value
        return
    flat = target.reshape(-1)
    for start, stop in spans.tolist():
        flat[start:stop] = value
