"""Writes Hasty's JSON 1.1 as a stream of bytes in flat memory; where the entries come from is no matter here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from annotator.domain.geometry import decode_points
from annotator.domain.records import LossReport

from .hasty_geometry import is_one_ring, to_hasty

VERSION = "1.1"


@dataclass(frozen=True, slots=True)
class LabelEntry:
    """A label of an image: stored geometry, its class by name, attribute values in words."""

    id: str
    class_name: str
    box: tuple[float, float, float, float]
    points: str | None = None
    mask: bytes | None = None
    keypoints: str | None = None
    z: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """An image with its labels. `tag_groups` are the names of its tags by the name of their group."""

    id: str
    name: str
    dataset: str
    width: int
    height: int
    mode: str
    status: str
    labels: Sequence[LabelEntry] = ()
    tags: Sequence[str] = ()
    tag_groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the images: the project and its vocabulary, each list as JSON values by Hasty's names."""

    project_name: str
    created_at: datetime
    exported_at: datetime
    label_classes: Sequence[Mapping[str, Any]] = ()
    keypoint_schemas: Sequence[Mapping[str, Any]] = ()
    tag_groups: Sequence[Mapping[str, Any]] = ()
    attributes: Sequence[Mapping[str, Any]] = ()


def write(
    *,
    head: Head,
    images: Iterable[ImageEntry],
    report: LossReport,
    keypoint_names: Mapping[str, str] | None = None,
) -> Iterator[bytes]:
    """Yield the pieces of the file, one for each image; `images` is read once.

    Numbers are rounded half-up as the format wants whole pixels; a polygon with holes or parts is written as a mask.
    Both are told in `report`. `keypoint_names` are the names of keypoint classes by id.
    """
    yield orjson.dumps(_front(head))[:-1] + b',"images":['
    names = keypoint_names or {}
    for index, image in enumerate(images):
        yield (b"," if index else b"") + orjson.dumps(_image(image, report, names))
    yield b"]}\n"


def write_videos(
    *, head: Head, activity_types: Sequence[Mapping[str, Any]], videos: Iterable[Mapping[str, Any]]
) -> Iterator[bytes]:
    """Yield the pieces of the file of a project of videos, one for each video; `videos` is read once."""
    front = {**_front(head), "activity_types": list(activity_types)}
    yield orjson.dumps(front)[:-1] + b',"videos":['
    for index, video in enumerate(videos):
        yield (b"," if index else b"") + orjson.dumps(video)
    yield b"]}\n"


def _front(head: Head) -> dict[str, Any]:
    return {
        "project_name": head.project_name,
        "create_date": iso(head.created_at),
        "export_format_version": VERSION,
        "export_date": iso(head.exported_at),
        "label_classes": list(head.label_classes),
        "keypoint_schemas": list(head.keypoint_schemas),
        "tag_groups": list(head.tag_groups),
        "attributes": list(head.attributes),
    }


def iso(at: datetime) -> str:
    """Return a time as the live service writes it: whole seconds, UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _image(image: ImageEntry, report: LossReport, names: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "image_id": image.id,
        "width": image.width,
        "height": image.height,
        "image_name": image.name,
        "image_mode": image.mode,
        "dataset_name": image.dataset,
        "image_status": image.status,
        "labels": [_label(label, report, names) for label in image.labels],
        "tags": list(image.tags),
        "tag_groups": {group: list(tags) for group, tags in image.tag_groups.items()},
        "attributes": dict(image.attributes),
    }
    return row if image.public_url is None else row | {"public_url": image.public_url}


def _label(label: LabelEntry, report: LossReport, names: Mapping[str, str]) -> dict[str, Any]:
    _note_losses(label, report)
    geometry = to_hasty(*label.box, label.points, label.mask)
    return {
        "id": label.id,
        "class_name": label.class_name,
        "bbox": geometry.bbox,
        "polygon": geometry.polygon,
        "mask": geometry.mask,
        "z_index": label.z,
        "keypoints": [_keypoint(point, names) for point in orjson.loads(label.keypoints or "[]")],
        "attributes": dict(label.attributes),
    }


def _note_losses(label: LabelEntry, report: LossReport) -> None:
    decimals = any(not corner.is_integer() for corner in label.box)
    if decimals or (label.points is not None and "." in label.points):
        report.add("labels", "decimals were rounded to whole pixels", label.id)
    if label.points is not None and not is_one_ring(label.points):
        parts = decode_points(label.points)
        reason = "holes" if any(len(part) > 1 for part in parts) else "several parts"
        what = "was left out beside its mask" if label.mask is not None else "was written as a mask"
        report.add("labels.polygon", f"a polygon with {reason} {what}", label.id)


def _keypoint(point: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": point["id"],
        "keypoint_class_id": point["keypoint_class"],
        "keypoint_class_name": names.get(point["keypoint_class"]),
        "x": point["x"],
        "y": point["y"],
        "visible": point["visible"],
        "norder": point["order"],
    }
