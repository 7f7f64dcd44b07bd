"""COCO both ways: what is read is written back number for number, and what cannot be kept is told."""

import io
import json
import tracemalloc
from pathlib import Path

import orjson
import pytest
from pycocotools import mask as coco_mask

from annotator.domain import masks
from annotator.domain.records import CategoryRecord, ImageRecord, KeypointRecord, LabelRecord, LossReport
from annotator.formats import coco, coco_export, json_index, json_stream
from annotator.formats.coco_export import flat_segmentation
from annotator.formats.coco_ids import Ids
from annotator.formats.coco_labels import LabelParser
from tests.formats.coco_files import generated, read, round_trip, written

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "coco-mini" / "annotations.json"
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
CHECKED = (
    "id",
    "image_id",
    "category_id",
    "segmentation",
    "bbox",
    "area",
    "iscrowd",
    "keypoints",
    "num_keypoints",
)

SOURCES = {"generated": lambda: generated()} | (
    {"coco-mini": lambda: json.loads(REAL.read_bytes())} if REAL.exists() else {}
)


@pytest.mark.parametrize("name", SOURCES)
def test_a_round_trip_changes_no_number(name):
    given = SOURCES[name]()
    again, report = round_trip(given)
    assert report.is_empty, report.as_json()
    for section in ("images", "categories", "annotations", "info", "licenses"):
        assert again[section] == given[section]
    for mine, theirs in zip(again["annotations"], given["annotations"], strict=True):
        assert {key: mine.get(key) for key in CHECKED} == {key: theirs.get(key) for key in CHECKED}
    assert round_trip(again)[0] == again


def test_any_order_of_keys_and_any_layout_is_read():
    given = generated()
    for keys in (("images", "categories", "annotations"), ("annotations", "categories", "images")):
        _, images, labels, _ = read(json.dumps({key: given[key] for key in keys}, indent=3).encode())
        assert (len(images), len(labels)) == (2, len(given["annotations"]))
    reader = coco.CocoReader(io.BytesIO(json.dumps(given).encode()), report=LossReport())
    assert len(list(reader.labels())) == len(given["annotations"])


def test_records_hold_what_the_file_says():
    reader, images, labels, _ = read(generated())
    assert images[0] == ImageRecord(12, "a/ä 1.jpg", None, 64, 48, {"license": 1, "date_captured": "2026"})
    assert reader.categories[1] == CategoryRecord(7, "pose", "", None, ("a", "b", "c"), ((0, 1), (2, 1)))
    assert reader.categories[2].extra == {"isthing": 1}
    box, polygon, crowd, pose = labels[0], labels[4], labels[5], labels[9]
    assert (box.number, box.shape, box.box, box.area, box.given) == (1000, "box", (1, 2, 31, 42), None, None)
    assert polygon.points == "[[[[1.1,2.2],[3.3,4.4],[5.5,0.1]]],[[[10,10],[20,10],[20,20],[10,10]]]]"
    assert (crowd.shape, crowd.is_crowd, crowd.bounds, crowd.size) == ("mask", True, (3, 5, 30, 20), (64, 48))
    assert crowd.given == {"counts": "list"} and crowd.area is None
    assert (
        pose.keypoints == (KeypointRecord(1, 5, 5), KeypointRecord(2, 6.5, 7.25, False))
        and pose.score == 0.25
    )


# --- writing ---


def test_a_box_says_exactly_where_it_ends():
    label = LabelRecord(None, 1, 1, (0.1, 0.2, 0.1 + 0.7, 0.2 + 33.33))
    row = written(
        [CategoryRecord(1, "c")], [ImageRecord(1, "i", width=50, height=50)], [label, label], first_number=8
    )["annotations"]
    assert row[0]["bbox"] == [0.1, 0.2, 0.7, 33.33] and row[0]["area"] == 0.7 * 33.33
    assert row[0] | {"id": 9} == row[1] and row[0]["id"] == 8


def test_a_plain_box_is_read_as_step_by_step():
    """Most boxes take a short way through the parser; one with a score of null takes the long one to the same record."""
    ids = Ids()
    sizes, report = {3: (640, 480), 4: None}, LossReport()
    parser = LabelParser(ids, sizes, ids, {1: 0}, report)
    values = {
        "id": [1, -(2**63) + 1, 2**63, "7", 1.0, None],
        "image_id": [4, 5, "3", 3.0, True, None],
        "category_id": [2, "1", 1.0, True],
        "bbox": [
            [0, 0, 640, 480], [0.1, 0.2, 30.25, 0.3], [1.5, 2, 0, 0], [630, 0, 10.5, 1], [-1, 0, 5, 5], [0, -0.0, 1, 1], [1, 2, -3, 4],
            [0.3, 0.1, 1 / 3, 2 / 3], [True, 1, 2, 3], ["1", 1, 2, 3], [1, 2, 3], [641, 0, 5, 5], {}, "box", [2**70, 0, 1, 1],
        ],
        "area": [9.5, 12, 12.0, -1, 1e14, True, None, "12"],
        "iscrowd": [1, False, True, None, 2, 0.0],
        "segmentation": [None, {}, "", 0, [[1, 1, 5, 1, 5, 5]], 7],
        "keypoints": [[]], "num_keypoints": [0], "attributes": [{"rotation": 30}], "caption": ["x"],
    }  # fmt: skip
    plain = {"id": 1, "image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}
    items = [plain | {key: value} for key, each in values.items() for value in each]
    items += [{name: plain[name] for name in plain if name != key} for key in plain]
    for item in [plain, *items]:
        assert repr(parser.parse(item, 0)) == repr(parser.parse(item | {"score": None}, 0)), item


def test_whole_numbers_are_written_whole():
    pieces = coco.write(
        categories=[],
        images=[],
        report=LossReport(),
        labels=[LabelRecord(1, 1, 1, (10.0, 20.0, 30.0, 30.5), area=5.0)],
    )
    assert b'"area":5,"bbox":[10,20,20,10.5]' in b"".join(pieces)


def test_a_polygon_with_holes_becomes_rle_and_is_told():
    points = "[[[[2,2],[12,2],[12,12],[2,12]],[[4,4],[6,4],[6,6],[4,6]]],[[[20.5,1],[30,1],[30,9]]]]"
    report = LossReport()
    label = LabelRecord(4, 1, 1, (2, 1, 30, 12), points, size=(25, 40))
    row = written([], [], [label], report)["annotations"][0]
    assert row["segmentation"]["size"] == [40, 25]
    decoded = coco_mask.decode(row["segmentation"] | {"counts": row["segmentation"]["counts"].encode()})
    assert (decoded.astype(bool) == masks.rasterise(orjson.loads(points), 0, 0, 25, 40)).all()
    assert row["area"] == 100 - 4 + 9.5 * 8 / 2
    assert [(line.field, line.count) for line in report.lines] == [("segmentation", 1), ("segmentation", 1)]
    assert (
        "holes" in report.lines[0].reason
        and "cut" in report.lines[1].reason
        and report.lines[0].examples == ["annotation 4"]
    )


def test_shapes_that_cannot_be_written_leave_the_box_and_are_told():
    with_hole = "[[[[2,2],[12,2],[12,12]],[[4,3],[6,3],[6,4]]]]"
    report = LossReport()
    rows = written(
        [],
        [],
        [
            LabelRecord(1, 1, 1, (2, 2, 12, 12), with_hole),
            LabelRecord(2, 1, 1, (0, 0, 2, 2), mask=b"?", size=(9, 9)),
        ],
        report,
    )
    assert [row["segmentation"] for row in rows["annotations"]] == [[], []]
    assert (
        len(report.lines) == 3
        and "size" in report.lines[1].reason
        and "unknown form" in report.lines[2].reason
    )


def test_areas_are_computed_when_not_given():
    mask = masks.pack_runs([1, 3, 6, 1])
    labels = [
        LabelRecord(1, 1, 1, (0, 0, 4, 4), "[[[[0,0],[4,0],[4,4]]]]"),
        LabelRecord(2, 1, 1, (0, 0, 4, 2), mask=mask, size=(9, 9)),
        LabelRecord(3, 1, 1, (0, 0, 4, 2), "[[[[0,0],[4,0],[4,4]]]]", mask, size=(9, 9)),
    ]
    assert [row["area"] for row in written(labels=labels)["annotations"]] == [8, 4, 4]


def test_keypoints_need_a_category_that_has_them():
    points = (KeypointRecord(1, 5.5, 6.0, False),)
    report = LossReport()
    categories = [
        CategoryRecord(1, "with", keypoints=("a", "b"), skeleton=((0, 1),)),
        CategoryRecord(2, "without"),
    ]
    labels = [LabelRecord(n, 1, n, (5, 5, 6, 6), keypoints=points) for n in (1, 2)]
    out = written(categories, [], labels, report)
    assert (
        out["annotations"][0]["keypoints"] == [0, 0, 0, 5.5, 6, 1]
        and out["annotations"][0]["num_keypoints"] == 1
    )
    assert "keypoints" not in out["annotations"][1] and report.lines[0].field == "keypoints"
    assert out["categories"] == [
        {"id": 1, "name": "with", "keypoints": ["a", "b"], "skeleton": [[1, 2]]},
        {"id": 2, "name": "without"},
    ]


def test_colors_are_written_on_demand_and_read_back():
    categories = [CategoryRecord(1, "a", color="#0a0b0c")]
    assert "color" not in written(categories)["categories"][0]
    file = written(categories, with_colors=True)
    assert read(file)[0].categories[0].color == "#0a0b0c"
    file["categories"][0]["color"] = [10, 11, 12]
    assert read(file)[0].categories[0].color == "#0a0b0c"


def test_text_of_points_becomes_flat_lists_digit_by_digit():
    assert flat_segmentation("[[[[1,2],[3.50001,4],[5,6e-7]]]]") == "[[1,2,3.50001,4,5,6e-7]]"
    assert (
        flat_segmentation("[[[[1,2],[3,4],[5,6]]],[[[7,8],[9,1],[2,3]]]]") == "[[1,2,3,4,5,6],[7,8,9,1,2,3]]"
    )
    assert flat_segmentation("[[[[1,2],[3,4],[5,6]],[[7,8],[9,1],[2,3]]]]") is None
    assert flat_segmentation("[[[[1,2],[3,4],[5,6]]],[[[7,8],[9,1],[2,3]],[[1,1],[2,2],[3,1]]]]") is None


def test_an_empty_file_is_written_and_read():
    out = written()
    assert out == {"info": {}, "licenses": [], "images": [], "categories": [], "annotations": []}
    reader, images, labels, report = read(out)
    assert (reader.categories, images, labels, report.is_empty) == ((), [], [], True)


def test_memory_stays_flat(monkeypatch):
    for module in (json_index, json_stream):
        monkeypatch.setattr(module, "BLOCK", 16_384)
    monkeypatch.setattr(coco_export, "_BATCH", 200)

    def pieces(count):
        labels = (LabelRecord(i, 1, 1, (i % 100 + 0.25, 1.5, i % 100 + 9.75, 20.0)) for i in range(count))
        images = [ImageRecord(1, "i.jpg", width=200, height=100)]
        return coco.write(
            categories=[CategoryRecord(1, "c")], images=images, labels=labels, report=LossReport()
        )

    def peak(count):
        file = io.BytesIO(b"".join(pieces(count)))
        tracemalloc.start()
        size = sum(map(len, pieces(count)))
        found = sum(1 for _ in coco.CocoReader(file, report=LossReport()).labels())
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (size, found) == (len(file.getvalue()), count)
        return top

    peak(1)  # what is imported and compiled at first use is not the reader's memory
    assert peak(2_400) - peak(800) < 50_000


def test_a_box_is_written_among_labels_of_every_kind_as_it_is_alone():
    """The numbers of a batch are written together: each must come out with its own label."""
    mask = masks.pack_runs([1, 3, 6, 1])
    labels = [
        LabelRecord(1, 1, 1, (0.5, 1.0, 3.0, 4.25), is_crowd=True),
        LabelRecord(2, 1, 1, (0, 0, 4, 4), "[[[[0,0],[4,0],[4,4]]]]", score=1.0),
        LabelRecord(3, 1, 1, (0, 0, 4, 2), mask=mask, size=(9, 9), given={"counts": "list"}, area=7.0),
        LabelRecord(
            4, 1, 1, (1, 1, 2, 3), given={"bbox": [1.0, 1, 1.5, 2.0], "num_keypoints": 3}, keypoints=()
        ),
        LabelRecord(5, 1, 1, (1e9, 0.1, 1e16, 0.30000000000000004), area=0.125),
        LabelRecord(None, 1, 1, (2, 2, 2, 2)),
    ]
    categories = [CategoryRecord(1, "c", keypoints=("a",))]
    rows = written(categories, [], labels, first_number=6)["annotations"]
    alone = [written(categories, [], [label], first_number=6)["annotations"][0] for label in labels]
    assert rows == alone
    base = {"image_id": 1, "category_id": 1, "segmentation": [], "iscrowd": 0}
    assert rows[0] == base | {"id": 1, "area": 8.125, "bbox": [0.5, 1, 2.5, 3.25], "iscrowd": 1}
    assert rows[1] == base | {"id": 2, "area": 8, "bbox": [0, 0, 4, 4], "segmentation": [[0, 0, 4, 0, 4, 4]], "score": 1}  # fmt: skip
    assert (rows[2]["area"], rows[2]["segmentation"]["size"]) == (7, [9, 9])
    assert sum(rows[2]["segmentation"]["counts"]) == 81
    assert rows[3] == base | {"id": 4, "area": 2, "bbox": [1, 1, 1.5, 2], "keypoints": [0, 0, 0], "num_keypoints": 3}  # fmt: skip
    assert rows[4] == base | {"id": 5, "area": 0.125, "bbox": [1e9, 0.1, 1e16 - 1e9, 0.2]}
    assert rows[5] == base | {"id": 6, "area": 0, "bbox": [2, 2, 0, 0]}
