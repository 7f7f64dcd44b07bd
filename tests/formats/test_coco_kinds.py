"""COCO files of other kinds and by other tools: image-level labels, attributes, rotated boxes, and what is refused by name."""

import json
import math

import pytest

from annotator.domain import outline_shapes
from annotator.domain.errors import Invalid
from annotator.domain.records import LabelRecord, TagRecord
from tests.formats.coco_files import read

IMAGES = [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}]
CATEGORIES = [{"id": 1, "name": "car"}, {"id": 2, "name": "pose", "keypoints": ["a"]}]
PLACE = {"id": 1, "image_id": 1, "category_id": 1}


def file(*annotations, **parts):
    return {"images": IMAGES, "categories": CATEGORIES, "annotations": list(annotations)} | parts


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.9}], r"list of detections.*\"annotations\" into the COCO file"),
        ([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}], r"list of annotations.*\"annotations\" into the COCO file"),
        ([{"image_id": 1, "caption": "a square"}], "list of captions"), ([{"image_id": 1, "segments_info": []}], "panoptic results"),
        ([{"id": 1, "data": {"image": "a.jpg"}, "annotations": []}], "Label Studio.*Export as COCO"), ([1, 2], "JSON list"), ([], "JSON list"),
        ([{"file_name": "a.jpg", "width": 1}], "list of images"),
        ({"images": IMAGES, "annotations": [{"id": 1, "image_id": 1, "caption": "a square"}]}, "captions, sentences"),
        ({"version": "5", "shapes": [], "imagePath": "a.jpg"}, "LabelMe"), ({"_via_img_metadata": {}}, "VGG Image Annotator"),
        ({"project_name": "x", "export_format_version": "1.1"}, "JSON 1.1"), ({"questions": []}, "VQA"),
        ({"type": "FeatureCollection", "features": []}, "GeoJSON"), ({"a": 1}, "neither images nor annotations, but a"),
        ({"annotations": [PLACE]}, "no list of images"),
    ],
)  # fmt: skip
def test_what_is_no_coco_of_labels_is_refused_by_name(data, words):
    for text in (json.dumps(data), "\ufeff \n" + json.dumps(data, indent=1)):
        with pytest.raises(Invalid, match=words):
            read(text.encode())


def test_a_file_of_images_and_classes_alone_is_read():
    reader, images, labels, report = read({"images": IMAGES, "categories": CATEGORIES, "info": {}})
    assert (len(images), labels, report.is_empty, reader.has_tags) == (1, [], True, False)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"iscrowd": 0},
        {"bbox": [], "segmentation": []},
        {"bbox": [], "segmentation": [], "area": 0},
    ],
)
def test_an_annotation_without_a_place_is_a_tag(more):
    reader, _, found, report = read(file(PLACE | more, PLACE | {"id": 2, "score": 0.5}))
    assert found == [TagRecord(1, 1), TagRecord(1, 1, 0.5)] and report.is_empty and reader.has_tags


@pytest.mark.parametrize(
    "more",
    [
        {"bbox": None},
        {"segmentation": []},
        {"bbox": [], "segmentation": [], "area": 5},
        {"keypoints": []},
        {"bbox": []},
    ],
)
def test_a_broken_place_makes_no_tag(more):
    _, _, found, report = read(file(PLACE | more))
    assert found == [] and "left out" in report.lines[-1].reason


def test_labels_and_tags_in_one_file():
    reader, _, found, _ = read(file(PLACE | {"bbox": [1, 2, 3, 4]}, PLACE, PLACE | {"image_id": 7}))
    assert [type(one) for one in found] == [LabelRecord, TagRecord] and not reader.has_tags


def test_fields_of_other_tools_are_reported_one_by_one():
    cvat = {"attributes": {"occluded": True, "rotation": 0.0, "track_id": 7, "keyframe": False}}
    notes = [PLACE | {"id": n, "bbox": [1, 2, 3, 4]} | cvat for n in range(3)]
    notes[0] |= {
        "track_id": 9,
        "category_ids": [1, 2],
        "extra": {"user": 1},
        "attributes": {"color": "red"},
    }
    _, _, found, report = read(file(*notes))
    assert len(found) == 3 and all(label.is_changed for label in found)
    others = (2, ["annotation 1", "annotation 2"])
    assert {line.field: (line.count, line.examples) for line in report.lines} == {
        "annotations.attributes.color": (1, ["annotation 0"]),
        "annotations.category_ids": (1, ["annotation 0"]),
        "annotations.extra": (1, ["annotation 0"]),
        "annotations.track_id": (1, ["annotation 0"]),
        "annotations.attributes.occluded": others,
        "annotations.attributes.track_id": others,
        "annotations.attributes.keyframe": others,
    }


@pytest.mark.parametrize(
    ("degrees", "corners"),
    [
        (90, [[35, 10], [35, 30], [15, 30], [15, 10]]), (180, [[35, 30], [15, 30], [15, 10], [35, 10]]),
        (-90, [[15, 30], [15, 10], [35, 10], [35, 30]]), (450.0, [[35, 10], [35, 30], [15, 30], [15, 10]]),
    ],
)  # fmt: skip
def test_a_turned_box_becomes_a_rotated_box(degrees, corners):
    turned = {"bbox": [15, 10, 20, 20], "area": 400, "attributes": {"rotation": degrees}, "segmentation": []}
    _, _, (label,), report = read(file(PLACE | turned))
    assert json.loads(label.points) == [[corners]] and label.box == (15, 10, 35, 30)
    assert label.shape == "rotated_box" and outline_shapes.fits("rotated_box", json.loads(label.points))
    assert report.is_empty


def test_a_box_turned_by_any_angle_keeps_its_sides():
    _, _, (label,), _ = read(file(PLACE | {"bbox": [20, 20, 20, 10], "attributes": {"rotation": 30}}))
    ((ring,),) = json.loads(label.points)
    first, second, third, _ = ring
    assert math.dist(first, second) == pytest.approx(20) and math.dist(second, third) == pytest.approx(10)
    assert math.degrees(math.atan2(second[1] - first[1], second[0] - first[0])) == pytest.approx(30)
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    assert label.box == (min(xs), min(ys), max(xs), max(ys))
    assert label.given is None, "the box of the file is none of the polygon's"


@pytest.mark.parametrize("rotation", [0, 0.0, 360, -720])
def test_a_box_that_is_not_turned_stays_a_box(rotation):
    _, _, (label,), report = read(file(PLACE | {"bbox": [1, 2, 3, 4], "attributes": {"rotation": rotation}}))
    assert label.shape == "box" and report.is_empty


def test_a_rotation_beside_a_polygon_is_reported_and_not_applied():
    ring = [1, 1, 9, 1, 9, 9]
    note = PLACE | {"bbox": [1, 1, 8, 8], "segmentation": [ring], "attributes": {"rotation": 45}}
    _, _, (label,), report = read(file(note))
    assert json.loads(label.points) == [[[[1, 1], [9, 1], [9, 9]]]]
    assert "not applied" in report.lines[0].reason
