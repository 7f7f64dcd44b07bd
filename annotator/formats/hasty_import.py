"""Reads Hasty's JSON 1.1 of images item by item in flat memory; what becomes of the records is no matter here.

What is wrong with an item goes to the loss report and costs that item alone; only a file of another kind is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from annotator.domain.errors import DomainError, Invalid
from annotator.domain.geometry import Geometry, parse_geometry
from annotator.domain.polygons import is_number
from annotator.domain.records import LossReport

from .coco_kinds import NOT_COCO
from .coco_reasons import kind_of
from .json_stream import JsonObject
from .json_values import storable

#: The name at the top by which the format is known; live files and ours have it within their first bytes.
MARK = "export_format_version"
_HEAD = 64 * 1024
_SECTIONS = ("label_classes", "keypoint_schemas", "tag_groups", "attributes")
_MAX_ENTRIES = 10_000
_MAX_Z = 2**31 - 1
_MAX_SIDE = 1_000_000


@dataclass(frozen=True, slots=True)
class LabelItem:
    """A label: its class by name, its geometry without keypoints, its keypoints as the file gives them, its attribute values."""

    class_name: str
    geometry: Geometry
    z: int
    points: tuple[Mapping[str, Any], ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class ImageItem:
    """An image with its labels; `left_out` counts those that cannot be read. `tags` are (group or None, name)."""

    name: str
    dataset: str
    width: int
    height: int
    status: str
    labels: tuple[LabelItem, ...]
    tags: tuple[tuple[str | None, str], ...]
    attributes: Mapping[str, Any]
    left_out: int
    is_changed: bool


def is_hasty(file: BinaryIO) -> bool:
    """Return whether a JSON file is of this format, by its first bytes; the place in the file stays."""
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    return f'"{MARK}"'.encode() in head


class HastyReader:
    """A file of Hasty's JSON 1.1, opened. Needs a seekable binary file.

    `head` holds the objects of each list before the images; those without a name are reported. Raises Invalid for
    another format or version, a file of videos, and broken JSON; TooLarge for lists beyond all reason.
    """

    def __init__(self, file: BinaryIO, *, report: LossReport) -> None:
        self._source, self._report = JsonObject(file), report
        if "images" not in self._source:
            what = "a project of videos" if "videos" in self._source else "no images"
            raise Invalid(
                f"The file is JSON 1.1 of {what}; images with labels can be imported.", code=NOT_COCO
            )
        if not self._source.is_list("images"):
            raise Invalid(f'"images" is {self._source.kind("images")}; a list is expected.', field="images")
        version = self._source.value(MARK) if MARK in self._source else None
        if version != "1.1":
            raise Invalid(f"The file has {MARK} {version}; 1.1 can be imported.", field=MARK)
        self.head = {name: tuple(self._entries(name)) for name in _SECTIONS}

    def _entries(self, section: str) -> Iterator[dict[str, Any]]:
        if section not in self._source:
            return
        for index, item in enumerate(self._source.items(section)):
            if index >= _MAX_ENTRIES:
                raise Invalid(f"The file has more than {_MAX_ENTRIES:,} {section}.", field=section)
            name = item.get(_NAMES[section]) if type(item) is dict else None
            if not isinstance(name, str) or not name.strip():
                self._report.add(section, f"has no {_NAMES[section]}; it was left out", f"{section}[{index}]")
            else:
                yield storable(item)

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield (dataset, name) of the images, also of those that will be left out; nothing is reported."""
        for item in self._source.items("images"):
            if type(item) is dict and isinstance(name := item.get("image_name"), str):
                dataset = item.get("dataset_name")
                yield (dataset if isinstance(dataset, str) else ""), name

    def images(self) -> Iterator[ImageItem | None]:
        """Yield the images in the order of the file; None for one that is left out."""
        for index, item in enumerate(self._source.items("images")):
            where = f"images[{index}]"
            if type(item) is not dict:
                self._report.add("images", f"is {kind_of(item)} instead of an object; it was left out", where)
                yield None
                continue
            name = item.get("image_name")
            if not isinstance(name, str) or not name.strip():
                self._report.add("images.image_name", "is missing; the image was left out", where)
                yield None
            else:
                yield self._image(storable(item), name, where)

    def _image(self, item: dict[str, Any], name: str, where: str) -> ImageItem:
        told = self._report.total
        width, height = (self._side(item.get(key), f"images.{key}", where) for key in ("width", "height"))
        raw = self._list(item, "labels", where)
        own = self._report.total
        labels = []
        for index, label in enumerate(raw):
            found = self._label(label, width, height, f"{where}.labels[{index}]")
            if found is not None:
                labels.append(found)
        is_changed = own > told
        dataset, status = item.get("dataset_name"), item.get("image_status")
        return ImageItem(
            name=storable(name), dataset=dataset if isinstance(dataset, str) else "", width=width, height=height,
            status=status if isinstance(status, str) else "NEW", labels=tuple(labels), tags=tuple(self._tags(item, where)),
            attributes=self._values(item, where), left_out=len(raw) - len(labels), is_changed=is_changed,
        )  # fmt: skip

    def _side(self, value: object, name: str, where: str) -> int:
        if type(value) is int and 0 <= value <= _MAX_SIDE:
            return value
        if value is not None:
            self._report.add(name, "must be a whole number, not kept", where)
        return 0

    def _list(self, item: Mapping[str, Any], key: str, where: str) -> list[Any]:
        value = item.get(key)
        if value is None or type(value) is list:
            return value or []
        self._report.add(f"images.{key}", f"is {kind_of(value)} instead of a list, not kept", where)
        return []

    def _values(self, item: Mapping[str, Any], where: str) -> Mapping[str, Any]:
        """Return the attribute values of an image or label by the attribute's name."""
        value = item.get("attributes")
        if value is None or type(value) is dict:
            return value or {}
        self._report.add("attributes", f"is {kind_of(value)} instead of an object, not kept", where)
        return {}

    def _tags(self, item: Mapping[str, Any], where: str) -> Iterator[tuple[str | None, str]]:
        """Yield the tags of an image once each, with their groups where the file names them."""
        groups = item.get("tag_groups")
        group_of: dict[str, str] = {}
        for group, names in (groups if type(groups) is dict else {}).items():
            group_of |= {name: group for name in (names if type(names) is list else ()) if type(name) is str}
        for name in dict.fromkeys(
            [*(one for one in self._list(item, "tags", where) if type(one) is str), *group_of]
        ):
            yield group_of.get(name), name

    def _label(self, item: Any, width: int, height: int, where: str) -> LabelItem | None:
        if type(item) is not dict:
            self._report.add("labels", f"is {kind_of(item)} instead of an object; it was left out", where)
            return None
        name, z, told = item.get("class_name"), item.get("z_index", 0), self._report.total
        if not isinstance(name, str):
            self._report.add("labels.class_name", "is missing; the label was left out", where)
            return None
        if type(z) is not int or abs(z) > _MAX_Z:
            self._report.add("labels.z_index", "must be a whole number; taken as 0", where)
            z = 0
        points = item.get("keypoints")
        kept = tuple(one for one in points if type(one) is dict) if type(points) is list else ()
        geometry = self._geometry(item, kept, width, height, where)
        if geometry is None:
            return None
        attributes = self._values(item, where)
        return LabelItem(name, geometry, z, kept, attributes, is_changed=self._report.total > told)

    def _geometry(
        self,
        item: Mapping[str, Any],
        points: Sequence[Mapping[str, Any]],
        width: int,
        height: int,
        where: str,
    ) -> Geometry | None:
        """Return the geometry of a label, without a polygon or mask that is broken; None, reported, when nothing is left."""
        ring, mask = item.get("polygon"), item.get("mask")
        patch = {
            "box": item.get("bbox") or (_around(points) if ring is None else None),
            "points": None if ring is None else [[ring]],
            "mask": mask,
            "keypoints": [],
        }
        reasons = []
        for dropped in ((), ("mask",), ("points",), ("mask", "points")):
            if any(patch[key] is None for key in dropped):
                continue
            try:
                found = parse_geometry({**patch, **dict.fromkeys(dropped)}, width, height)
            except DomainError as error:
                reasons.append(error.message)
                continue
            if dropped:
                self._report.add(f"labels.{' and '.join(dropped)}", f"{reasons[0]} It was left out.", where)
            return found
        self._report.add("labels.bbox", f"{reasons[-1]} The label was left out.", where)
        return None


def _around(points: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """Return the box around the keypoints of a label that has no other place."""
    found = [(one.get("x"), one.get("y")) for one in points]
    if not found or not all(is_number(x) and is_number(y) for x, y in found):
        return None
    xs, ys = zip(*found, strict=True)
    return [min(xs), min(ys), max(xs), max(ys)]


_NAMES = {
    "label_classes": "class_name",
    "keypoint_schemas": "name",
    "tag_groups": "group_name",
    "attributes": "name",
}
