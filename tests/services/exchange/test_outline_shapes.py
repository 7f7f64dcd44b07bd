"""Rotated boxes, ellipses and polylines in exports: the very outline, without a loss, and back as polygons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.geometry import bounds, encode_points
from annotator.models import Label
from tests.services.exchange.test_round_trips import exported, imported
from tests.world import World

SHAPES = json.loads((Path(__file__).parents[3] / "fixtures/geometry/outline_shapes.json").read_text("utf-8"))


@pytest.fixture
def drawn(w: World) -> list[Any]:
    """The outlines of a rotated box, an ellipse and a polyline on the first image, in the order of the classes."""
    cases = SHAPES["shapes"][:3]
    for z, case in enumerate(cases):
        at = bounds(case["points"]).as_tuple()
        w.box(w.images[0], at=at, shape=case["shape"], points=encode_points(case["points"]), z=z)
    return [case["points"] for case in cases]


def test_coco_holds_the_outlines_and_brings_them_back(w: World, drawn: list[Any]) -> None:
    files = exported(w, w.project, include_images=True)
    rows = sorted(json.loads(files["annotations.json"])["annotations"], key=lambda row: row["id"])
    flat = [[[number for point in points[0][0] for number in point]] for points in drawn]
    assert [row["segmentation"] for row in rows] == flat
    assert rows[2]["area"] == 0 and rows[0]["area"] == pytest.approx(200 * 80)
    copy, _ = imported(w, files)
    labels = Label.all_objects.filter(project=copy)
    assert {(row.shape, row.points) for row in labels} == {
        ("polygon", encode_points(points)) for points in drawn
    }


def test_other_formats_hold_the_outlines(w: World, drawn: list[Any]) -> None:
    hasty = next(
        json.loads(content)
        for name, content in exported(w, w.project, "json_v1.1").items()
        if name.endswith(".json") and b'"polygon"' in content
    )
    labels = [label for image in hasty["images"] for label in image["labels"]]
    assert [len(label["polygon"]) for label in labels] == [len(points[0][0]) for points in drawn]
    voc = b"".join(c for n, c in exported(w, w.project, "pascal").items() if n.endswith(".xml"))
    assert voc.count(b"<polygon>") == 3
    yolo = exported(w, w.project, "yolo")
    rows = [
        line.split() for n, c in yolo.items() if n.startswith("labels/") for line in c.decode().splitlines()
    ]
    # The ring of a line ends where it began; YOLO does not repeat that point.
    assert [len(row) - 1 for row in rows] == [8, 2 * len(drawn[1][0][0]), 2 * (len(drawn[2][0][0]) - 1)]
