"""Reads COCO instances and keypoints item by item in flat memory; what becomes of the records is no matter here.

Whatever a record cannot say, or the file says wrongly, goes to the loss report and never stops the import. Only a file
that is no COCO at all is refused.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from annotator.domain.errors import Invalid
from annotator.domain.records import CategoryRecord, ImageRecord, LabelRecord, LossReport

from .coco_labels import LabelParser, as_id, is_id
from .json_stream import JsonObject, without_nul

_SECTIONS = ("images", "categories", "annotations")
_OTHERS = frozenset(("info", "licenses", "type"))
_IMAGE_OWN = frozenset(("id", "file_name", "width", "height"))
_CATEGORY_OWN = frozenset(("id", "name", "supercategory", "keypoints", "skeleton"))
_MAX_CATEGORIES = 100_000
_MAX_SIDE = 1_000_000


class CocoReader:
    """A COCO file, opened. Needs a seekable binary file; memory grows by about 100 bytes an image and 8 a label.

    Raises Invalid or TooLarge when the file is not COCO (no JSON object, no list `images` or `annotations`, a section
    that is no list) or its JSON is broken, then naming the item and the byte.
    """

    def __init__(self, file: BinaryIO, *, report: LossReport) -> None:
        self._source = JsonObject(file)
        self._report = report
        if not any(name in self._source for name in ("images", "annotations")):
            raise Invalid("The file is not COCO: it has neither images nor annotations.")
        for name in _SECTIONS:
            if name in self._source and not self._source.is_list(name):
                raise Invalid(f"The file is not COCO: {name} must be a list.", field=name)
        for name in self._source.names():
            if name not in _SECTIONS and name not in _OTHERS:
                report.add(name, "not a part of COCO, not kept")
        self._sizes: dict[int, tuple[int, int] | None] | None = None
        #: Items of the file that were read so far, also those that were left out.
        self.image_count = self.label_count = 0
        self.info: dict[str, Any] = self._optional("info", {})
        self.licenses: list[Any] = self._optional("licenses", [])
        self.categories: tuple[CategoryRecord, ...] = tuple(self._read_categories())
        self._keypoint_counts = {category.number: len(category.keypoints) for category in self.categories}

    def _optional(self, name: str, default: Any) -> Any:
        value = self._source.value(name) if name in self._source else default
        if not isinstance(value, type(default)):
            self._report.add(name, f"must be {'an object' if default == {} else 'a list'}, not kept")
            return default
        return without_nul(value)

    def _read_categories(self) -> Iterator[CategoryRecord]:
        seen: set[int] = set()
        for index, item in enumerate(
            self._source.items("categories") if "categories" in self._source else ()
        ):
            if len(seen) >= _MAX_CATEGORIES:
                raise Invalid(f"The file has more than {_MAX_CATEGORIES:,} categories.", field="categories")
            where = f"categories[{index}]"
            number, name = as_id(item.get("id")), item.get("name")
            if not is_id(number):
                self._report.add("categories.id", "must be a whole number; the category was left out", where)
            elif not isinstance(name, str) or not name.strip():
                self._report.add("categories.name", "must be text; the category was left out", where)
            elif number in seen:
                self._report.add("categories.id", "comes twice; the second was left out", number)
            else:
                seen.add(number)
                yield self._category(item, number, name)

    def _category(self, item: dict[str, Any], number: int, name: str) -> CategoryRecord:
        names = item.get("keypoints") or []
        if not isinstance(names, list) or not all(isinstance(x, str) for x in names):
            self._report.add("categories.keypoints", "must be a list of names, not kept", name)
            names = []
        skeleton = []
        for pair in _list_of(item.get("skeleton")):
            if (
                isinstance(pair, list)
                and len(pair) == 2
                and all(is_id(x) and 1 <= x <= len(names) for x in pair)
            ):
                skeleton.append((pair[0] - 1, pair[1] - 1))
            else:
                self._report.add(
                    "categories.skeleton", "an edge must be two places in keypoints, counted from 1", name
                )
        parent = item.get("supercategory")
        return CategoryRecord(
            number,
            name,
            supercategory=without_nul(parent) if isinstance(parent, str) else None,
            color=_color(item.get("color")),
            keypoints=tuple(names),
            skeleton=tuple(skeleton),
            extra=without_nul({key: value for key, value in item.items() if key not in _CATEGORY_OWN}),
        )

    def images(self) -> Iterator[ImageRecord]:
        """Yield the images in the order of the file. Read them to the end before the labels."""
        sizes: dict[int, tuple[int, int] | None] = {}
        for index, item in enumerate(self._source.items("images") if "images" in self._source else ()):
            self.image_count, told = index + 1, self._report.total
            where = f"images[{index}]"
            number, name = as_id(item.get("id")), item.get("file_name")
            if not is_id(number):
                self._report.add("images.id", "must be a whole number; the image was left out", where)
            elif not isinstance(name, str) or not name.strip():
                self._report.add("images.file_name", "must be text; the image was left out", where)
            elif number in sizes:
                self._report.add("images.id", "comes twice; the second was left out", number)
            else:
                width, height = as_id(item.get("width")), as_id(item.get("height"))
                has_size = (
                    is_id(width) and is_id(height) and 0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE
                )
                if not has_size and (width is not None or height is not None):
                    self._report.add(
                        "images.width", "width and height must be whole numbers above 0, not kept", number
                    )
                sizes[number] = (width, height) if has_size else None
                extra = without_nul({key: value for key, value in item.items() if key not in _IMAGE_OWN})
                width, height = sizes[number] or (None, None)
                is_changed = self._report.total > told
                yield ImageRecord(
                    number, name, width=width, height=height, extra=extra, is_changed=is_changed
                )
        self._sizes = sizes

    def labels(self) -> Iterator[LabelRecord]:
        """Yield the labels in the order of the file, wherever in it they stand.

        A label of an image or category that the file does not have (or that was left out) is left out and reported;
        one whose segmentation is broken stays as a box.
        """
        if self._sizes is None:
            for _ in self.images():
                pass
        parser = LabelParser(self._sizes or {}, self._keypoint_counts, self._report)
        numbers = array("q")
        for index, item in enumerate(
            self._source.items("annotations") if "annotations" in self._source else ()
        ):
            self.label_count, told = index + 1, self._report.total
            label = parser.parse(item, index)
            if label is not None:
                if label.number is not None:
                    numbers.append(label.number)
                yield label if self._report.total == told else label._replace(is_changed=True)
        repeats = len(numbers) - np.unique(np.frombuffer(numbers, np.int64)).size if numbers else 0
        if repeats:
            self._report.add("annotations.id", "ids come more than once", count=repeats)


def _list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _color(value: object) -> str | None:
    """Return "#rrggbb" of such a text or of a list of three bytes, as panoptic files have it."""
    if (
        isinstance(value, str)
        and len(value) in (7, 9)
        and value[0] == "#"
        and all(c in "0123456789abcdefABCDEF" for c in value[1:])
    ):
        return value.lower()
    if isinstance(value, list) and len(value) == 3 and all(type(v) is int and 0 <= v <= 255 for v in value):
        return "#" + bytes(value).hex()
    return None
