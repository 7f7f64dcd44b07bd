"""Writes semantic PNGs: a class map for each image, its classes as gray levels or colors, and the list of the classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from annotator.domain import class_maps
from annotator.domain.errors import DomainError, Invalid
from annotator.domain.records import LossReport, ShapeRecord

from . import png

GS_ASC, GS_DESC, CLASS_COLOR = "gs_asc", "gs_desc", "class_color"
ENCODINGS = (GS_ASC, GS_DESC, CLASS_COLOR)
MAX_CLASSES = 255


@dataclass(frozen=True, slots=True)
class MapClass:
    """A class of the list; `color` is "#rrggbb" or "#rrggbbaa"."""

    name: str
    color: str
    kind: str


class SemanticWriter:
    """Draws class maps in one of ENCODINGS. Invalid when there are more than MAX_CLASSES classes."""

    def __init__(self, classes: Sequence[MapClass], encoding: str, report: LossReport) -> None:
        if len(classes) > MAX_CLASSES:
            raise Invalid(
                f"semantic_png holds at most {MAX_CLASSES} classes, and this export has {len(classes):,}."
                " Export fewer classes at once.",
                field="class",
            )
        self._classes = classes
        self._encoding = encoding
        self._report = report
        is_falling = encoding == GS_DESC
        self._values = [256 - k if is_falling else k for k in range(1, len(classes) + 1)]
        self._palette = np.zeros((256, 3), np.uint8)
        if encoding == CLASS_COLOR:
            for value, row in zip(self._values, classes, strict=True):
                self._palette[value] = _rgb(row.color)
            self._report_same_colors()

    def label_classes(self) -> bytes:
        """Return `label_classes.json`."""
        rows = [
            {"png_index": value, "class_name": row.name, "color": row.color, "class_type": row.kind}
            for value, row in zip(self._values, self._classes, strict=True)
        ]
        return orjson.dumps(rows, option=orjson.OPT_INDENT_2)

    def write(self, shapes: Iterable[ShapeRecord], size: tuple[int, int], where: str) -> bytes:
        """Return the PNG of an image; later shapes cover earlier ones. What cannot be drawn is reported."""
        target = class_maps.blank(*size)
        width, height = size
        for shape in shapes:
            x0, y0, x1, y1 = shape.box
            if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
                self._report.add("labels", "a label was cut at the border of the image", where)
            try:
                class_maps.draw(target, shape, self._values[shape.class_index])
            except DomainError as error:
                self._report.add("labels", error.message, where)
        return png.encode(self._palette[target] if self._encoding == CLASS_COLOR else target)

    def _report_same_colors(self) -> None:
        seen = {(0, 0, 0)}
        for value, row in zip(self._values, self._classes, strict=True):
            color = tuple(self._palette[value].tolist())
            if color in seen:
                self._report.add("color", "the color is that of the background or of another class", row.name)
            seen.add(color)


def _rgb(color: str) -> NDArray[np.uint8]:
    digits = color.lstrip("#")[:6].ljust(6, "0")
    return np.frombuffer(bytes.fromhex(digits), np.uint8)
