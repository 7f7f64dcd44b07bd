"""Turns one object of COCO's `annotations` into a record; reading the file is the business of coco_import.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from annotator.domain import masks
from annotator.domain.errors import DomainError
from annotator.domain.polygons import (
    MAX_COORDINATE,
    MAX_POINTS,
    bounds_of_points,
    decode_points,
    encode_points,
    is_number,
    rotated_box,
)
from annotator.domain.records import KeypointRecord, LabelRecord, LossReport, TagRecord

from . import coco_reasons as reasons
from .coco_ids import Ids, as_id, is_id, is_text_id
from .decimals import shortest_size
from .json_values import storable

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
_OF_PLAIN_BOX = _OWN - {"keypoints", "num_keypoints", "score"}
_NUMBERS = {int, float}
_PLACES = frozenset(("bbox", "segmentation", "keypoints"))
_NOT_OURS = "not a part of COCO labels, not kept"
_MAX_AREA = 1e13
MAX_EXTERNAL_ID = 500


class LabelParser:
    """Makes records of annotations; what is wrong goes to the report under "annotations.<field>".

    `sizes` are (width, height) or None by the number of an image in `images`, `keypoint_counts` the number of keypoints by
    the number of a category in `categories`.
    """

    def __init__(
        self,
        images: Ids,
        sizes: Mapping[int, tuple[int, int] | None],
        categories: Ids,
        keypoint_counts: Mapping[int, int],
        report: LossReport,
    ) -> None:
        self._images, self._sizes = images, sizes
        self._categories, self._keypoint_counts = categories, keypoint_counts
        self._report = report
        self._place: tuple[Any, int] = (None, 0)

    def parse(self, item: dict[str, Any], index: int) -> LabelRecord | TagRecord | None:
        """Return the record of the object, None when there is nothing to keep; `index` counts from 0 for messages."""
        if plain := self._plain_box(item):
            return plain
        number: Any = as_id(item.get("id"))
        self._place = number, index
        external_id = ""
        if number is not None and not is_id(number):
            number, external_id = None, self._external_id(number)
        image, category = (
            self._images.find(item.get("image_id")),
            self._categories.find(item.get("category_id")),
        )
        if type(image) is not int or image not in self._sizes:
            self._lose("image_id", "names no image of the file; the label was left out")
            return None
        if type(category) is not int or category not in self._keypoint_counts:
            self._lose("category_id", "names no category of the file; the label was left out")
            return None
        if not item.keys() <= _OWN:
            self._lose_others(item)
        if not item.get("bbox") and is_of_image(item):
            return TagRecord(image, category, self._score(item.get("score")))
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
            external_id=external_id,
            outline="rotated_box" if points is not None and not item.get("segmentation") else "",
        )

    def _plain_box(self, item: dict[str, Any]) -> LabelRecord | None:
        """Return the record of a box with nothing besides and nothing to report, as most are; None for any other object.

        It is what `parse` makes of such a box step by step, in a third of the time.
        """
        image: Any = item.get("image_id")
        category: Any = item.get("category_id")
        number, raw, area, size = item.get("id"), item.get("bbox"), item.get("area", 0), None
        if type(image) is int and type(category) is int and category in self._keypoint_counts:
            size = self._sizes.get(image)
        if (
            size is None
            or not is_id(number)
            or not item.keys() <= _OF_PLAIN_BOX
            or item.get("segmentation")
            or item.get("iscrowd", 0) != 0
            or type(area) not in _NUMBERS
            or not 0 <= area <= _MAX_AREA
            or type(raw) is not list
            or len(raw) != 4
            or not set(map(type, raw)) <= _NUMBERS
        ):
            return None
        x, y, w, h = raw
        x1, y1 = x + w, y + h
        if min(raw) < 0 or x1 > size[0] or y1 > size[1]:
            return None
        box = float(x), float(y), float(x1), float(y1)
        if shortest_size(box[0], box[2]) != w or shortest_size(box[1], box[3]) != h:
            return None
        given_area = None if "area" not in item or area == w * h else area
        return LabelRecord(number, image, category, box, area=given_area, size=size)

    def _external_id(self, given: object) -> str:
        """Return the text of an id that is no number, or nothing; either is reported."""
        if is_text_id(given) and len(given) <= MAX_EXTERNAL_ID:
            self._lose("id", "is text; the label got a number and keeps the text as its external ID")
            return str(storable(given))
        self._lose("id", f"is {reasons.kind_of(given)} and no id, not kept; the label got a number")
        return ""

    def _lose_others(self, item: dict[str, Any]) -> None:
        """Report the fields that other tools write, each attribute by itself."""
        for key in sorted(item.keys() - _OWN):
            attributes = item[key] if key == "attributes" else None
            if not isinstance(attributes, dict):
                self._lose(key, _NOT_OURS)
                continue
            for name in sorted(attributes):
                if name != "rotation":
                    self._lose(f"attributes.{name}", _NOT_OURS)
                elif not _rotation(item) and not _is_number_of_turns(attributes[name]):
                    self._lose("attributes.rotation", "not applied: the shape says itself where it is")

    def _lose(self, field: str, reason: str) -> None:
        # By place when the id is none of 64 bits: the parser made 2**80 a float that stands nowhere in the file.
        number, index = self._place
        is_named = is_id(number) or is_text_id(number)
        where = f"annotation {number}" if is_named else f"annotations[{index}]"
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
            self._lose("segmentation", f"is {reasons.kind_of(raw)} instead of polygons or RLE, not kept")
        elif box and "attributes" in item and (degrees := _rotation(item)):
            corners = rotated_box(box, degrees)
            points = encode_points([[corners]])
            return bounds_of_points([[corners]]), points, None, self._area(item, lambda: None), size
        size_given: Any = None
        if box is None:
            box = _computed_box(points, keypoints)
            if box is None:
                self._lose("bbox", f"{reasons.of_box(raw_box)}; the label was left out")
                return None
            if raw_box is not None:
                self._lose("bbox", f"{reasons.of_box(raw_box)}; it was computed from the shape")
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
        # One ring without the list of polygons around it means the same.
        for flat in [raw] if type(raw[0]) in _NUMBERS else raw:
            if (
                not isinstance(flat, list)
                or len(flat) < 6
                or len(flat) % 2
                or not set(map(type, flat)) <= _NUMBERS
                or min(flat) < -MAX_COORDINATE
                or max(flat) > MAX_COORDINATE
            ):
                self._lose("segmentation", f"{reasons.of_polygon(flat)}; the polygon was left out")
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
            self._lose("segmentation", "has RLE without a size [height, width]; the mask was left out")
            return None
        height, width = sides
        if size and size != (width, height):
            self._lose("segmentation", "has RLE of another size than the image; the mask was left out")
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
                self._lose("keypoints", f"{reasons.of_keypoints(raw, count)}; they were left out")
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


def _rotation(item: dict[str, Any]) -> float:
    """Return by how many degrees a plain box is turned, as CVAT writes it; 0.0 when it is not."""
    attributes = item.get("attributes")
    degrees = attributes.get("rotation") if isinstance(attributes, dict) else None
    if type(degrees) not in _NUMBERS or item.get("segmentation") or item.get("keypoints"):
        return 0.0
    return float(degrees) % 360  # type: ignore[arg-type]


def _is_number_of_turns(degrees: object) -> bool:
    return type(degrees) in _NUMBERS and degrees % 360 == 0  # type: ignore[operator]


def is_of_image(item: dict[str, Any]) -> bool:
    """Tell whether an annotation names no place, not even a broken one: it is a tag of its whole image."""
    named = item.keys() & _PLACES
    if not named or item.get("area"):
        return not named
    return named >= {"bbox", "segmentation"} and all(item[key] == [] for key in named)
