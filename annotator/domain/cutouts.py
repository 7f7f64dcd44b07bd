"""What a person says of an object that is to be cut out of an image: where it lies and what belongs to it; untrusted JSON in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import masks, spans as sp
from .errors import Invalid
from .spans import Bounds, Spans

#: Pixels on each side that a box has at least.
LEAST = 3
#: The names of the masks that may come along: the object as it is so far, pixels that belong to it, pixels that do not.
MASKS = ("mask", "keep", "remove")


@dataclass(frozen=True, slots=True)
class Area:
    """Pixels of the image: spans relative to a box of whole pixels."""

    box: Bounds
    spans: Spans

    def as_json(self) -> dict[str, Any]:
        """Return {"box", "mask"} with the run list of the spans."""
        return {"box": list(self.box), "mask": masks.spans_to_runs(self.spans)}


@dataclass(frozen=True, slots=True)
class Hints:
    """Where the object lies: inside `box`; perhaps four points at its ends, and areas by the names of MASKS."""

    box: Bounds
    points: tuple[tuple[float, float], ...]
    areas: Mapping[str, Area]

    def as_json(self) -> dict[str, Any]:
        """Return what `parse` reads."""
        areas = {name: area.as_json() for name, area in self.areas.items()}
        return {"box": list(self.box), "points": [list(point) for point in self.points], **areas}


def parse(raw: Mapping[str, Any], width: int, height: int) -> Hints:
    """Return the hints of an image of width x height pixels, their box in whole pixels of the image.

    The box of `points` is that around them; with areas it grows to hold them. Invalid, naming the field, otherwise.
    """
    points = _points(raw.get("points"), width, height)
    box = _box_of(points) if points else _numbers(raw.get("box"), "box")
    areas = {name: _area(raw[name], name, width, height) for name in MASKS if raw.get(name) is not None}
    held = [box, *(area.box for name, area in areas.items() if name != "remove")]
    left, top = (max(0, math.floor(min(one[side] for one in held))) for side in (0, 1))
    right, bottom = (
        min(size, math.ceil(max(one[side] for one in held))) for side, size in ((2, width), (3, height))
    )
    if right - left < LEAST or bottom - top < LEAST:
        raise Invalid(
            f"The box must cover at least {LEAST} x {LEAST} pixels of the image ({width} x {height}).",
            field="points" if points else "box",
        )
    return Hints((left, top, right, bottom), points, areas)


def _numbers(raw: object, field: str) -> tuple[float, float, float, float]:
    if (
        not isinstance(raw, list)
        or len(raw) != 4
        or any(type(n) not in (int, float) or not math.isfinite(n) or abs(n) > 1e9 for n in raw)
    ):
        raise Invalid("A box is four numbers [x0, y0, x1, y1].", field=field)
    x0, y0, x1, y1 = map(float, raw)
    return x0, y0, x1, y1


def _points(raw: object, width: int, height: int) -> tuple[tuple[float, float], ...]:
    if raw is None or raw == []:
        return ()
    if not isinstance(raw, list) or len(raw) != 4:
        raise Invalid("The ends of an object are four points.", field="points")
    found = []
    for point in raw:
        is_point = isinstance(point, list) and len(point) == 2
        if not is_point or any(type(n) not in (int, float) or not math.isfinite(n) for n in point):
            raise Invalid("A point is two numbers [x, y].", field="points")
        found.append((min(max(float(point[0]), 0.0), width), min(max(float(point[1]), 0.0), height)))
    return tuple(found)


def _box_of(points: tuple[tuple[float, float], ...]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _area(raw: object, name: str, width: int, height: int) -> Area:
    if not isinstance(raw, dict):
        raise Invalid('It must be {"box": [x0, y0, x1, y1], "mask": [start, length, ...]}.', field=name)
    x0, y0, x1, y1 = _numbers(raw.get("box"), f"{name}.box")
    if not all(n.is_integer() for n in (x0, y0, x1, y1)) or not (
        0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
    ):
        raise Invalid(
            f"The box must be whole pixels inside the image ({width} x {height}).", field=f"{name}.box"
        )
    box = (int(x0), int(y0), int(x1), int(y1))
    spans = masks.parse_runs(raw.get("mask"), box[2] - box[0], box[3] - box[1], field=f"{name}.mask")
    return Area(box, spans)


def bits_in(area: Area, window: Bounds) -> masks.Bits:
    """Return the pixels of an area inside a window of the image, as a bool array of the window's size."""
    return sp.to_bits(sp.recut(area.spans, area.box, window), window[2] - window[0], window[3] - window[1])
