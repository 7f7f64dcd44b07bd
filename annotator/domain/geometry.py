"""The geometry of a label: box, shape, points, mask and keypoints together, and how an edit changes them; no rows, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import masks, text
from .areas import area
from .errors import Invalid
from .keypoints import bounds_of_keypoints, decode_keypoints, encode_keypoints, parse_keypoints
from .outline_shapes import OUTLINED, fits
from .polygons import (
    MAX_COORDINATE,
    MAX_POINTS,
    MultiPolygon,
    Points,
    bounds_of_points,
    contains,
    decode_points,
    encode_points,
    is_number,
    is_simple_ring,
    parse_points,
)

__all__ = [
    "MAX_COORDINATE",
    "MAX_POINTS",
    "SHAPES",
    "Box",
    "Geometry",
    "MultiPolygon",
    "Points",
    "area",
    "bounds",
    "check_inside",
    "clip_box",
    "contains",
    "decode_points",
    "encode_points",
    "is_simple_ring",
    "parse_box",
    "parse_geometry",
    "parse_points",
]

SHAPES = ("box", *OUTLINED, "mask", "keypoints")
_FIELDS = ("box", "shape", "points", "mask", "mask_delta", "keypoints")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in image pixels, x0 <= x1 and y0 <= y1; it may have no area. Invalid(field="box") otherwise."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not all(map(is_number, self.as_tuple())):
            raise Invalid(
                f"A box must be four finite numbers within {MAX_COORDINATE:,.0f} pixels.", field="box"
            )
        if self.x1 < self.x0 or self.y1 < self.y0:
            raise Invalid(
                "The right end of a box must not be left of the left, nor the bottom above the top.",
                field="box",
            )

    @property
    def width(self) -> float:
        """x1 - x0 in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """y1 - y0 in pixels."""
        return self.y1 - self.y0

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return (x0, y0, x1, y1)."""
        return self.x0, self.y0, self.x1, self.y1

    def as_bounds(self) -> masks.Bounds:
        """Return the box as whole numbers, as a mask needs it; Invalid(field="box") when it is not whole."""
        whole = int(self.x0), int(self.y0), int(self.x1), int(self.y1)
        if whole != self.as_tuple():
            raise Invalid("The box of a mask must be whole pixels.", field="box")
        return whole


@dataclass(frozen=True, slots=True)
class Geometry:
    """The geometry of one label as it is stored: `points` and `keypoints` as text, `mask` packed relative to `box`.

    Any of the three may stand beside each other; drawn is mask before polygon before box, keypoints always.
    """

    box: Box
    shape: str
    points: str | None = None
    mask: bytes | None = None
    keypoints: str | None = None


def bounds(points: MultiPolygon) -> Box:
    """Return the smallest box around all points."""
    return Box(*bounds_of_points(points))


def parse_box(raw: object, *, field: str = "box") -> Box:
    """Return the box of an untrusted [x0, y0, x1, y1]; Invalid naming `field` for anything else."""
    if not isinstance(raw, list | tuple) or len(raw) != 4:
        raise Invalid("A box must be four numbers [left, top, right, bottom].", field=field)
    if not all(map(is_number, raw)):
        raise Invalid(f"A box must be four finite numbers within {MAX_COORDINATE:,.0f} pixels.", field=field)
    x0, y0, x1, y1 = map(float, raw)
    if x1 < x0 or y1 < y0:
        raise Invalid(
            "The right end of a box must not be left of the left, nor the bottom above the top.", field=field
        )
    return Box(x0 + 0.0, y0 + 0.0, x1 + 0.0, y1 + 0.0)  # -0.0 becomes 0.0


def check_inside(box: Box, width: int | None, height: int | None, *, field: str = "box") -> None:
    """Refuse a box that lies wholly outside an image of width x height pixels (Invalid, code "outside").

    The policy: geometry is stored as given and never clipped. It may touch the border or partly leave the image (an
    object that is cut off, an image that was replaced by a smaller one), but something of it, be it an edge, must lie
    in 0..width x 0..height. An unknown size (None or 0) is not checked.
    """
    if width and height and (box.x1 < 0 or box.y1 < 0 or box.x0 > width or box.y0 > height):
        raise Invalid(
            f"The label lies outside the image, which is {width} x {height} pixels.",
            field=field,
            code="outside",
        )


def clip_box(box: Box, width: int, height: int) -> Box | None:
    """Return the part of the box inside the image; None when there is none, not even an edge."""
    x0, y0, x1, y1 = max(box.x0, 0.0), max(box.y0, 0.0), min(box.x1, float(width)), min(box.y1, float(height))
    return Box(x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else None


def parse_geometry(
    patch: Mapping[str, object], width: int | None, height: int | None, current: Geometry | None = None
) -> Geometry:
    """Return the geometry after the untrusted native fields of `patch` are applied to `current` (None: a new label).

    The fields: box [x0, y0, x1, y1], shape, points (multipolygon), mask (run list relative to the box) or mask_delta
    (what changes of it, see masks.apply_delta), keypoints (list of objects). Null takes a field away; a missing one stays; other keys are ignored.
    A box that is not given is computed when points come, or keypoints whose box was computed before. A mask needs a
    box of whole pixels and keeps its size: it moves with the box, another size needs a new mask. A shape that is given
    must fit what is there; else it follows from it, and points that are no more a rotated box, an ellipse or a polyline
    become a polygon. Without any of the fields `current` is returned as it is, also
    when it lies outside. Numbers are kept to the last bit. Invalid or TooLarge, naming the field.
    """
    if not any(name in patch for name in _FIELDS):
        if current is None:
            raise Invalid("A label needs a box, points, a mask or keypoints.", field="box")
        return current
    points = _text_of_points(patch, current)
    keypoints = _text_of_keypoints(patch, current)
    has_mask = (
        patch["mask"] is not None if "mask" in patch else current is not None and current.mask is not None
    ) or patch.get("mask_delta") is not None
    box = _parse_or_compute_box(patch, current, points, keypoints, has_mask=has_mask)
    mask = _packed_mask(patch, current, box) if has_mask else None
    result = Geometry(box, _shape(patch, current, points, mask, keypoints), points, mask, keypoints)
    if current is None or result != current:
        check_inside(box, width, height)
        if points is not None and "points" in patch:
            check_inside(bounds(decode_points(points)), width, height, field="points")
        spread = _box_of_keypoints(keypoints) if "keypoints" in patch else None
        if spread is not None:
            check_inside(spread, width, height, field="keypoints")
    return result


def _text_of_points(patch: Mapping[str, object], current: Geometry | None) -> str | None:
    if "points" not in patch:
        return current.points if current else None
    return None if patch["points"] is None else encode_points(parse_points(patch["points"]))


def _text_of_keypoints(patch: Mapping[str, object], current: Geometry | None) -> str | None:
    if "keypoints" not in patch:
        return current.keypoints if current else None
    return encode_keypoints(parse_keypoints(patch["keypoints"]))


def _box_of_keypoints(text: str | None) -> Box | None:
    found = bounds_of_keypoints(decode_keypoints(text))
    return Box(*found) if found else None


def _parse_or_compute_box(
    patch: Mapping[str, object],
    current: Geometry | None,
    points: str | None,
    keypoints: str | None,
    *,
    has_mask: bool,
) -> Box:
    if patch.get("box") is not None:
        return parse_box(patch["box"])
    old = current.box if current and "box" not in patch else None
    if has_mask:
        if old is None:
            raise Invalid("A mask needs a box, which it is relative to.", field="box")
        return old
    if points is not None and (old is None or "points" in patch):
        return bounds(decode_points(points))
    if keypoints is not None and points is None:
        was_computed = current is not None and old == _box_of_keypoints(current.keypoints)
        if old is None or ("keypoints" in patch and was_computed):
            old = _box_of_keypoints(keypoints)
    if old is None:
        raise Invalid("A label needs a box, points, a mask or keypoints.", field="box")
    return old


def _packed_mask(patch: Mapping[str, object], current: Geometry | None, box: Box) -> bytes:
    left, top, right, bottom = box.as_bounds()
    if patch.get("mask_delta") is not None:
        if patch.get("mask") is not None or current is None or current.mask is None:
            raise Invalid("Only the mask that a label has can be changed.", field="mask_delta")
        spans, old = masks.unpack_spans(current.mask), current.box.as_bounds()
        return masks.pack_spans(masks.apply_delta(spans, old, patch["mask_delta"], box.as_bounds()))
    if patch.get("mask") is not None:
        return masks.pack_spans(masks.parse_runs(patch["mask"], right - left, bottom - top))
    assert current is not None and current.mask is not None
    if (current.box.width, current.box.height) != (box.width, box.height):
        size = f"{current.box.width:g} x {current.box.height:g}"
        raise Invalid(
            f"The mask of this label fills a box of {size} pixels; another size needs a new mask.",
            field="box",
        )
    return current.mask


def _shape(
    patch: Mapping[str, object],
    current: Geometry | None,
    points: str | None,
    mask: bytes | None,
    keypoints: str | None,
) -> str:
    wanted = patch.get("shape")
    named = text.check_choice(wanted, SHAPES, field="shape") if wanted is not None else None
    if mask is not None:
        fitting = ["mask"]
    elif points is not None:
        fitting = ["polygon"]
        name = named or (current.shape if current else None)
        if name in OUTLINED and fits(name, decode_points(points)):
            fitting.append(name)
    else:
        fitting = ["keypoints", "box"] if keypoints is not None else ["box"]
    if named is None:
        return current.shape if current and current.shape in fitting else fitting[0]
    if named not in fitting:
        if points is not None and mask is None and named in OUTLINED:
            raise Invalid(f"The points are not the outline of a shape {named}.", field="shape")
        raise Invalid(
            f"The shape is {fitting[0]}, not {named}: it follows from mask, points and keypoints.",
            field="shape",
        )
    return named
