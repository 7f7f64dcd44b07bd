"""Boxes, multipolygons, their text, areas, and how a patch changes the geometry of a label."""

import json
import math
import random

import numpy as np
import orjson
import pytest

from annotator.domain import geometry as g, masks
from annotator.domain.errors import Invalid, TooLarge

SQUARE = [[10, 10], [20, 10], [20, 20], [10, 20]]
NOT_NUMBERS = [float("nan"), float("inf"), -float("inf"), True, None, "1", 10**400, 1_000_001, [1], {}]


def refusal(call, *args, **kwargs):
    with pytest.raises(Invalid) as caught:
        call(*args, **kwargs)
    return caught.value


def scribbles(rng, parts=2, rings=2, size=20):
    def ring():
        return [[rng.uniform(0, size), rng.uniform(0, size)] for _ in range(rng.randint(3, 8))]

    return [[ring() for _ in range(rings)] for _ in range(parts)]


# --- boxes ---


@pytest.mark.parametrize(
    "raw", [*([0, 0, bad, 5] for bad in NOT_NUMBERS), None, "0,0,1,1", [1, 2, 3], [1, 2, 3, 4, 5], {"x": 1}]
)
def test_what_is_no_box_is_refused(raw):
    assert refusal(g.parse_box, raw).field == "box"


@pytest.mark.parametrize("raw", [[5, 0, 4.999, 5], [0, 5, 5, 4]])
def test_a_box_is_ordered(raw):
    assert "right end" in refusal(g.parse_box, raw).message
    assert "right end" in refusal(g.Box, *map(float, raw)).message


def test_a_box_keeps_its_numbers_and_may_have_no_area():
    box = g.parse_box([0.1, 1 / 3, 0.1, 7])
    assert box.as_tuple() == (0.1, 1 / 3, 0.1, 7.0)
    assert (box.width, box.height) == (0.0, 7 - 1 / 3)
    assert math.copysign(1, g.parse_box([-0.0, 0, 1, 1]).x0) == 1


def test_outside_means_wholly_outside():
    for x0, y0, x1, y1 in [(-5, -5, 0, 0), (100, 80, 110, 90), (-5, -5, 200, 200), (99, 0, 130, 1)]:
        g.check_inside(g.Box(x0, y0, x1, y1), 100, 80)
    for x0, y0, x1, y1 in [(-5, 0, -0.001, 9), (0, -9, 5, -1), (100.01, 0, 120, 9), (0, 80.5, 9, 99)]:
        error = refusal(g.check_inside, g.Box(x0, y0, x1, y1), 100, 80)
        assert (error.code, error.field) == ("outside", "box") and "100 x 80" in error.message
    g.check_inside(g.Box(500, 500, 501, 501), 0, None)


def test_clip_box():
    assert g.clip_box(g.Box(-5, 10.5, 50, 90), 40, 80) == g.Box(0, 10.5, 40, 80)
    assert g.clip_box(g.Box(-5, 0, 0, 9), 40, 80) == g.Box(0, 0, 0, 9)
    assert g.clip_box(g.Box(41, 0, 50, 9), 40, 80) is None


# --- points and their text ---


def test_text_holds_the_very_same_numbers():
    rng = random.Random(5)
    numbers = [rng.uniform(-1e6, 1e6) for _ in range(300)]
    numbers += [rng.randint(-1000, 1000) for _ in range(200)] + [
        float(rng.randint(0, 10**6)) for _ in range(100)
    ]
    numbers += [0.1, 1e-7, 5e-324, 1.05, 100.5, 10.0, 1e6, -1e6, 353.37, 0.30000000000000004] * 3
    points = [[[list(pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]]]
    text = g.encode_points(points)
    for reader in (json.loads, orjson.loads, g.decode_points):
        assert reader(text) == points
    assert ".0," not in text and ".0]" not in text and " " not in text


def test_whole_numbers_have_no_fraction_and_no_sign_of_zero():
    text = g.encode_points([[[[1.0, -0.0], [-0.0, 2], [100.0, 1e6]]]])
    assert text == "[[[[1,0],[0,2],[100,1000000]]]]"
    assert not set(".e") & set(text)


@pytest.mark.parametrize(
    "raw",
    [None, "x", 5, {}, [], [[]], [[[]]], [[[[1, 2], [3, 4]]]], [SQUARE], SQUARE, [[SQUARE], []], [[SQUARE, []]],
     [[[[1, 2], [3, 4], 5]]], [[[[1, 2], [3, 4], [5]]]], [[[[1, 2], [3, 4], [5, 6, 7]]]], [[[[1, 2], [3, 4], "56"]]],
     *([[[[1, 2], [3, 4], [5, bad]]]] for bad in NOT_NUMBERS)],
)  # fmt: skip
def test_what_is_no_multipolygon_is_refused(raw):
    assert refusal(g.parse_points, raw).field == "points"


def test_points_stay_as_given():
    ring = [[1, 2], [1, 2], [3.5, 4], [1, 2]]
    assert g.parse_points([[ring, SQUARE], (tuple(map(tuple, SQUARE)),)]) == [[ring, SQUARE], [SQUARE]]
    assert type(g.parse_points([[ring]])[0][0][0][0]) is int


def test_too_many_points_are_refused():
    ring = [[i, i % 7] for i in range(60)]
    assert g.parse_points([[ring]], limit=60)
    with pytest.raises(TooLarge):
        g.parse_points([[ring]], limit=59)
    with pytest.raises(TooLarge):
        g.parse_points([[ring], [SQUARE]], limit=60)


def test_bounds_and_simple_rings():
    points = [[SQUARE, [[12, 12], [14, 12], [12, 14]]], [[[-3, 50.5], [0, 51], [1, 60]]]]
    assert g.bounds(points) == g.Box(-3, 10, 20, 60)
    assert g.is_simple_ring([[SQUARE]])
    assert not g.is_simple_ring(points[:1]) and not g.is_simple_ring([[SQUARE], [SQUARE]])


# --- containment and area ---


def test_contains_agrees_with_the_pixels():
    rng = random.Random(2)
    for _ in range(20):
        points = [
            [[[round(2 * x) / 2, round(2 * y) / 2] for x, y in ring] for ring in part]
            for part in scribbles(rng, size=12)
        ]
        mask = masks.rasterise(points, 0, 0, 13, 13)
        inside = np.array([[g.contains(points, x + 0.5, y + 0.5) for x in range(13)] for y in range(13)])
        assert (mask == inside).all()


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([[SQUARE]], 100),
        ([[[*SQUARE, SQUARE[0]]]], 100),
        ([[SQUARE[::-1]]], 100),
        ([[SQUARE, [[12, 12], [12, 16], [16, 16], [16, 12]]]], 84),
        ([[SQUARE, [[15, 15], [25, 15], [25, 25], [15, 25]]]], 150),
        ([[SQUARE], [[[15, 15], [25, 15], [25, 25], [15, 25]]]], 175),
        ([[SQUARE], [SQUARE]], 100),
        ([[SQUARE, SQUARE]], 0),
        ([[[[0, 0], [10, 10], [10, 0], [0, 10]]]], 50),
        ([[[[0, 0], [5, 5], [9, 9]]]], 0),
        ([[[[1, 1], [1, 1], [1, 1]]]], 0),
        (
            [[[[0, 0], [30, 0], [30, 30], [0, 30]], [[5, 5], [25, 5], [25, 25], [5, 25]], SQUARE]],
            900 - 400 + 100,
        ),
    ],
)
def test_areas_of_known_shapes(points, expected):
    assert g.area(points) == expected


def test_area_of_anything_is_what_fine_pixels_count():
    rng, fine = random.Random(8), 16
    for _ in range(30):
        points = scribbles(rng, parts=rng.randint(1, 3), rings=rng.randint(1, 2))
        enlarged = [[[[x * fine, y * fine] for x, y in ring] for ring in part] for part in points]
        counted = masks.mask_area(masks.rasterise(enlarged, 0, 0, 20 * fine, 20 * fine)) / fine**2
        rings = [ring for part in points for ring in part]
        length = sum(
            math.dist(a, b) for ring in rings for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
        )
        assert g.area(points) == pytest.approx(counted, abs=0.02 * length)


def test_area_of_hostile_polygons_ends():
    rng = random.Random(9)
    scribble = [[rng.uniform(0, 4000), rng.uniform(0, 4000)] for _ in range(8_000)]
    assert g.area([[scribble]]) >= 0
    assert g.area([[[[i, 0], [i + 1, 0], [i, 1]]] for i in range(1_000)]) == 500


# --- patches ---

UUID = "0190f7a0-0000-7000-8000-000000000001"
UUID2 = "0190f7a0-0000-7000-8000-000000000002"
POLYGON = {"points": [[[[1, 2], [30.5, 4], [5, 60]]]]}
MASK = {"box": [2, 3, 6, 5], "mask": [1, 3, 6, 1]}
POINTS = {
    "keypoints": [{"keypoint_class": UUID, "x": 4, "y": 8.5}, {"keypoint_class": UUID2, "x": 40, "y": 5}]
}
WITH_ALL = {**MASK, **POLYGON, **POINTS}


def made(patch, current=None):
    return g.parse_geometry(patch, 100, 80, current)


def test_a_new_label_of_each_shape():
    assert made({"box": [1, 2, 3, 4.5]}) == g.Geometry(g.Box(1, 2, 3, 4.5), "box")
    polygon = made(POLYGON)
    assert (polygon.box, polygon.shape) == (g.Box(1, 2, 30.5, 60), "polygon")
    assert polygon.points == "[[[[1,2],[30.5,4],[5,60]]]]"
    mask = made(MASK)
    assert (mask.box, mask.shape, masks.unpack_runs(mask.mask)) == (g.Box(2, 3, 6, 5), "mask", [1, 3, 6, 1])
    points = made(POINTS)
    assert (points.box, points.shape) == (g.Box(4, 5, 40, 8.5), "keypoints")
    everything = made(WITH_ALL)
    assert everything.shape == "mask" and everything.points and everything.keypoints
    assert made({**POINTS, "box": [0, 0, 50, 50], "shape": "box"}).shape == "box"


def test_a_label_needs_a_geometry():
    for patch in ({}, {"concept": "x"}, {"box": None}, {"points": None}, {"keypoints": []}, {"shape": "box"}):
        assert refusal(made, patch).field == "box"
    assert "relative" in refusal(made, {"mask": [1, 1]}).message


def test_fields_that_are_not_in_the_patch_stay():
    label = made(WITH_ALL)
    assert made({"concept": "other"}, label) is label
    moved = made({"box": [12, 13, 16, 15]}, label)
    assert (moved.mask, moved.points, moved.keypoints) == (label.mask, label.points, label.keypoints)
    assert moved.box == g.Box(12, 13, 16, 15)


def test_null_takes_a_field_away():
    label = made(WITH_ALL)
    label = made({"mask": None}, label)
    assert (label.shape, label.mask) == ("polygon", None)
    label = made({"points": None}, label)
    assert (label.shape, label.points, label.box) == ("keypoints", None, g.Box(2, 3, 6, 5))
    label = made({"keypoints": None}, label)
    assert label == g.Geometry(g.Box(2, 3, 6, 5), "box")
    assert made({"box": None}, made(POLYGON)).box == g.Box(1, 2, 30.5, 60)


def test_the_box_follows_new_points():
    label = made({**POLYGON, "box": [0, 0, 50, 70]})
    assert label.box == g.Box(0, 0, 50, 70)
    assert made({"points": [[SQUARE]]}, label).box == g.Box(10, 10, 20, 20)
    assert made({"points": [[SQUARE]], "box": [9, 9, 21, 21]}, label).box == g.Box(9, 9, 21, 21)


def test_the_box_follows_keypoints_only_where_it_was_computed():
    one = {"keypoints": [{"keypoint_class": UUID, "x": 7, "y": 7}]}
    assert made(one, made(POINTS)).box == g.Box(7, 7, 7, 7)
    assert made(one, made({**POINTS, "box": [0, 0, 50, 50]})).box == g.Box(0, 0, 50, 50)


def test_a_mask_moves_with_its_box_but_keeps_its_size():
    label = made(MASK)
    assert made({"box": [0, 0, 4, 2]}, label).mask == label.mask
    assert "4 x 2" in refusal(made, {"box": [0, 0, 4, 3]}, label).message
    assert refusal(made, {"box": [0.5, 0, 4.5, 2]}, label).field == "box"
    assert masks.unpack_runs(made({"box": [0, 0, 9, 9], "mask": [81, 1]}, label).mask) == [81, 1]
    assert refusal(made, {"box": [0, 0, 2, 2], "mask": [4, 2]}).field == "mask"
    assert refusal(made, {"box": [0, 0, 0, 2], "mask": [1, 1]}).field == "box"


@pytest.mark.parametrize("shape", ["polygon", "mask", "keypoints", "circle", 5])
def test_the_shape_must_fit(shape):
    assert refusal(made, {"box": [0, 0, 5, 5], "shape": shape}).field == "shape"
    assert refusal(made, {**POLYGON, "shape": "box"}).field == "shape"


def test_what_lies_outside_is_refused_only_when_it_changes():
    far = [[[[500, 500], [510, 500], [500, 510]]]]
    assert refusal(made, {"points": far}).code == "outside"
    assert refusal(made, {"points": far, "box": [0, 0, 5, 5]}).field == "points"
    assert (
        refusal(made, {"keypoints": [{"keypoint_class": UUID, "x": 900, "y": 1}], "box": [0, 0, 5, 5]}).field
        == "keypoints"
    )
    label = g.parse_geometry({"points": far}, None, None)
    assert made({"concept": "x"}, label) is label
    assert made({"box": [500, 500, 510, 510]}, label) == label
    assert refusal(made, {"box": [501, 501, 510, 510]}, label).code == "outside"


def test_a_patch_keeps_every_bit():
    x = 0.1 + 0.2
    label = made({"points": [[[[x, 1 / 3], [2 / 3, 7], [9.000000000000002, 1]]]]})
    assert g.decode_points(label.points) == [[[[x, 1 / 3], [2 / 3, 7], [9.000000000000002, 1]]]]
    assert label.box == g.Box(x, 1 / 3, 9.000000000000002, 7)
