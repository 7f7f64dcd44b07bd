"""Writes Pascal VOC: an XML file for each image; where the shapes come from is no matter here.

Pixels count from 1 and a box names its first and its last one. Polygons are `<polygon>` elements of x1, y1, x2 ... beside the
box, as annotation tools write them; their corners are moved by one as those of the box are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from annotator.domain import seams
from annotator.domain.errors import DomainError
from annotator.domain.polygons import decode_points
from annotator.domain.records import LossReport, ShapeRecord

from .hasty_geometry import integer_box

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CHANNELS = {"1": 1, "L": 1, "I": 1, "I;16": 1, "F": 1, "LA": 2, "RGBA": 4, "CMYK": 4}


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image as its XML names it. `size` (width, height) is None when it is unknown; `mode` as Pillow calls it."""

    folder: str
    name: str
    size: tuple[int, int] | None
    mode: str = "RGB"
    url: str | None = None


def text_of(value: str) -> str:
    """Return a text as XML holds it; characters that XML does not have become "_"."""
    return escape(_NOT_XML.sub("_", value))


def write(
    image: ImageFacts, shapes: Iterable[ShapeRecord], names: Sequence[str], *, report: LossReport, where: str
) -> bytes:
    """Return the XML of an image. `names` are the classes by index, as `text_of` has made them.

    Corners of boxes are rounded to whole pixels and cut at the border of the image, holes joined to their ring by seams, masks
    written as outlines of their pixels; all of it is reported in `report` under `where`. Crowds are objects marked as difficult.
    """
    objects, has_outlines = [], False
    for shape in shapes:
        box = _box(shape, image.size, report, where)
        if box is None:
            continue
        outlines = _polygons(shape, report, where)
        has_outlines = has_outlines or bool(outlines)
        objects.append(_OBJECT.format(names[shape.class_index], 1 if shape.is_crowd else 0, *box, outlines))
    width, height = image.size or (0, 0)
    source = f"<url>{text_of(image.url)}</url>" if image.url else ""
    head = _HEAD.format(
        text_of(image.folder), text_of(image.name), source, width, height, _CHANNELS.get(image.mode, 3),
        1 if has_outlines else 0,
    )  # fmt: skip
    return f"{head}{''.join(objects)}</annotation>\n".encode()


_HEAD = """<annotation>
  <folder>{}</folder>
  <filename>{}</filename>
  <source><database>Annotator</database>{}</source>
  <size><width>{}</width><height>{}</height><depth>{}</depth></size>
  <segmented>{}</segmented>
"""
_OBJECT = """  <object>
    <name>{}</name>
    <pose>Unspecified</pose>
    <truncated>0</truncated>
    <difficult>{}</difficult>
    <bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox>{}
  </object>
"""


def _box(
    shape: ShapeRecord, size: tuple[int, int] | None, report: LossReport, where: str
) -> tuple[int, int, int, int] | None:
    """Return xmin, ymin, xmax, ymax; None when nothing of the box lies in the image."""
    if not all(float(corner).is_integer() for corner in shape.box):
        report.add("labels.bndbox", "decimals were rounded to whole pixels", where)
    left, top, right, bottom = integer_box(*shape.box)
    if size is not None and (left < 0 or top < 0 or right > size[0] or bottom > size[1]):
        report.add("labels.bndbox", "a box was cut at the border of the image", where)
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])
        if left >= right or top >= bottom:
            return None
    return left + 1, top + 1, right, bottom


def _polygons(shape: ShapeRecord, report: LossReport, where: str) -> str:
    if shape.mask is None and shape.points is None:
        return ""
    try:
        if shape.mask is not None:
            parts = seams.outline(shape.mask, shape.bounds)
            report.add("labels.mask", "a mask was written as the outline of its pixels", where)
        else:
            parts = decode_points(shape.points or "[]")
    except DomainError as error:
        report.add("labels.polygon", error.message, where)
        return ""
    if any(len(part) > 1 for part in parts):
        report.add("labels.polygon", "holes were joined to their ring by seams", where)
    return "".join(map(_polygon, map(seams.join_holes, parts)))


def _polygon(ring: seams.Ring) -> str:
    corners = (
        f"<x{number}>{x + 1:.10g}</x{number}><y{number}>{y + 1:.10g}</y{number}>"
        for number, (x, y) in enumerate(ring, start=1)
    )
    return f"\n    <polygon>{''.join(corners)}</polygon>"
