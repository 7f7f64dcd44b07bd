"""Reads COCO instances and keypoints item by item in flat memory; what becomes of the records is no matter here.

Whatever a record cannot say, or the file says wrongly, goes to the loss report and never stops the import. Only a file
that is no COCO at all is refused.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np

from annotator.domain.errors import Invalid
from annotator.domain.records import CategoryRecord, ImageRecord, LabelRecord, LossReport, TagRecord

from .coco_ids import Ids, as_id, is_id
from .coco_kinds import NOT_COCO, refusal_of_annotation, refusal_of_list, refusal_of_object
from .coco_labels import LabelParser, is_of_image
from .coco_panoptic import PanopticParser, ReadPixels
from .coco_reasons import kind_of
from .json_stream import JsonObject
from .json_values import NOT_FINITE, storable

_SECTIONS = ("images", "categories", "annotations")
_OTHERS = frozenset(("info", "licenses", "type"))
_IMAGE_OWN = frozenset(("id", "file_name", "width", "height"))
_CATEGORY_OWN = frozenset(("id", "name", "supercategory", "keypoints", "skeleton"))
_HEAD = 64 * 1024
_MAX_CATEGORIES = 100_000
_MAX_SIDE = 1_000_000


class CocoReader:
    """A COCO file, opened. Needs a seekable binary file; memory grows by about 100 bytes an image and 8 a label.

    Raises Invalid or TooLarge when the file is not COCO (no JSON object, no list `images`, a section that is no list)
    or its JSON is broken, then naming the item, line and column.
    """

    def __init__(self, file: BinaryIO, *, report: LossReport) -> None:
        head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
        if head.startswith(b"["):
            raise Invalid(refusal_of_list(head), code=NOT_COCO)
        self._source = JsonObject(file)
        self._report = report
        self._check_sections()
        for name in self._source.names():
            if name not in _SECTIONS and name not in _OTHERS:
                report.add(name, "not a part of COCO, not kept")
        self._image_ids, self._category_ids = Ids(), Ids()
        self._sizes: dict[int, tuple[int, int] | None] | None = None
        self._counts = dict.fromkeys(_SECTIONS, 0)
        self._panoptic: PanopticParser | None = None
        self.info: dict[str, Any] = self._optional("info", {})
        self.licenses: list[Any] = self._optional("licenses", [])
        self.categories: tuple[CategoryRecord, ...] = tuple(self._read_categories())
        self._keypoint_counts = {category.number: len(category.keypoints) for category in self.categories}

    def _check_sections(self) -> None:
        """Refuse a file that is not COCO, in words on what it has and what is expected."""
        if "images" not in self._source:
            raise Invalid(refusal_of_object(self._source.names()), code=NOT_COCO)
        for name in _SECTIONS:
            if name in self._source and not self._source.is_list(name):
                kind, place = self._source.kind(name), self._source.place(name)
                message = f'The file is not COCO: "{name}" is {kind} at {place}; a list is expected.'
                raise Invalid(message, field=name)
        if refusal := refusal_of_annotation(self._first_annotation()):
            raise Invalid(refusal, field="annotations", code=NOT_COCO)

    def _first_annotation(self) -> dict[str, Any]:
        """Return the first object among the annotations; {} when there is none."""
        items = self._source.items("annotations") if "annotations" in self._source else ()
        return next((item for item in items if type(item) is dict), {})

    @property
    def has_tags(self) -> bool:
        """Whether the first annotation is a tag: then the categories are tags before they are classes of regions."""
        first = self._first_annotation()
        return bool(first) and is_of_image(first)

    @property
    def image_count(self) -> int:
        """How many images of the file were read so far, also those that were left out."""
        return self._counts["images"]

    @property
    def label_count(self) -> int:
        """How many annotations (panoptic: segments) of the file were read so far, also those that were left out."""
        return self._panoptic.count if self._panoptic else self._counts["annotations"]

    def _objects(self, section: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the objects of a section with their places; other values in it are reported."""
        for index, item in enumerate(self._source.items(section) if section in self._source else ()):
            self._counts[section] = index + 1
            if type(item) is dict:
                yield index, item
            else:
                words = f"is {kind_of(item)} instead of an object; it was left out"
                self._report.add(section, words, f"{section}[{index}]")

    def _extra(self, item: dict[str, Any], own: frozenset[str], field: str, where: object) -> Any:
        """Return the further fields of an item as they can be stored."""
        extra = {key: value for key, value in item.items() if key not in own}
        for key, value in extra.items():
            if isinstance(value, str) and value in NOT_FINITE:
                self._report.add(f"{field}.{key}", "is no number in JSON; it is kept as text", where)
        return storable(extra)

    def _optional(self, name: str, default: Any) -> Any:
        value = self._source.value(name) if name in self._source else default
        if not isinstance(value, type(default)):
            self._report.add(name, f"must be {'an object' if default == {} else 'a list'}, not kept")
            return default
        return storable(value)

    def _read_categories(self) -> Iterator[CategoryRecord]:
        seen: set[int] = set()
        for index, item in self._objects("categories"):
            if len(seen) >= _MAX_CATEGORIES:
                raise Invalid(f"The file has more than {_MAX_CATEGORIES:,} categories.", field="categories")
            where = f"categories[{index}]"
            (number, external_id), name = self._category_ids.define(item.get("id")), item.get("name")
            if not external_id and not is_id(number):
                self._report.add("categories.id", f"{_no_id(item)}; the category was left out", where)
            elif not isinstance(name, str) or not name.strip():
                self._report.add(
                    "categories.name", f"is {_kind_of_name(name)}; the category was left out", where
                )
            elif number in seen:
                self._report.add(
                    "categories.id", "comes twice; the second was left out", external_id or number
                )
            else:
                seen.add(number)
                yield self._category(item, number, external_id, name)

    def _category(self, item: dict[str, Any], number: int, external_id: str, name: str) -> CategoryRecord:
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
            supercategory=storable(parent) if isinstance(parent, str) else None,
            color=_color(item.get("color")),
            keypoints=tuple(names),
            skeleton=tuple(skeleton),
            extra=self._extra(item, _CATEGORY_OWN, "categories", name),
            external_id=storable(external_id),
        )

    def image_names(self) -> Iterator[str]:
        """Yield the file names of the images, also of those that are left out; nothing is reported."""
        for item in self._source.items("images") if "images" in self._source else ():
            if isinstance(item, dict) and isinstance(name := item.get("file_name"), str):
                yield name

    def images(self) -> Iterator[ImageRecord]:
        """Yield the images in the order of the file. Read them to the end before the labels."""
        sizes: dict[int, tuple[int, int] | None] = {}
        for index, item in self._objects("images"):
            told = self._report.total
            where = f"images[{index}]"
            (number, external_id), name = self._image_ids.define(item.get("id")), item.get("file_name")
            if not external_id and not is_id(number):
                self._report.add("images.id", f"{_no_id(item)}; the image was left out", where)
            elif not isinstance(name, str) or not name.strip():
                self._report.add(
                    "images.file_name", f"is {_kind_of_name(name)}; the image was left out", where
                )
            elif number in sizes:
                self._report.add("images.id", "comes twice; the second was left out", external_id or number)
            else:
                where = external_id or number
                sizes[number] = size = self._size(item, where)
                width, height = size or (None, None)
                extra = self._extra(item, _IMAGE_OWN, "images", where)
                external_id = storable(external_id)
                yield ImageRecord(
                    number, name, width=width, height=height, extra=extra, external_id=external_id,
                    is_changed=self._report.total > told,
                )  # fmt: skip
        self._sizes = sizes

    def _size(self, item: dict[str, Any], where: object) -> tuple[int, int] | None:
        width, height = as_id(item.get("width")), as_id(item.get("height"))
        if is_id(width) and is_id(height) and 0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE:
            return width, height
        if width is not None or height is not None:
            self._report.add(
                "images.width", "width and height must be whole numbers above 0, not kept", where
            )
        return None

    def correct_sizes(self, sizes: Mapping[int, tuple[int, int]]) -> None:
        """Have labels checked against these (width, height) of images by id, instead of those of the file."""
        if self._sizes is not None:
            self._sizes.update(sizes)

    @property
    def mask_names(self) -> Iterator[str]:
        """The names of the PNGs of a panoptic file; none of other files."""
        if self.is_panoptic:
            for item in self._source.items("annotations"):
                if isinstance(item, dict) and isinstance(name := item.get("file_name"), str):
                    yield name

    @property
    def is_panoptic(self) -> bool:
        """Whether the annotations are those of whole images in PNGs."""
        return "segments_info" in self._first_annotation()

    def labels(self, read_pixels: ReadPixels = lambda name: None) -> Iterator[LabelRecord | TagRecord]:
        """Yield the labels, and the tags of image-level annotations, in the order of the file, wherever in it they stand.

        A label of an image or category that the file does not have (or that was left out) is left out and reported;
        one whose segmentation is broken stays as a box. `read_pixels` returns the pixels of a panoptic file's PNGs.
        """
        if self._sizes is None:
            for _ in self.images():
                pass
        if self.is_panoptic:
            yield from self._segments(read_pixels)
            return
        parser = LabelParser(
            self._image_ids, self._sizes or {}, self._category_ids, self._keypoint_counts, self._report
        )
        numbers = array("q")
        for index, item in self._objects("annotations"):
            told = self._report.total
            label = parser.parse(item, index)
            if label is not None:
                if type(label) is LabelRecord and label.number is not None:
                    numbers.append(label.number)
                yield label if self._report.total == told else label._replace(is_changed=True)
        repeats = len(numbers) - np.unique(np.frombuffer(numbers, np.int64)).size if numbers else 0
        if repeats:
            self._report.add("annotations.id", "ids come more than once", count=repeats)

    def _segments(self, read_pixels: ReadPixels) -> Iterator[LabelRecord]:
        self._panoptic = parser = PanopticParser(
            self._image_ids, self._sizes or {}, self._category_ids, set(self._keypoint_counts), self._report, read_pixels
        )  # fmt: skip
        for index, item in self._objects("annotations"):
            yield from parser.parse(item, index)


def _no_id(item: dict[str, Any]) -> str:
    return f"is {kind_of(item['id'])} and no id" if "id" in item else "is missing"


def _kind_of_name(name: object) -> str:
    return "a text without letters" if isinstance(name, str) else f"{kind_of(name)} instead of a text"


def _list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _color(value: object) -> str | None:
    """Return such a text as it is written, "#rrggbb" of a list of three bytes, as panoptic files have it."""
    if (
        isinstance(value, str)
        and len(value) in (7, 9)
        and value[0] == "#"
        and all(c in "0123456789abcdefABCDEF" for c in value[1:])
    ):
        return value
    if isinstance(value, list) and len(value) == 3 and all(type(v) is int and 0 <= v <= 255 for v in value):
        return "#" + bytes(value).hex()
    return None
