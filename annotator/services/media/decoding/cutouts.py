"""An object cut out of a decoded image, in a child process; never imports Django."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from annotator.domain import cutouts, masks
from annotator.domain.cutouts import Hints
from annotator.domain.spans import Bounds
from annotator.ml import grabcut


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an image of width x height pixels, and the part of it to look at."""

    hints: Hints
    region: Bounds
    size: tuple[int, int]

    @classmethod
    def of(cls, hints: dict[str, Any], width: int, height: int) -> Wanted:
        """Return what hints, as JSON, mean on an upright image of this size."""
        parsed = cutouts.parse(hints, width, height)
        return cls(parsed, grabcut.region_of(parsed.box, width, height), (width, height))

    @property
    def decoded_side(self) -> int:
        """The longer side of the image in pixels that is enough for the region to be computed."""
        across, down = grabcut.small_size(self.region)
        scale = max(across / (self.region[2] - self.region[0]), down / (self.region[3] - self.region[1]))
        return math.ceil(max(self.size) * scale)


def answer(part: Any, wanted: Wanted) -> tuple[dict[str, Any], list[bytes]]:
    """Return {"box", "mask"}: the run list of the object in the smallest box of the image, [] when nothing belongs to it.

    `part` is the region, upright, in RGB or L of 8 bits, perhaps smaller than it.
    """
    region, hints = wanted.region, wanted.hints
    small = part.convert("RGB").resize(grabcut.small_size(region), Image.Resampling.BICUBIC, reducing_gap=3.0)
    areas = {name: cutouts.bits_in(area, region) for name, area in hints.areas.items()}
    found = grabcut.cut(np.asarray(small), region, hints.box, hints.points, areas)
    bounds = masks.bounds_of(found)
    if bounds is None:
        return {"box": list(hints.box), "mask": []}, []
    left, top, right, bottom = bounds
    box = [left + region[0], top + region[1], right + region[0], bottom + region[1]]
    return {"box": box, "mask": masks.mask_to_runs(np.ascontiguousarray(found[top:bottom, left:right]))}, []
