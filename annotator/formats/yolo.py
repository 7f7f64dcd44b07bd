"""Writes YOLO: a text file of rows for each image, `data.yaml` and `classes.txt`; where the shapes come from is no matter here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import yaml

from annotator.domain import seams
from annotator.domain.errors import DomainError
from annotator.domain.polygons import decode_points
from annotator.domain.records import LossReport, ShapeRecord

_AT_BORDER = "a label was cut at the border of the image"


def data_yaml(names: Sequence[str], *, images: str = "images") -> bytes:
    """Return the description of a data set: where its images are and the names of its classes by index."""
    facts = {
        "path": ".",
        "train": images,
        "val": images,
        "nc": len(names),
        "names": dict(enumerate(names)),
    }
    text: str = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=1_000_000)
    return text.encode()


def classes_txt(names: Sequence[str]) -> bytes:
    """Return the names of the classes, one a line in the order of their indexes."""
    return "".join(f"{name}\n" for name in names).encode()


def write(
    shapes: Iterable[ShapeRecord],
    size: tuple[int, int] | None,
    *,
    has_outlines: bool,
    report: LossReport,
    where: str,
) -> bytes:
    """Return the rows of an image: class index and box center and size, or ring, as shares of the image, 8 digits.

    With `has_outlines` all rows are rings, that of a box has four corners: readers drop the rings of files that mix both.
    Polygons with holes or parts become one ring with seams (see domain.seams), masks the outline of their pixels. What lies
    outside the image is cut off. All of it is reported in `report` under `where`; without a `size` there are no rows.
    """
    if size is None:
        count = sum(1 for _ in shapes)
        if count:
            report.add("labels", "the size of the image is unknown, which YOLO needs", where, count=count)
        return b""
    rows = (_ring_rows if has_outlines else _box_rows)(shapes, size, report, where)
    return "".join(rows).encode()


def _box_rows(
    shapes: Iterable[ShapeRecord], size: tuple[int, int], report: LossReport, where: str
) -> Iterable[str]:
    width, height = size
    for shape in shapes:
        x0, y0, x1, y1 = shape.box
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            report.add("labels", _AT_BORDER, where)
            x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)
            if x0 >= x1 or y0 >= y1:
                continue
        yield (
            f"{shape.class_index} {(x0 + x1) / 2 / width:.8g} {(y0 + y1) / 2 / height:.8g}"
            f" {(x1 - x0) / width:.8g} {(y1 - y0) / height:.8g}\n"
        )


def _ring_rows(
    shapes: Iterable[ShapeRecord], size: tuple[int, int], report: LossReport, where: str
) -> Iterable[str]:
    width, height = size
    for shape in shapes:
        try:
            ring = _ring(shape, report, where)
        except DomainError as error:
            report.add("labels", error.message, where)
            continue
        if any(not (0 <= x <= width and 0 <= y <= height) for x, y in ring):
            report.add("labels", _AT_BORDER, where)
            ring = seams.cut(ring, width, height)
        if len(ring) < 3:
            report.add("labels", "a label has no area in the image", where)
            continue
        corners = " ".join(f"{x / width:.8g} {y / height:.8g}" for x, y in ring)
        yield f"{shape.class_index} {corners}\n"


def _ring(shape: ShapeRecord, report: LossReport, where: str) -> seams.Ring:
    if shape.mask is not None:
        points = seams.outline(shape.mask, shape.bounds)
        if not points:
            return []
    elif shape.points is not None:
        points = decode_points(shape.points)
    else:
        x0, y0, x1, y1 = shape.box
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    if len(points) > 1 or len(points[0]) > 1:
        report.add("labels.segmentation", "holes and parts were joined to one ring by seams", where)
    return seams.join_parts(points)
