"""Writes COCO instances and keypoints as a stream of bytes in flat memory; where the records come from is no matter here.

Stored polygon text is turned into COCO's flat lists by replacing brackets, so its decimals come out as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import orjson

from annotator.domain import areas, masks
from annotator.domain.chunks import chunks
from annotator.domain.errors import DomainError
from annotator.domain.keypoints import coco_flag
from annotator.domain.polygons import MultiPolygon, bounds_of_points, decode_points
from annotator.domain.records import CategoryRecord, ImageRecord, KeypointRecord, LabelRecord, LossReport

from .decimals import shortest_sizes

_BATCH = 1_000


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
    the whole image (a list of counts when the import had one). A polygon with holes becomes RLE, told in `report`,
    as is everything else that COCO cannot say. Labels without a number are numbered from `first_number`, which must lie
    above all given ones. `bbox`, `area` and so on are those of the import as long as the record still holds them. With
    `with_colors` categories carry their color as "color".
    """
    by_number = {category.number: category for category in categories}
    yield b'{"info":' + orjson.dumps(dict(info or {})) + b',"licenses":' + orjson.dumps(list(licenses))
    yield b',"images":['
    yield from _joined(_image_text(batch) for batch in chunks(images, _BATCH))
    yield b'],"categories":[' + b",".join(
        _category_text(c, with_colors=with_colors) for c in by_number.values()
    )
    yield b'],"annotations":['
    writer = _LabelWriter(by_number, report, first_number)
    yield from _joined(writer.text(batch) for batch in chunks(labels, _BATCH))
    yield b"]}\n"


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
        """Return the annotations of a batch, separated by commas.

        Most labels are boxes: the numbers of all of them are written in one go and spliced into their texts.
        """
        corners = np.fromiter(chain.from_iterable(label.box for label in batch), np.float64).reshape(-1, 4)
        sides = shortest_sizes(corners[:, :2].reshape(-1), corners[:, 2:].reshape(-1)).reshape(-1, 2)
        boxes = _text(np.hstack((corners[:, :2], sides)))[2:-2].split("],[")
        areas = _text(sides[:, 0] * sides[:, 1])[1:-1].split(",")
        return ",".join(map(self._annotation, batch, boxes, areas)).encode()

    def _annotation(self, label: LabelRecord, box: str, area: str) -> str:
        number, image, category, _, points, mask, keypoints, is_crowd, given_area, given, score, *_ = label
        if number is None:
            number = self._next_number
            self._next_number += 1
        segmentation, further = "[]", ""
        if points is not None or mask is not None:
            segmentation, given_area = self._shape(label, number)
        if given_area is not None:
            area = _text(given_area)
        if keypoints is not None or score is not None or given:
            fields = self._further(label, number)
            if "bbox" in fields:
                box = _text(fields.pop("bbox"))[1:-1]
            if fields:
                further = "," + _text(fields)[1:-1]
        return (
            f'{{"id":{number},"image_id":{image},"category_id":{category},"segmentation":{segmentation},'
            f'"area":{area},"bbox":[{box}],"iscrowd":{1 if is_crowd else 0}{further}}}'
        )

    def _further(self, label: LabelRecord, number: int) -> dict[str, Any]:
        """Return the fields that few labels have; what the file of the import said goes before what is computed."""
        fields: dict[str, Any] = {}
        if label.keypoints is not None:
            count = self._keypoints.get(label.category_number, 0)
            if count:
                fields |= _keypoint_fields(label.keypoints, count)
            elif label.keypoints:
                lost = len(label.keypoints)
                self._report.add(
                    "keypoints", "the category has no keypoints", f"annotation {number}", count=lost
                )
        if label.score is not None:
            fields["score"] = label.score
        return fields | {name: value for name, value in (label.given or {}).items() if name != "counts"}

    def _shape(self, label: LabelRecord, number: int) -> tuple[str, float | None]:
        """Return the text of the segmentation and the area of the shape; [] and None as far as they cannot be had."""
        segmentation, area, where = "[]", label.area, f"annotation {number}"
        try:
            if label.mask is not None:
                area = masks.packed_area(label.mask) if area is None else area
                segmentation = self._rle(label, label.mask, label.bounds, where)
            elif label.points is not None:
                flat = flat_segmentation(label.points)
                points = decode_points(label.points) if flat is None or area is None else []
                area = areas.area(points) if area is None else area
                segmentation = flat or self._filled(label, points, where)
        except DomainError as error:
            self._report.add("segmentation", error.message, where)
        return segmentation, area

    def _filled(self, label: LabelRecord, points: MultiPolygon, where: str) -> str:
        self._report.add("segmentation", "a polygon with holes was written as RLE", where)
        box = _pixel_box(points)
        spans = masks.polygon_spans(points, box[0], box[1], box[2] - box[0], box[3] - box[1])
        return self._rle(label, masks.pack_spans(spans), box, where)

    def _rle(self, label: LabelRecord, mask: bytes, box: masks.Bounds, where: str) -> str:
        if not label.size:
            self._report.add(
                "segmentation", "the size of the image is unknown, so RLE cannot be written", where
            )
            return "[]"
        width, height = label.size
        if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
            self._report.add("segmentation", "a mask was cut at the border of the image", where)
        counts = masks.coco_counts(mask, box, width, height)
        is_list = bool(label.given) and (label.given or {}).get("counts") == "list"
        return _text(
            {"size": [height, width], "counts": counts.tolist() if is_list else masks.coco_text(counts)}
        )


def _text(value: Any) -> str:
    """Return JSON with whole numbers without a fraction, of a value whose texts (those of RLE) have no full stop."""
    text = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return text.replace(".0,", ",").replace(".0]", "]").replace(".0}", "}").removesuffix(".0")


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
