"""Geometry of a label carried to a copy of its image of another size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import masks
from .outline_shapes import OUTLINED, outline_shape

Size = tuple[int, int]


def scale_patch(patch: Mapping[str, Any], old: Size, new: Size) -> dict[str, Any] | None:
    """Return a native patch with the geometry of a label on an image of size `old` (width, height) as it is on one of `new`.

    Box, points and keypoints are multiplied and stay inside the image. A mask is sampled at the centers of the new pixels,
    and its box grown to whole ones; None when no pixel is left of it. An equal size changes nothing.
    """
    if old == new:
        return dict(patch)
    sx, sy = new[0] / old[0], new[1] / old[1]

    def x_of(x: float) -> float:
        return min(max(x * sx, 0.0), float(new[0]))

    def y_of(y: float) -> float:
        return min(max(y * sy, 0.0), float(new[1]))

    x0, y0, x1, y1 = patch["box"]
    scaled = {**patch, "box": (x_of(x0), y_of(y0), x_of(x1), y_of(y1))}
    if patch.get("points") is not None:
        scaled["points"] = [
            [[[x_of(x), y_of(y)] for x, y in ring] for ring in part] for part in patch["points"]
        ]
        if patch.get("shape") in OUTLINED:
            scaled["shape"] = outline_shape(patch["shape"], scaled["points"])
    if patch.get("keypoints"):
        scaled["keypoints"] = [
            {**point, "x": x_of(point["x"]), "y": y_of(point["y"])} for point in patch["keypoints"]
        ]
    if patch.get("mask") is not None:
        left, top, right, bottom = math.floor(x_of(x0)), math.floor(y_of(y0)), math.ceil(x_of(x1)), math.ceil(y_of(y1))  # fmt: skip
        bits = masks.runs_to_mask(patch["mask"], round(x1 - x0), round(y1 - y0))
        columns = np.floor((np.arange(left, right) + 0.5) / sx - x0).astype(int)
        rows = np.floor((np.arange(top, bottom) + 0.5) / sy - y0).astype(int)
        is_column, is_row = (columns >= 0) & (columns < bits.shape[1]), (rows >= 0) & (rows < bits.shape[0])
        sampled = np.zeros((bottom - top, right - left), bool)
        sampled[np.ix_(is_row, is_column)] = bits[np.ix_(rows[is_row], columns[is_column])]
        if not sampled.any():
            return None
        scaled |= {"box": (left, top, right, bottom), "mask": masks.mask_to_runs(sampled)}
    return scaled
