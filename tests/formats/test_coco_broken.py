"""COCO files that are wrong in places: the rest is imported, the report says what was not; what is no COCO is refused."""

import json

import numpy as np
import pytest

from annotator.domain import masks
from annotator.domain.errors import DomainError, Invalid
from annotator.domain.records import LossReport
from tests.formats.coco_files import generated, read, rle_of, round_trip

TINY = rle_of(np.eye(6, dtype=bool)[:4])


def one(**changes):
    """A file with one label, changed; a value of ... takes the field away."""
    label = {
        "id": 5,
        "image_id": 1,
        "category_id": 1,
        "bbox": [1, 1, 4, 3],
        "segmentation": [],
        "area": 12,
        "iscrowd": 0,
    }
    label = {key: value for key, value in (label | changes).items() if value is not ...}
    return {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 6, "height": 4}],
        "categories": [{"id": 1, "name": "c"}, {"id": 2, "name": "k", "keypoints": ["p", "q"]}],
        "annotations": [
            label,
            {"id": 6, "image_id": 1, "category_id": 1, "bbox": [0, 0, 2, 2], "area": 4, "iscrowd": 0},
        ],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image_id", 2), ("image_id", None), ("image_id", "one"), ("image_id", ""), ("image_id", True), ("image_id", [1]), ("image_id", ...),
        ("category_id", 9), ("category_id", {}), ("category_id", 1.5), ("category_id", ...),
        ("bbox", None), ("bbox", ...), ("bbox", [1, 2, 3]), ("bbox", [1, 2, -3, 4]), ("bbox", [1, 2, "3", 4]),
        ("bbox", [1, 2, float("nan"), 4]), ("bbox", [1, float("inf"), 3, 4]), ("bbox", {"x": 1}), ("bbox", [1, 2, True, 4]), ("bbox", [1, 2, 3e6, 4]), ("bbox", [1e300, 2, 3, 4]), ("bbox", "1,2,3,4"),
        ("bbox", [7, 1, 2, 2]), ("bbox", [-9, 1, 2, 2]),
    ],
)  # fmt: skip
def test_a_label_without_place_is_left_out_and_told(field, value):
    _, _, labels, report = read(one(**{field: value}))
    assert [label.number for label in labels] == [6]
    assert [(line.field, line.count) for line in report.lines] == [(f"annotations.{field}", 1)]
    assert "left out" in report.lines[0].reason and report.lines[0].examples == ["annotation 5"]


@pytest.mark.parametrize(
    "value",
    [
        "x", 5, [5], [[]], [[1, 2, 3, 4]], [[1, 2, 3, 4, 5, 6, 7]], [[1, 2, 3, 4, 5, "6"]], [[1, 2, 3, 4, 5, None]],
        [[1, 2, 3, 4, 5, 1e9]], [[1, 2, 3, 4, 5, float("nan")]], [1, 2, 3, 4], [1, 2, 3, 4, 5, None], [{"size": [4, 6], "counts": [24]}], [[[1, 2], [3, 4], [5, 6]]], [[1, 2, 3, 4, 5, True]], {"counts": [24]}, {"size": [4, 6]},
        {"size": [4, 6], "counts": [24]}, {"size": [4, 6], "counts": [3, 4]}, {"size": [4, 6], "counts": "zzz"},
        {"size": [4, 6], "counts": [-1, 25]}, {"size": [6, 4], "counts": [3, 21]}, {"size": ["4", 6], "counts": [3, 21]},
        {"size": [4, 6], "counts": None}, {"size": [4], "counts": []}, {"size": [4, 6], "counts": [3.5, 20.5]},
    ],
)  # fmt: skip
def test_a_broken_segmentation_leaves_the_box(value):
    _, _, labels, report = read(one(segmentation=value))
    assert [label.shape for label in labels] == ["box", "box"] and labels[0].box == (1, 1, 5, 4)
    assert [line.field for line in report.lines] == ["annotations.segmentation"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("bbox", None, "is null instead of"), ("bbox", {"x": 1}, "is an object instead of"), ("bbox", [1, 2, 3], "has 3 values instead of 4"),
        ("bbox", ["1", 2, 3, 4], "has a text among"), ("bbox", [1, float("nan"), 3, 4], "has NaN among"),
        ("bbox", [1, 2, float("-inf"), 4], "has -Infinity among"), ("bbox", [1, 2, -3, 4], "negative width or height"),
        ("bbox", [1, 2, 1e308, 4], "numbers beyond 1,000,000;"), ("segmentation", 5, "is a number instead of polygons or RLE"),
        ("segmentation", [[1, 2, 3, 4]], "fewer than 3 points"), ("segmentation", [1, 2, 3, 4, 5, 6, 7], "odd number"),
        ("segmentation", [1, 2, 3, 4, 5, "6"], "a text among"), ("segmentation", [[1, 2, 3, 4, 5, None]], "null among"),
        ("segmentation", [[[1, 2], [3, 4], [5, 6]]], "points in lists of their own"), ("segmentation", ["1,2,3"], "a text in its list"),
        ("segmentation", [{"size": [4, 6], "counts": "x"}], "RLE must not be in a list"),
        ("keypoints", [1, 2], "category has no list of keypoints"), ("keypoints", {"nose": 1}, "is an object instead of"),
    ],
)  # fmt: skip
def test_the_report_says_what_is_wrong_with_what_was_given(field, value, words):
    _, _, _, report = read(one(**{field: value}))
    assert [words in line.reason for line in report.lines] == [True], report.as_json()


def test_a_ring_without_the_list_around_it_is_a_polygon():
    ring = [1.5, 1, 5, 1, 5, 4, 1, 4]
    flat, nested = read(one(segmentation=ring)), read(one(segmentation=[ring]))
    assert flat[2] == nested[2] and flat[2][0].shape == "polygon" and flat[3].is_empty


def test_nan_in_a_label_costs_this_label_alone():
    data = one()
    data["annotations"] = [
        data["annotations"][1] | {"id": n, "bbox": [float("nan") if n % 10 == 3 else 0, 0, 2, 2]}
        for n in range(400)
    ]
    _, images, labels, report = read(data)
    assert [label.number for label in labels] == [n for n in range(400) if n % 10 != 3]
    assert [(line.field, line.count) for line in report.lines] == [("annotations.bbox", 40)]
    assert report.lines[0].examples[:2] == ["annotation 3", "annotation 13"]


def test_nan_in_what_is_kept_is_told_and_kept_as_text():
    data = one()
    data["images"][0] |= {"brightness": float("nan"), "note": "fine"}
    data["categories"][0]["weight"] = float("inf")
    reader, images, _, report = read(data)
    assert images[0].extra == {"brightness": "NaN", "note": "fine"}
    assert reader.categories[0].extra == {"weight": "Infinity"}
    assert {line.field for line in report.lines} == {"images.brightness", "categories.weight"}


def test_ids_written_as_text():
    data = one(id="abc", image_id="1", category_id="1")
    data["images"] += [{"id": "img-two", "file_name": "b.jpg"}, {"id": "002", "file_name": "c.jpg"}, {"id": 2.0, "file_name": "d.jpg"}]  # fmt: skip
    data["categories"].append({"id": "dog", "name": "dog"})
    more = {"bbox": [0, 0, 1, 1]}
    data["annotations"] += [
        more | {"id": "2", "image_id": "img-two", "category_id": "dog"}, more | {"id": 3.0, "image_id": "002", "category_id": 1.0},
        more | {"id": 4, "image_id": "2", "category_id": 1}, more | {"id": 9, "image_id": "img-three", "category_id": 1},
    ]  # fmt: skip
    reader, images, labels, report = read(data)
    assert [(image.number, image.external_id) for image in images if not image.external_id] == [
        (1, ""),
        (2, ""),
    ]
    by_text = {image.external_id: image.number for image in images if image.external_id}
    assert set(by_text) == {"img-two", "002"} and all(number < -(2**63) for number in by_text.values())
    (dog,) = [each for each in reader.categories if each.external_id]
    assert [(label.number, label.external_id, label.image_number, label.category_number) for label in labels] == [
        (None, "abc", 1, 1), (6, "", 1, 1), (2, "", by_text["img-two"], dog.number), (3, "", by_text["002"], 1), (4, "", 2, 1),
    ]  # fmt: skip
    assert [(line.field, line.count, line.examples) for line in report.lines] == [
        ("annotations.id", 1, ["annotation abc"]), ("annotations.image_id", 1, ["annotation 9"])
    ]  # fmt: skip


def test_a_good_part_survives_a_broken_one():
    _, _, labels, report = read(one(segmentation=[[1, 2], [1, 1, 5, 1, 5, 4]]))
    assert labels[0].points == "[[[[1,1],[5,1],[5,4]]]]" and len(report.lines) == 1


def test_a_missing_box_is_computed_from_the_shape():
    cases = [
        (one(bbox=..., segmentation=[[1, 1, 5, 1, 5, 4]]), (1, 1, 5, 4), []),
        (one(bbox=[1, 1, -4, 3], segmentation=[[1, 1, 5, 1, 5, 4]]), (1, 1, 5, 4), ["annotations.bbox"]),
        (one(bbox=..., segmentation=TINY, area=...), (0, 0, 4, 4), []),
        (one(bbox=..., category_id=2, keypoints=[0, 0, 0, 3, 2.5, 1], area=...), (3, 2.5, 3, 2.5), []),
    ]
    for file, box, lost in cases:
        _, _, labels, report = read(file)
        assert labels[0].box == box and [line.field for line in report.lines] == lost


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "five"), ("id", ""), ("id", float("nan")), ("id", 2**70), ("id", 5.5), ("area", -1), ("area", "12"), ("area", True), ("area", float("nan")), ("score", float("inf")), ("iscrowd", float("nan")), ("area", 1e300), ("iscrowd", 2),
     ("iscrowd", None), ("iscrowd", "0"), ("score", "high"), ("caption", "a dog"), ("attributes", [1]), ("track_id", 3)],
)  # fmt: skip
def test_a_field_that_cannot_be_kept_is_told(field, value):
    _, _, labels, report = read(one(**{field: value}))
    assert len(labels) == 2 and labels[0].area is None and not labels[0].is_crowd
    assert [line.field for line in report.lines] == [f"annotations.{field}"]


@pytest.mark.parametrize(
    "value", ["x", 5, [1, 2, 2], [1, 2, 2, 3], [1, 2, 3, 0, 0, 0], [1, 2, "2", 0, 0, 0], [1e9, 2, 2, 0, 0, 0]]
)
def test_broken_keypoints_are_told(value):
    _, _, labels, report = read(one(category_id=2, keypoints=value))
    assert not labels[0].keypoints and [line.field for line in report.lines] == ["annotations.keypoints"]


def test_a_mask_in_another_form_is_told_and_keeps_its_pixels():
    again, report = round_trip(
        one(segmentation={"size": [4, 6], "counts": [3, 2, 0, 4, 15]}, area=6, bbox=[0, 0, 3, 4])
    )
    assert again["annotations"][0]["segmentation"] == {"size": [4, 6], "counts": [3, 6, 15]}
    assert "another way" in report.lines[0].reason


def test_categories_and_pictures_that_are_wrong_are_left_out():
    file = one()
    file["categories"] += [{"id": 1, "name": "twice"}, {"id": "1", "name": "x"}, {"id": 4}, None, 7, {"id": 5, "name": " "},
                           {"id": 6, "name": "k", "keypoints": [1], "skeleton": [[1, 2]]}]  # fmt: skip
    file["images"] += [{"id": 1, "file_name": "twice.jpg"}, {"id": 2}, {"id": None, "file_name": "x"}, {"file_name": "y"}, [], "z", {"id": float("nan"), "file_name": "n"},
                       {"id": 3, "file_name": "c.jpg", "width": -1, "height": 5}, {"id": 4, "file_name": "d.jpg"}]  # fmt: skip
    reader, images, labels, report = read(file)
    assert [category.number for category in reader.categories] == [1, 2, 6]
    assert [(image.number, image.width) for image in images] == [(1, 6), (3, None), (4, None)]
    assert len(labels) == 2
    assert {line.field for line in report.lines} == {
        "categories.id", "categories.name", "categories.keypoints", "categories.skeleton",
        "images.id", "images.file_name", "images.width", "images", "categories",
    }  # fmt: skip


def test_ids_that_come_more_than_once_are_told():
    file = one(id=6)
    _, _, labels, report = read(file)
    assert len(labels) == 2 and [(line.field, line.count) for line in report.lines] == [("annotations.id", 1)]


def test_unknown_sections_are_told():
    _, _, labels, report = read(one() | {"segment_info": [1], "info": [], "licenses": {}})
    assert len(labels) == 2 and {line.field for line in report.lines} == {"segment_info", "info", "licenses"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"), (b"[]", "JSON list"), (b"{}", "neither.*nothing"), (b'{"categories":[]}', "neither.*but categories"),
        (b'{"images":{}}', '"images" is an object at line 1, column 11; a list'), (b'{"images":null}', '"images" is null at'),
        (b'{"images":[],\n"annotations":5}', '"annotations" is a number at line 2, column 15; a list'),
        (b'{"annotations":[{"id":1}]}', "annotations but no list of images"), (b'{"images":[{"id":1}', "ends within"),
        (b'{"images":[],"annotations":[{"id":1},{"id":x}]}', r"annotations\[1\].*line 1, column 44"),
    ],
)  # fmt: skip
def test_what_is_no_coco_is_refused_with_the_place(data, words):
    with pytest.raises(Invalid, match=words):
        read(data)


def test_a_report_stays_small():
    report = LossReport()
    for index in range(10_000):
        report.add(f"field {index}", "reason", index)
    assert len(report.lines) == LossReport.MAX_LINES + 1
    assert sum(line.count for line in report.lines) == 10_000
    assert all(len(line.examples) <= LossReport.MAX_EXAMPLES for line in report.lines)
    first = {"code": "field 0", "field": "field 0", "reason": "reason", "count": 1, "examples": ["0"]}
    assert report.as_json()[0] == first


def test_noise_in_values_never_stops_the_import_but_as_a_refusal():
    rng = np.random.default_rng(3)
    values = [None, True, -1, 0, 2**80, 1e308, "", "x", [], {}, [None], {"size": 5}, [[]], "\x00"]
    for _ in range(150):
        file = generated()
        for section in ("images", "categories", "annotations"):
            for item in file[section]:
                for key in list(item):
                    if rng.random() < 0.15:
                        item[key] = values[int(rng.integers(len(values)))]
        again, _ = round_trip(file)
        assert {row["image_id"] for row in again["annotations"]} <= {row["id"] for row in again["images"]}
        json.dumps(again, allow_nan=False)


def test_a_mask_that_is_too_large_is_told_without_taking_memory():
    file = one(segmentation={"size": [60_000, 60_000], "counts": [0, 3_600_000_000]})
    file["images"][0] |= {"width": 60_000, "height": 60_000}
    _, _, labels, report = read(file)
    assert labels[0].mask is None and f"{masks.MAX_PIXELS:,}" in report.lines[0].reason
    with pytest.raises(DomainError):
        masks.parse_counts([1], 60_000, 60_000)


def test_a_count_of_keypoints_without_keypoints_is_kept():
    data = one(num_keypoints=0)
    again, report = round_trip(data)
    assert again["annotations"][0]["num_keypoints"] == 0 and "keypoints" not in again["annotations"][0]
    assert "num_keypoints" not in again["annotations"][1] and report.is_empty


def test_a_count_of_keypoints_that_is_no_number_is_told():
    _, _, _, report = read(one(num_keypoints="3"))
    assert [line.field for line in report.lines] == ["annotations.num_keypoints"]


def test_an_id_above_64_bits_is_told_by_its_place():
    _, _, labels, report = read(one(id=2**80))
    assert labels[0].number is None and report.lines[0].examples == ["annotations[0]"]


def test_whole_numbers_with_a_fraction_of_nothing_are_ids():
    data = generated()
    floats = json.loads(json.dumps(data))
    for image in floats["images"]:
        image |= {key: float(image[key]) for key in ("id", "width", "height")}
    for category in floats["categories"]:
        category["id"] = float(category["id"])
    for label in floats["annotations"]:
        label |= {key: float(label[key]) for key in ("id", "image_id", "category_id")}
    assert read(floats)[1:3] == read(data)[1:3] and read(floats)[3].is_empty
    report = read(one(image_id=1.5))[3]
    assert [line.field for line in report.lines] == ["annotations.image_id"]
