"""Keypoints: untrusted lists, the stored text, bounds, and the way to and from file records."""

import json
import uuid

import pytest

from annotator.domain import keypoints as kp
from annotator.domain.errors import Invalid, TooLarge
from annotator.domain.records import KeypointRecord

A, B, C = (uuid.UUID(int=i) for i in (1, 2, 3))
NOSE = {"id": str(A), "keypoint_class": str(B), "x": 1, "y": 2.5, "visible": False, "order": 3}


def test_a_list_comes_back_from_its_text():
    points = kp.parse_keypoints([NOSE, {"keypoint_class": str(C), "x": 0.1, "y": 1e-7}])
    text = kp.encode_keypoints(points)
    assert kp.decode_keypoints(text) == points
    assert json.loads(text)[0] == NOSE and '"x":1,' in text
    assert points[1].visible and points[1].order == 1 and points[1].id != points[0].id
    assert kp.encode_keypoints(()) is None and kp.decode_keypoints(None) == () == kp.parse_keypoints(None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x"), ("id", 5), ("keypoint_class", None), ("keypoint_class", "0190f7a0"), ("visible", 1), ("visible", None),
        ("order", "1"), ("order", float("nan")), ("order", True), ("x", None), ("x", "1"), ("x", float("nan")),
        ("y", float("inf")), ("y", True), ("y", 10**30), ("y", 1_000_001),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(field, value):
    with pytest.raises(Invalid) as caught:
        kp.parse_keypoints([NOSE, {**NOSE, "id": str(C), field: value}])
    if (field, value) != ("visible", None):
        assert caught.value.field == f"keypoints.1.{field}"


@pytest.mark.parametrize("raw", ["x", {}, 5, [5], [None], [[1, 2]]])
def test_what_is_no_list_of_keypoints_is_refused(raw):
    with pytest.raises(Invalid):
        kp.parse_keypoints(raw)


def test_the_same_id_twice_and_too_many_are_refused():
    with pytest.raises(Invalid, match="same id"):
        kp.parse_keypoints([NOSE, NOSE])
    with pytest.raises(TooLarge):
        kp.parse_keypoints([NOSE] * (kp.MAX_KEYPOINTS + 1))


def test_bounds_hold_occluded_points():
    points = kp.parse_keypoints([NOSE, {**NOSE, "id": str(C), "x": 9, "y": -4, "visible": True}])
    assert kp.bounds_of_keypoints(points) == (1, -4, 9, 2.5)
    assert kp.bounds_of_keypoints(()) is None


def test_flags_of_coco():
    assert [kp.coco_flag(visible) for visible in (None, False, True)] == [0, 1, 2]


def test_records_know_places_not_classes():
    records = (KeypointRecord(0, 1.5, 2.0, False), KeypointRecord(2, 3.0, 4.0))
    points = kp.from_records(records, [A, B, C])
    assert [point.keypoint_class for point in points] == [A, C]
    assert kp.to_records(points, {A: 0, B: 1, C: 2}) == records
    assert kp.to_records(points, {C: 0}) == (KeypointRecord(0, 3.0, 4.0),)


def test_of_several_points_of_a_class_the_first_counts():
    points = kp.parse_keypoints([{**NOSE, "id": str(C), "order": 9, "x": 50}, NOSE])
    assert kp.to_records(points, {B: 0}) == (KeypointRecord(0, 1.0, 2.5, False),)
