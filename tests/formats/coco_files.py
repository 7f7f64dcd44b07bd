"""COCO files for tests, and the shortest way through the reader and the writer; no tests here."""

import io
import json
from dataclasses import replace

import numpy as np
from pycocotools import mask as coco_mask

from annotator.domain.records import LabelRecord, LossReport
from annotator.formats import coco


def read(data, report=None):
    """Return everything of a file given as bytes or as the object."""
    report = LossReport() if report is None else report
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    reader = coco.CocoReader(io.BytesIO(data), report=report)
    return reader, list(reader.images()), list(reader.labels()), report


def written(categories=(), images=(), labels=(), report=None, **options):
    report = LossReport() if report is None else report
    pieces = coco.write(categories=categories, images=images, labels=labels, report=report, **options)
    return json.loads(b"".join(pieces))


def round_trip(data):
    reader, images, labels, report = read(data)
    images = [replace(image, number=_number(image.number)) for image in images]
    labels = [
        label._replace(
            image_number=_number(label.image_number), category_number=_number(label.category_number)
        )
        for label in labels
        if isinstance(label, LabelRecord)
    ]
    categories = [replace(each, number=_number(each.number)) for each in reader.categories]
    again = written(categories, images, labels, report, info=reader.info, licenses=reader.licenses)
    return again, report


def _number(number):
    """What stands for a text id is none of 64 bits: a service gives a number, here it is any."""
    return number if number > -(2**63) else number + 2**64 - 10**6


def rle_of(mask):
    counts = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
    return {"size": list(mask.shape), "counts": counts}


def list_of(mask):
    """Uncompressed counts, counted by hand."""
    counts, last = [0], False
    for pixel in mask.T.reshape(-1).tolist():
        if pixel != last:
            counts.append(0)
            last = pixel
        counts[-1] += 1
    return {"size": list(mask.shape), "counts": counts}


def generated():
    """A file with everything that COCO has, and numbers of all kinds."""
    rng = np.random.default_rng(1)
    crowd = np.zeros((48, 64), bool)
    crowd[5:20, 3:30] = rng.random((15, 27)) < 0.6
    full = np.ones((48, 64), bool)
    labels = [
        {"segmentation": [], "bbox": [1, 2, 30, 40], "area": 1200},
        {"segmentation": [], "bbox": [1.5, 2.25, 30.1, 7.07], "area": 30.1 * 7.07},
        {"segmentation": [], "bbox": [0.1234567890123456, 1 / 3, 7 / 3, 13.000000000000002], "area": 17.5},
        {"segmentation": [[1, 2, 30.5, 2, 30.5, 20.25]], "bbox": [1, 2, 29.5, 18.25], "area": 269.1875},
        {"segmentation": [[1.1, 2.2, 3.3, 4.4, 5.5, 0.1], [10, 10, 20, 10, 20, 20, 10, 10]], "bbox": [0, 0, 25, 25], "area": 60.0},
        {"segmentation": list_of(crowd), "bbox": [3, 5, 27, 15], "area": int(crowd.sum()), "iscrowd": 1},
        {"segmentation": rle_of(crowd), "bbox": [2.5, 4.5, 28.0, 16.5], "area": 99.5, "iscrowd": 1},
        {"segmentation": rle_of(full), "bbox": [0, 0, 64, 48], "area": 64 * 48},
        {"segmentation": list_of(full), "bbox": [0, 0, 64, 48], "area": 64 * 48, "iscrowd": 1},
        {"segmentation": [], "bbox": [5, 5, 0, 0], "area": 0, "score": 0.25, "category_id": 7,
         "keypoints": [0, 0, 0, 5, 5, 2, 6.5, 7.25, 1], "num_keypoints": 2},
        {"segmentation": [], "bbox": [5, 5, 9, 9], "area": 81, "category_id": 7, "keypoints": [0] * 9, "num_keypoints": 0},
        {"segmentation": [], "bbox": [5, 5, 9, 9], "area": 81, "category_id": 7,
         "keypoints": [3, 4, 0, 5, 5, 2, 0, 0, 0], "num_keypoints": 9},
    ]  # fmt: skip
    plain = {"image_id": 12, "category_id": 3, "iscrowd": 0}
    return {
        "annotations": [plain | label | {"id": 1000 - i} for i, label in enumerate(labels)],
        "info": {"description": "gemacht \u00e9", "year": 2026},
        "licenses": [{"id": 1, "name": "own"}],
        "images": [
            {
                "id": 12,
                "file_name": "a/\u00e4 1.jpg",
                "width": 64,
                "height": 48,
                "license": 1,
                "date_captured": "2026",
            },
            {"id": 5, "file_name": "b.jpg", "width": 1, "height": 1},
        ],
        "categories": [
            {"id": 3, "name": "thing", "supercategory": "object"},
            {
                "id": 7,
                "name": "pose",
                "supercategory": "",
                "keypoints": ["a", "b", "c"],
                "skeleton": [[1, 2], [3, 2]],
            },
            {"id": 9, "name": "plain", "isthing": 1},
        ],
    }
