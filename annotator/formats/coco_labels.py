"""Turns one object of COCO's `annotations` into a record; reading the file is the business of coco_import.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from annotator.domain import masks
from annotator.domain.errors import DomainError
from annotator.domain.polygons import (
    MAX_COORDINATE,
    MAX_POINTS,
    bounds_of_points,
    decode_points,
    encode_points,
    is_number,
)
from annotator.domain.records import KeypointRecord, LabelRecord, LossReport
from annotator.domain.text import MAX_INT

from .decimals import shortest_size

Corners = tuple[float, float, float, float]

_OWN = frozenset(
    (
        "id",
        "image_id",
        "category_id",
        "segmentation",
        "area",
        "bbox",
        "iscrowd",
        "keypoints",
        "num_keypoints",
        "score",
    )
)
_NUMBERS = {int, float}
_MAX_AREA = 1e13


def as_id(value: object) -> Any:
    """Return a value of a file that is meant as a whole number: 7.0, as tables with gaps write 7, is 7; others as they are."""
    return int(value) if type(value) is float and value.is_integer() and abs(value) < 2**53 else value


def is_id(value: object) -> TypeGuard[int]:
    """Tell whether a value may be an id: an int, no bool, of 64 bits."""
    return type(value) is int and -MAX_INT <= value <= MAX_INT


class LabelParser:
    """Makes records of annotations; what is wrong goes to the report under "annotations.<field>".

    `sizes` are (width, height) or None by image id, `keypoint_counts` the number of keypoints by category id.
    """

    def __init__(
        self,
        sizes: Mapping[int, tuple[int, int] | None],
        keypoint_counts: Mapping[int, int],
        report: LossReport,
    ) -> None:
        self._sizes = sizes
        self._keypoint_counts = keypoint_counts
        self._report = report
        self._place: tuple[Any, int] = (None, 0)

    def parse(self, item: dict[str, Any], index: int) -> LabelRecord | None:
        """Return the record of the object, None when there is nothing to keep; `index` counts from 0 for messages."""
        number, image = as_id(item.get("id")), as_id(item.get("image_id"))
        category = as_id(item.get("category_id"))
        self._place = number, index
        if number is not None and not is_id(number):
            self._lose("id", "must be a whole number, not kept")
            number = None
        if not is_id(image) or image not in self._sizes:
            self._lose("image_id", "names no image of the file; the label was left out")
            return None
        if not is_id(category) or category not in self._keypoint_counts:
            self._lose("category_id", "names no category of the file; the label was left out")
            return None
        if not item.keys() <= _OWN:
            for key in sorted(item.keys() - _OWN):
                self._lose(key, "not a part of COCO labels, not kept")
        size = self._sizes[image]
        given: dict[str, Any] = {}
        keypoints = self._keypoints(item, self._keypoint_counts[category], given)
        shape = self._shape(item, size, keypoints, given)
        if shape is None:
            return None
        box, points, mask, area, size = shape
        if size and (box[2] < 0 or box[3] < 0 or box[0] > size[0] or box[1] > size[1]):
            self._lose("bbox", "lies outside the image; the label was left out")
            return None
        return LabelRecord(
            number,
            image,
            category,
            box,
            points,
            mask,
            keypoints,
            self._is_crowd(item.get("iscrowd", 0)),
            area,
            given or None,
            self._score(item.get("score")),
            size,
        )

    def _lose(self, field: str, reason: str) -> None:
        # By place when the id is none of 64 bits: the parser made 2**80 a float that stands nowhere in the file.
        number, index = self._place
        where = f"annotation {number}" if is_id(number) else f"annotations[{index}]"
        self._report.add(f"annotations.{field}", reason, where)

    def _shape(
        self,
        item: dict[str, Any],
        size: tuple[int, int] | None,
        keypoints: tuple[KeypointRecord, ...] | None,
        given: dict[str, Any],
    ) -> tuple[Corners, str | None, bytes | None, float | None, tuple[int, int] | None] | None:
        """Return box, points, mask, given area and size of the image; None when there is no geometry."""
        raw_box: Any = item.get("bbox")
        raw = item.get("segmentation")
        box = self._corners(raw_box)
        points: str | None = None
        if isinstance(raw, dict) and raw:
            found = self._mask(raw, size, raw_box if box else None, given)
            if found:
                bounds, packed, size = found
                if box and list(raw_box) != [
                    bounds[0],
                    bounds[1],
                    bounds[2] - bounds[0],
                    bounds[3] - bounds[1],
                ]:
                    given["bbox"] = raw_box
                whole = (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))
                return whole, None, packed, self._area(item, lambda: masks.packed_area(packed)), size
        elif isinstance(raw, list) and raw:
            points = self._points(raw)
        elif raw:
            self._lose("segmentation", "must be a list of polygons or RLE, not kept")
        size_given: Any = None
        if box is None:
            box = _computed_box(points, keypoints)
            if box is None:
                self._lose("bbox", "must be four numbers, sizes not below 0; the label was left out")
                return None
            if raw_box is not None:
                self._lose("bbox", "must be four numbers, sizes not below 0; it was computed from the shape")
        elif shortest_size(box[0], box[2]) == raw_box[2] and shortest_size(box[1], box[3]) == raw_box[3]:
            size_given = raw_box[2:]
        else:
            given["bbox"] = raw_box
        is_plain = size_given is not None and points is None
        area = self._area(item, lambda: size_given[0] * size_given[1] if is_plain else None)
        return box, points, None, area, size

    def _corners(self, raw: object) -> Corners | None:
        if not isinstance(raw, list) or len(raw) != 4 or not set(map(type, raw)) <= _NUMBERS:
            return None
        x, y, w, h = raw
        x1, y1 = x + w, y + h
        if w < 0 or h < 0 or min(x, y) < -MAX_COORDINATE or max(x1, y1) > MAX_COORDINATE:
            return None
        return float(x), float(y), float(x1), float(y1)

    def _points(self, raw: list[Any]) -> str | None:
        parts = []
        for flat in raw:
            is_flat = (
                isinstance(flat, list)
                and len(flat) >= 6
                and len(flat) % 2 == 0
                and set(map(type, flat)) <= _NUMBERS
            )
            if not is_flat:
                self._lose(
                    "segmentation", "a polygon must be a flat list of at least 3 points x, y; it was left out"
                )
            elif min(flat) < -MAX_COORDINATE or max(flat) > MAX_COORDINATE:
                self._lose("segmentation", "a polygon with numbers that are too large was left out")
            else:
                pairs = iter(flat)
                parts.append([list(zip(pairs, pairs, strict=True))])
        if sum(len(part[0]) for part in parts) > MAX_POINTS:
            self._lose("segmentation", f"a polygon with more than {MAX_POINTS:,} points was left out")
            return None
        return encode_points(parts) if parts else None

    def _mask(
        self,
        raw: dict[str, Any],
        size: tuple[int, int] | None,
        raw_box: list[float] | None,
        given: dict[str, Any],
    ) -> tuple[masks.Bounds, bytes, tuple[int, int]] | None:
        sides = raw.get("size")
        if (
            not isinstance(sides, list)
            or len(sides) != 2
            or not all(is_id(side) and 0 < side <= MAX_COORDINATE for side in sides)
        ):
            self._lose("segmentation", "RLE needs a size [height, width]; the mask was left out")
            return None
        height, width = sides
        if size and size != (width, height):
            self._lose("segmentation", "RLE has another size than the image; the mask was left out")
            return None
        hint = None
        if raw_box and all(number == int(number) for number in raw_box):
            left, top = int(raw_box[0]), int(raw_box[1])
            hint = (left, top, left + int(raw_box[2]), top + int(raw_box[3]))
        try:
            counts = masks.parse_counts(raw.get("counts"), width, height)
            found = masks.coco_mask(counts, height, box=hint)
        except DomainError as error:
            self._lose("segmentation", f"{error.message} The mask was left out.")
            return None
        if found is None:
            self._lose("segmentation", "a mask without pixels was left out")
            return None
        if not masks.is_canonical(counts, raw.get("counts")):
            self._lose(
                "segmentation", "RLE was not in its usual form; the same pixels are written another way"
            )
        if isinstance(raw.get("counts"), list):
            given["counts"] = "list"
        return *found, (width, height)

    def _area(self, item: dict[str, Any], compute: Callable[[], float | None]) -> float | None:
        """Return the area of the file unless it is what we would compute."""
        raw = item.get("area")
        if raw is None:
            return None
        if type(raw) not in _NUMBERS or not 0 <= raw <= _MAX_AREA:
            self._lose("area", "must be a number not below 0; it will be computed")
            return None
        return None if raw == compute() else raw

    def _keypoints(
        self, item: dict[str, Any], count: int, given: dict[str, Any]
    ) -> tuple[KeypointRecord, ...] | None:
        raw, total = item.get("keypoints"), item.get("num_keypoints")
        if total is not None and not is_id(total):
            self._lose("num_keypoints", "must be a whole number; it will be counted")
        if raw is None:
            if is_id(total):
                given["num_keypoints"] = total
            return None
        if not isinstance(raw, list) or len(raw) != 3 * count or not set(map(type, raw)) <= _NUMBERS:
            if raw:
                self._lose(
                    "keypoints", "must be x, y, v for each keypoint of the category; they were left out"
                )
            return None
        found = []
        for place in range(count):
            x, y, flag = raw[3 * place : 3 * place + 3]
            if flag not in (0, 1, 2) or not (is_number(x) and is_number(y)):
                self._lose("keypoints", "needs v of 0, 1 or 2 and numbers in range; the point was left out")
            elif flag:
                found.append(KeypointRecord(place, float(x), float(y), flag == 2))
            elif x or y:
                given["keypoints"] = raw  # an absent point with a place: only the file's own numbers say it
        if is_id(total) and total != len(found):
            given["num_keypoints"] = total
        return tuple(found)

    def _is_crowd(self, raw: object) -> bool:
        if raw not in (0, 1):
            self._lose("iscrowd", "must be 0 or 1; taken as 0")
        return raw == 1

    def _score(self, raw: object) -> float | None:
        if raw is None:
            return None
        if type(raw) not in _NUMBERS or not is_number(raw):
            self._lose("score", "must be a number, not kept")
            return None
        return float(raw)  # type: ignore[arg-type]


def _computed_box(points: str | None, keypoints: tuple[KeypointRecord, ...] | None) -> Corners | None:
    if points is not None:
        return bounds_of_points(decode_points(points))
    if keypoints:
        xs, ys = [point.x for point in keypoints], [point.y for point in keypoints]
        return min(xs), min(ys), max(xs), max(ys)
    return None
