"""Panoptic COCO: the colors of a PNG become masks, and whatever does not fit is reported."""

import io
import json

import numpy as np
import pytest

from annotator.domain import masks
from annotator.domain.errors import Invalid
from annotator.domain.records import LossReport
from annotator.formats.coco import CocoReader


def pixels():
    ids = np.zeros((48, 64), np.uint32)
    ids[2:12, 1:21] = 3226956
    ids[20:30, 5:15] = 7
    ids[20:22, 5:7] = 0
    return np.stack([ids & 255, ids >> 8 & 255, ids >> 16], axis=-1).astype(np.uint8)


def file(*segments, **changes):
    note = {"image_id": 1, "file_name": "q.png", "segments_info": list(segments)} | changes
    return {
        "images": [{"id": 1, "file_name": "q.jpg", "width": 64, "height": 48}],
        "categories": [{"id": 1, "name": "car", "isthing": 1, "color": [1, 2, 3]}, {"id": 2, "name": "sky"}],
        "annotations": [note],
    }


def read(data, found=None):
    report = LossReport()
    reader = CocoReader(io.BytesIO(json.dumps(data).encode()), report=report)
    list(reader.images())
    labels = list(reader.labels(lambda name: {"q.png": pixels()}.get(name) if found is None else found))
    return reader, labels, report


CAR = {"id": 3226956, "category_id": 1, "iscrowd": 0, "bbox": [1, 2, 20, 10], "area": 200}
SKY = {"id": "7", "category_id": 2, "iscrowd": 1, "bbox": [5, 20, 9, 9], "area": 90}


def test_segments_become_masks():
    reader, labels, report = read(file(CAR, SKY))
    assert reader.is_panoptic and reader.label_count == 2 and report.is_empty
    assert [(label.category_number, label.bounds, label.is_crowd) for label in labels] == [
        (1, (1, 2, 21, 12), False),
        (2, (5, 20, 15, 30), True),
    ]
    assert [masks.packed_area(label.mask) for label in labels] == [200, 96]
    assert [(label.area, label.given) for label in labels] == [(None, None), (90.0, {"bbox": [5, 20, 9, 9]})]
    assert reader.categories[0].extra["isthing"] == 1 and list(reader.mask_names) == ["q.png"]


@pytest.mark.parametrize(
    ("data", "words", "kept"),
    [
        (file(CAR, SKY, file_name="r.png"), "no PNG of this name", 0), (file(CAR, SKY, file_name=None), "no PNG of this name", 0),
        (file(CAR, SKY, image_id=9), "names no image", 0), (file(CAR), "segments_info does not list", 1),
        (file(CAR, SKY, SKY | {"id": 9}), "no pixel in the PNG", 2), (file(CAR, SKY, CAR), "comes twice", 2),
        (file(CAR, SKY | {"category_id": 5}), "names no category", 1), (file(CAR, SKY, None), "no color", 2),
        (file(CAR, SKY, SKY | {"id": 2**24}), "no color", 2), (file(CAR, SKY | {"note": 1}), "not a part of COCO segments", 2),
        (file(segments_info={"a": 1}), "an object instead of a list", 0),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_reported(data, words, kept):
    reader, labels, report = read(data)
    assert len(labels) == kept and [words in line.reason for line in report.lines] == [True], report.as_json()
    notes = data["annotations"][0]["segments_info"]
    assert reader.label_count == (len(notes) if isinstance(notes, list) else 1)


def test_a_png_of_another_size_or_that_cannot_be_read():
    assert "another size" in read(file(CAR), np.zeros((64, 48, 3), np.uint8))[2].lines[0].reason
    (line,) = read(file(CAR, SKY), Invalid("It is damaged."))[2].lines
    assert "cannot be read: It is damaged; " in line.reason and line.count == 2
