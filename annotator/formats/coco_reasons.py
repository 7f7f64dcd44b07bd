"""Says what is wrong with a value of a COCO file: what was given and what is expected; the reader says what becomes of it."""

from __future__ import annotations

from typing import Any

from annotator.domain.polygons import MAX_COORDINATE

from .json_values import NOT_FINITE

_NUMBERS = {int, float}
_FLAT = "a polygon is a flat list x, y, x, y ..."


def kind_of(value: object) -> str:
    """Return what a JSON value is, in words: "an object", "the text NaN"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return value if value in NOT_FINITE else "a text"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else "a number"


def odd_one(values: list[Any]) -> str | None:
    """Return what the first value is that is no number, None when all are."""
    return next((kind_of(value) for value in values if type(value) not in _NUMBERS), None)


def of_box(raw: object) -> str:
    """Return what is wrong with a value that is no x, y, width, height."""
    if not isinstance(raw, list):
        return f"is {kind_of(raw)} instead of a list x, y, width, height"
    if len(raw) != 4:
        return f"has {len(raw) if len(raw) < 20 else 'many'} values instead of 4 (x, y, width, height)"
    if odd := odd_one(raw):
        return f"has {odd} among its four numbers"
    if raw[2] < 0 or raw[3] < 0:
        return "has a negative width or height"
    return f"has numbers beyond {MAX_COORDINATE:,.0f}"


def of_polygon(flat: object) -> str:
    """Return what is wrong with a value that is no polygon x, y, x, y ... of three points or more."""
    if isinstance(flat, dict):
        return "has an object in its list of polygons; RLE must not be in a list"
    if not isinstance(flat, list):
        return f"has {kind_of(flat)} in its list of polygons; {_FLAT}"
    if flat and all(isinstance(value, list) for value in flat):
        return f"has points in lists of their own [x, y]; {_FLAT}"
    if odd := odd_one(flat):
        return f"has a polygon with {odd} among its numbers"
    if len(flat) < 6:
        return "has a polygon with fewer than 3 points"
    if len(flat) % 2:
        return "has a polygon with an odd number of coordinates"
    return f"has a polygon with numbers beyond {MAX_COORDINATE:,.0f}"


def of_keypoints(raw: object, count: int) -> str:
    """Return what is wrong with a value that is no x, y, v for each of `count` keypoints."""
    if not isinstance(raw, list):
        return f"is {kind_of(raw)} instead of a list x, y, v, x, y, v ..."
    if not count:
        return "is given, but the category has no list of keypoints"
    if len(raw) != 3 * count:
        return "has another number of values than 3 for each keypoint of the category (x, y, v)"
    return f"has {odd_one(raw) or 'a wrong value'} among its numbers"
