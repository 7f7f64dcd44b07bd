"""Rotated boxes, ellipses and polylines: told by their points, kept while they fit, read as polygons by all others."""

import json
import math
from pathlib import Path

import orjson
import pytest

from annotator.domain import geometry as g, outline_shapes as shapes
from annotator.domain.errors import Invalid
from annotator.domain.scaling import scale_patch

VECTORS = json.loads((Path(__file__).parents[2] / "fixtures/geometry/outline_shapes.json").read_text("utf-8"))
TURNED, OVAL, LINE = (case["points"] for case in VECTORS["shapes"][:3])
NAMES = ("rotated_box", "ellipse", "polyline")


def patch_of(shape, points):
    return {"shape": shape, "points": points}


@pytest.mark.parametrize("case", VECTORS["shapes"], ids=lambda case: case["name"])
def test_points_fit_the_shape_that_made_them_and_no_other(case):
    assert [name for name in NAMES if shapes.fits(name, case["points"])] == [case["shape"]]
    stored = g.parse_geometry(patch_of(case["shape"], case["points"]), 640, 480)
    assert (stored.shape, stored.box) == (case["shape"], g.bounds(case["points"]))
    assert orjson.loads(stored.points) == case["points"]


@pytest.mark.parametrize("case", VECTORS["others"], ids=lambda case: case["name"])
def test_other_points_are_no_such_shape(case):
    for shape in NAMES:
        assert not shapes.fits(shape, case["points"])
        with pytest.raises(Invalid) as refused:
            g.parse_geometry(patch_of(shape, case["points"]), 640, 480)
        assert refused.value.field == "shape" and shape in refused.value.message
    assert not shapes.fits("box", case["points"]) and shapes.fits("polygon", case["points"])


def test_new_points_keep_the_shape_while_they_fit_it():
    stored = g.parse_geometry(patch_of("ellipse", OVAL), 640, 480)
    moved = [[[[x + 5.5, y - 3] for x, y in OVAL[0][0]]]]
    after = g.parse_geometry({"points": moved}, 640, 480, stored)
    assert (after.shape, after.box) == ("ellipse", g.bounds(moved))
    assert g.parse_geometry({"points": TURNED}, 640, 480, stored).shape == "polygon"
    assert (
        g.parse_geometry({"points": TURNED, "shape": "rotated_box"}, 640, 480, stored).shape == "rotated_box"
    )
    assert g.parse_geometry({"shape": "polygon"}, 640, 480, stored).shape == "polygon"
    assert g.parse_geometry({"z": 1}, 640, 480, stored) is stored
    masked = g.parse_geometry({"box": [0, 0, 2, 2], "mask": [1, 4], "points": None}, 640, 480, stored)
    assert masked.shape == "mask"
    with pytest.raises(Invalid):
        g.parse_geometry({"shape": "ellipse", "box": [0, 0, 2, 2]}, 640, 480)


def test_a_line_has_no_area_and_no_pixel_and_an_ellipse_nearly_its_own():
    assert g.area(LINE) == 0
    assert not g.contains(LINE, *LINE[0][0][1])
    assert list(shapes.polyline_points(LINE[0][0])) == LINE[0][0][: len(LINE[0][0]) // 2 + 1]
    frame = VECTORS["shapes"][1]["frame"]
    assert g.area(OVAL) == pytest.approx(math.pi * frame["w"] * frame["h"] / 4, rel=3e-3)


def test_scaling_keeps_what_still_fits():
    line = {"box": g.bounds(LINE).as_tuple(), **patch_of("polyline", LINE)}
    turned = {"box": g.bounds(TURNED).as_tuple(), **patch_of("rotated_box", TURNED)}
    assert scale_patch(line, (640, 480), (320, 480))["shape"] == "polyline"
    assert scale_patch(turned, (640, 480), (320, 240))["shape"] == "rotated_box"
    assert scale_patch(turned, (640, 480), (320, 480))["shape"] == "polygon"
