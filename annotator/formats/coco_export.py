"""Writes COCO instances and keypoints as a stream of bytes in flat memory; where the records come from is no matter here.

Stored polygon text is turned into COCO's flat lists by replacing brackets, so its decimals come out as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import orjson

from annotator.domain import areas, masks
from annotator.domain.errors import DomainError
from annotator.domain.keypoints import coco_flag
from annotator.domain.polygons import MultiPolygon, bounds_of_points, decode_points
from annotator.domain.records import CategoryRecord, ImageRecord, KeypointRecord, LabelRecord, LossReport

from .decimals import shortest_sizes

_BATCH = 1_000
_Record = TypeVar("_Record")


def write(
    *,
    categories: Iterable[CategoryRecord],
    images: Iterable[ImageRecord],
    labels: Iterable[LabelRecord],
    report: LossReport,
    info: Mapping[str, Any] | None = None,
    licenses: Sequence[Any] = (),
    first_number: int = 1,
    with_colors: bool = False,
) -> Iterator[bytes]:
    """Yield the pieces of a COCO file: info, licenses, images, categories, annotations; each iterable is read once.

    A box has segmentation [], a polygon its parts as flat lists with the stored decimals, a mask the compressed RLE of
    the whole picture (a list of counts when the import had one). A polygon with holes becomes RLE, told in `report`,
    as is everything else that COCO cannot say. Labels without a number are numbered from `first_number`, which must lie
    above all given ones. `bbox`, `area` and so on are those of the import as long as the record still holds them. With
    `with_colors` categories carry their colour as "color".
    """
    by_number = {category.number: category for category in categories}
    yield b'{"info":' + orjson.dumps(dict(info or {})) + b',"licenses":' + orjson.dumps(list(licenses))
    yield b',"images":['
    yield from _joined(_image_text(batch) for batch in _batches(images))
    yield b'],"categories":[' + b",".join(
        _category_text(c, with_colors=with_colors) for c in by_number.values()
    )
    yield b'],"annotations":['
    writer = _LabelWriter(by_number, report, first_number)
    yield from _joined(writer.text(batch) for batch in _batches(labels))
    yield b"]}\n"


def _batches(records: Iterable[_Record]) -> Iterator[list[_Record]]:
    source = iter(records)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for index, piece in enumerate(pieces):
        yield b"," + piece if index else piece


def _image_text(batch: list[ImageRecord]) -> bytes:
    rows = []
    for image in batch:
        own: dict[str, Any] = {"id": image.number, "file_name": image.name}
        if image.width is not None and image.height is not None:
            own |= {"width": image.width, "height": image.height}
        rows.append(dict(image.extra) | own)
    return orjson.dumps(rows)[1:-1]


def _category_text(category: CategoryRecord, *, with_colors: bool) -> bytes:
    row: dict[str, Any] = dict(category.extra) | {"id": category.number, "name": category.name}
    if category.supercategory is not None:
        row["supercategory"] = category.supercategory
    if category.keypoints:
        row["keypoints"] = category.keypoints
        row["skeleton"] = [[a + 1, b + 1] for a, b in category.skeleton]
    if with_colors and category.color:
        row["color"] = category.color
    return orjson.dumps(row)


def flat_segmentation(points: str) -> str | None:
    """Return COCO's list of flat lists of a stored multipolygon, number for number; None when a part has holes."""
    inner = points[4:-4]
    if inner.count("]],[[") > inner.count("]]],[[["):
        return None
    return "[[" + inner.replace("]]],[[[", "|").replace("],[", ",").replace("|", "],[") + "]]"


class _LabelWriter:
    """Turns batches of labels into the text of annotations; knows the categories and the next free number."""

    def __init__(
        self, categories: Mapping[int, CategoryRecord], report: LossReport, first_number: int
    ) -> None:
        self._keypoints = {number: len(category.keypoints) for number, category in categories.items()}
        self._report = report
        self._next_number = first_number

    def text(self, batch: list[LabelRecord]) -> bytes:
        """Return the annotations of a batch, separated by commas."""
        corners = np.array([label.box for label in batch], np.float64)
        sides = shortest_sizes(corners[:, :2].reshape(-1), corners[:, 2:].reshape(-1)).reshape(-1, 2)
        widths, heights = sides.T
        columns = zip(batch, widths.tolist(), heights.tolist(), (widths * heights).tolist(), strict=True)
        rows = [self._row(*each) for each in columns]
        # Whole numbers without a fraction. No string of an annotation can hold these: counts have no full stop.
        text = orjson.dumps(rows)[1:-1]
        return text.replace(b".0,", b",").replace(b".0]", b"]").replace(b".0}", b"}")

    def _row(self, label: LabelRecord, w: float, h: float, box_area: float) -> dict[str, Any]:
        number, image, category, box, points, mask, keypoints, is_crowd, area, given, score, _ = label
        if number is None:
            number = self._next_number
            self._next_number += 1
        row: dict[str, Any] = {
            "id": number,
            "image_id": image,
            "category_id": category,
            "segmentation": (),
            "area": box_area if area is None else area,
            "bbox": (box[0], box[1], w, h),
            "iscrowd": 1 if is_crowd else 0,
        }
        if points is not None or mask is not None:
            self._add_shape(row, label)
        if keypoints is not None:
            self._add_keypoints(row, keypoints)
        if score is not None:
            row["score"] = score
        if given:
            row |= {name: value for name, value in given.items() if name != "counts"}
        return row

    def _add_keypoints(self, row: dict[str, Any], points: tuple[KeypointRecord, ...]) -> None:
        count = self._keypoints.get(row["category_id"], 0)
        if count:
            row |= _keypoint_fields(points, count)
        elif points:
            self._report.add(
                "keypoints", "the category has no keypoints", f"annotation {row['id']}", count=len(points)
            )

    def _add_shape(self, row: dict[str, Any], label: LabelRecord) -> None:
        try:
            if label.mask is not None:
                self._add_mask(row, label)
            elif label.points is not None:
                self._add_polygon(row, label, label.points)
        except DomainError as error:
            self._report.add("segmentation", error.message, f"annotation {row['id']}")

    def _add_polygon(self, row: dict[str, Any], label: LabelRecord, text: str) -> None:
        flat = flat_segmentation(text)
        points = decode_points(text) if flat is None or label.area is None else []
        if label.area is None:
            row["area"] = areas.area(points)
        if flat is not None:
            row["segmentation"] = orjson.Fragment(flat)
            return
        self._report.add("segmentation", "a polygon with holes was written as RLE", f"annotation {row['id']}")
        box = _pixel_box(points)
        spans = masks.polygon_spans(points, box[0], box[1], box[2] - box[0], box[3] - box[1])
        self._add_rle(row, label, masks.pack_spans(spans), box)

    def _add_mask(self, row: dict[str, Any], label: LabelRecord) -> None:
        assert label.mask is not None
        if label.area is None:
            row["area"] = masks.packed_area(label.mask)
        self._add_rle(row, label, label.mask, label.bounds)

    def _add_rle(self, row: dict[str, Any], label: LabelRecord, mask: bytes, box: masks.Bounds) -> None:
        if not label.size:
            self._report.add(
                "segmentation",
                "the size of the picture is unknown, so RLE cannot be written",
                f"annotation {row['id']}",
            )
            return
        width, height = label.size
        if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
            self._report.add(
                "segmentation", "a mask was cut at the border of the picture", f"annotation {row['id']}"
            )
        counts = masks.coco_counts(mask, box, width, height)
        is_list = bool(label.given) and (label.given or {}).get("counts") == "list"
        row["segmentation"] = {
            "size": [height, width],
            "counts": counts.tolist() if is_list else masks.coco_text(counts),
        }


def _pixel_box(points: MultiPolygon) -> masks.Bounds:
    left, top, right, bottom = bounds_of_points(points)
    x0, y0 = int(np.floor(left)), int(np.floor(top))
    return x0, y0, max(int(np.ceil(right)), x0 + 1), max(int(np.ceil(bottom)), y0 + 1)


def _keypoint_fields(points: Iterable[KeypointRecord], count: int) -> dict[str, Any]:
    flat: list[float] = [0] * (3 * count)
    found = 0
    for place, x, y, visible in points:
        flat[3 * place : 3 * place + 3] = x, y, coco_flag(visible)
        found += 1
    return {"keypoints": flat, "num_keypoints": found}
