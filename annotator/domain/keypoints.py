"""Keypoints of a label: checks, the one text codec, bounds and COCO's visibility flags; schemas live in models and services."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from .errors import Invalid, TooLarge
from .ids import parse_uuid, uuid7
from .polygons import MAX_COORDINATE, is_number
from .records import KeypointRecord
from .text import check_float

#: Most keypoints that one label may have.
MAX_KEYPOINTS = 2_000


@dataclass(frozen=True, slots=True)
class Keypoint:
    """One point of a label in image pixels. `visible` False means occluded; an absent point is not in the list.

    `order` sorts the points of a polyline schema and is free otherwise.
    """

    id: uuid.UUID
    keypoint_class: uuid.UUID
    x: float
    y: float
    visible: bool = True
    order: float = 0.0


def parse_keypoints(raw: object, *, field: str = "keypoints") -> tuple[Keypoint, ...]:
    """Return the untrusted native list of objects {id?, keypoint_class, x, y, visible?, order?} as keypoints.

    A missing id is made here, a missing `visible` is true, a missing `order` is the place in the list. Invalid, naming
    `field`: wrong types, coordinates that are not finite numbers in range, ids that are no uuid or come twice.
    TooLarge: more than MAX_KEYPOINTS.
    """
    if raw is None:
        return ()
    if not isinstance(raw, list | tuple):
        raise Invalid("keypoints must be a list.", field=field)
    if len(raw) > MAX_KEYPOINTS:
        raise TooLarge(f"A label may have at most {MAX_KEYPOINTS:,} keypoints.", field=field)
    points = tuple(_parse_one(item, place, field) for place, item in enumerate(raw))
    if len({point.id for point in points}) < len(points):
        raise Invalid("Two keypoints have the same id.", field=field)
    return points


def _parse_one(item: object, place: int, field: str) -> Keypoint:
    where = f"{field}.{place}"
    if not isinstance(item, Mapping):
        raise Invalid("A keypoint must be an object with keypoint_class, x and y.", field=where)
    given_id = item.get("id")
    identity = uuid7() if given_id is None else parse_uuid(given_id)
    if identity is None:
        raise Invalid("The id of a keypoint must be a uuid.", field=f"{where}.id")
    keypoint_class = parse_uuid(item.get("keypoint_class"))
    if keypoint_class is None:
        raise Invalid("keypoint_class must be a uuid.", field=f"{where}.keypoint_class")
    x, y = item.get("x"), item.get("y")
    for axis, value in (("x", x), ("y", y)):
        if not is_number(value):
            raise Invalid(
                f"{axis} must be a finite number within {MAX_COORDINATE:,.0f} pixels.",
                field=f"{where}.{axis}",
            )
    visible = item.get("visible", True)
    if not isinstance(visible, bool):
        raise Invalid("visible must be true or false.", field=f"{where}.visible")
    order = item.get("order")
    rank = float(place) if order is None else check_float(order, field=f"{where}.order", low=-1e15, high=1e15)
    return Keypoint(identity, keypoint_class, float(x), float(y), visible, rank)  # type: ignore[arg-type]


def encode_keypoints(points: Iterable[Keypoint]) -> str | None:
    """Return the stored text: the native JSON list, whole numbers without a fraction; None for no points."""
    rows = [
        {
            "id": str(point.id),
            "keypoint_class": str(point.keypoint_class),
            "x": point.x + 0.0,  # -0.0 becomes 0.0
            "y": point.y + 0.0,
            "visible": point.visible,
            "order": point.order + 0.0,
        }
        for point in points
    ]
    return orjson.dumps(rows).replace(b".0,", b",").replace(b".0}", b"}").decode("ascii") if rows else None


def decode_keypoints(text: str | None) -> tuple[Keypoint, ...]:
    """Return the keypoints of a stored text; it is trusted."""
    return tuple(
        Keypoint(
            uuid.UUID(row["id"]),
            uuid.UUID(row["keypoint_class"]),
            float(row["x"]),
            float(row["y"]),
            row["visible"],
            float(row["order"]),
        )
        for row in orjson.loads(text or "[]")
    )


def bounds_of_keypoints(points: Iterable[Keypoint]) -> tuple[float, float, float, float] | None:
    """Return (min x, min y, max x, max y) of all points, occluded ones included; None without points."""
    points = tuple(points)
    if not points:
        return None
    xs, ys = [point.x for point in points], [point.y for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def coco_flag(visible: bool | None) -> int:
    """Return COCO's v: 0 absent (None), 1 occluded, 2 visible."""
    return 0 if visible is None else 2 if visible else 1


def to_records(points: Iterable[Keypoint], places: Mapping[uuid.UUID, int]) -> tuple[KeypointRecord, ...]:
    """Return the points as a format says them: by the place of their class in the category's list of names.

    Of several points of a class the first in order counts; points of classes without a place are left out.
    """
    found: dict[int, KeypointRecord] = {}
    for point in sorted(points, key=lambda point: point.order):
        place = places.get(point.keypoint_class)
        if place is not None:
            found.setdefault(place, KeypointRecord(place, point.x, point.y, point.visible))
    return tuple(found[place] for place in sorted(found))


def from_records(records: Iterable[KeypointRecord], classes: Sequence[uuid.UUID]) -> tuple[Keypoint, ...]:
    """Return keypoints with new ids from a format's points; `classes` are the ids in the order of the category's names."""
    return tuple(
        Keypoint(
            uuid7(),
            classes[record.place],
            float(record.x),
            float(record.y),
            record.visible,
            float(record.place),
        )
        for record in records
    )
