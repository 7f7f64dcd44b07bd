"""Labels as Hasty names them; the lists that scripts read most are made from raw columns."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

import orjson

from annotator.formats.hasty_geometry import border, is_one_ring, say
from annotator.models import Label
from annotator.services.annotations.labels import TOOLS
from api.common.shapes import (
    ListOf,
    any_field,
    bool_field,
    choice_field,
    id_field,
    int_field,
    number_field,
    shape,
    text_field,
)

from .geometry import changed_geometry, new_geometry

MAX_AT_ONCE = 1000
MAX_KEYPOINTS = 2_000
_BOX = {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4}
_POLYGON = {
    "type": "array",
    "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
}
_MASK = {"type": "array", "items": {"type": "integer"}}

_KEYPOINT = shape(
    "LabelKeypointIn",
    id=id_field(),
    keypoint_class_id=id_field(to="keypoint_class", required=True),
    x=number_field(required=True),
    y=number_field(required=True),
    visible=bool_field(doc="False: occluded. Default true."),
    norder=number_field(to="order"),
)
_FIELDS = {
    "class_id": id_field(required=True),
    "bbox": any_field(
        schema=_BOX, null=True, doc="[left, top, right, bottom]; right and bottom are exclusive."
    ),
    "polygon": any_field(schema=_POLYGON, null=True, doc="One ring of [x, y]."),
    "mask": any_field(
        schema=_MASK, null=True, doc="Runs [start, length, ...] inside the bbox, row by row, from 1."
    ),
    "tool_used": choice_field(tuple(sorted(TOOLS))),
    "z_index": int_field(low=-(2**31) + 1, high=2**31 - 1, doc="Larger is in front; null is 0, or keeps."),
    "external_event_id": text_field(limit=64, doc="Said back, and told to live listeners."),
    "border_mask": text_field(doc="Computed by the server; ignored here."),
    "external_id": text_field(null=True),
    "keypoints": any_field(
        schema={"type": "array", "items": _KEYPOINT, "maxItems": MAX_KEYPOINTS},
        null=True,
        doc="Points in pixels of the image, of schemas that are linked to the class.",
    ),
}
LABELS = ListOf(shape("LabelIn", **_FIELDS), limit=MAX_AT_ONCE)
CHANGED_LABELS = ListOf(
    shape(
        "LabelChange",
        id=id_field(doc="The label; label_id is the same."),
        label_id=id_field(),
        **_FIELDS,
    ),
    limit=MAX_AT_ONCE,
)
DROPPED_LABELS = ListOf(shape("LabelNamed", id=id_field(required=True)), limit=10_000)
_KEYPOINTS = ListOf(_KEYPOINT, limit=MAX_KEYPOINTS)


class KeypointOut(TypedDict):
    id: str
    keypoint_class_id: str
    x: float
    y: float
    visible: bool
    created_by: uuid.UUID | None
    create_date: datetime
    updated_by: uuid.UUID | None
    update_date: datetime
    norder: float


class LabelOut(TypedDict):
    id: uuid.UUID
    image_id: uuid.UUID
    class_id: uuid.UUID
    bbox: list[int] | None
    polygon: list[list[int]] | None
    mask: list[int] | None
    tool_used: str | None
    z_index: int
    keypoints: list[KeypointOut]
    border_mask: str | None
    error: str | None
    external_id: str | None
    external_event_id: str | None
    labeled_by: uuid.UUID | None
    created_on: datetime
    updated_on: datetime


# The columns of `from_columns`, in its order.
COLUMNS = (
    "id", "media_id", "concept_id", "x0", "y0", "x1", "y1", "points", "mask", "keypoints", "tool", "z", "error",
    "external_id", "created_by_id", "updated_by_id", "created_at", "updated_at",
)  # fmt: skip


def from_columns(row: Sequence[Any], *, with_border: bool = False) -> dict[str, Any]:
    """Return a label from its columns."""
    (key, media, concept, x0, y0, x1, y1, points, mask, keypoints, tool, z, error,
     external, author, editor, created, updated) = row  # fmt: skip
    said = say(x0, y0, x1, y1, points, mask)
    return {
        "id": key,
        "image_id": media,
        "class_id": concept,
        "bbox": said.bbox,
        "polygon": said.polygon,
        "mask": said.mask,
        "tool_used": tool or None,
        "z_index": z,
        "keypoints": [] if keypoints is None else say_keypoints(keypoints, author, editor, created, updated),
        "border_mask": border(said) if with_border else None,
        "error": error or None,
        "external_id": external or None,
        "external_event_id": None,
        "labeled_by": editor,
        "created_on": created,
        "updated_on": updated,
    }


def out(label: Label, view: Any = None) -> dict[str, Any]:
    """Return a label."""
    return from_columns([getattr(label, column) for column in COLUMNS])


def say_keypoints(
    text: str, author: uuid.UUID | None, editor: uuid.UUID | None, created: datetime, updated: datetime
) -> list[KeypointOut]:
    """Return stored keypoints; who and when are the label's."""
    return [
        {
            "id": point["id"],
            "keypoint_class_id": point["keypoint_class"],
            "x": point["x"],
            "y": point["y"],
            "visible": point["visible"],
            "created_by": author,
            "create_date": created,
            "updated_by": editor,
            "update_date": updated,
            "norder": point["order"],
        }
        for point in orjson.loads(text)
    ]


# --- the way in ---


def created(item: dict[str, Any]) -> dict[str, Any]:
    """Return the native patch of a label that is created."""
    keypoints = _keypoints(item)
    patch = _plain(item) | new_geometry(item)
    return patch | ({"keypoints": keypoints} if keypoints else {})


def changed(item: dict[str, Any], label: Label) -> dict[str, Any]:
    """Return the native patch of what differs from what was said of the stored label."""
    said = say(label.x0, label.y0, label.x1, label.y1, label.points, label.mask)
    is_derived = label.mask is None and label.points is not None and not is_one_ring(label.points)
    box = (label.x0, label.y0, label.x1, label.y1)
    patch = _plain(item) | changed_geometry(item, said, box=box, is_derived=is_derived)
    if "keypoints" in item:
        keypoints = _keypoints(item)
        if keypoints != _stored_keypoints(label):
            patch["keypoints"] = keypoints or None
    return patch


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    patch: dict[str, Any] = {"concept": item["class_id"]}
    for name, native in (("tool_used", "tool"), ("z_index", "z"), ("external_id", "external_id")):
        if name in item:
            patch[native] = item[name]
    return patch


def _keypoints(item: dict[str, Any]) -> list[dict[str, Any]]:
    raw = item.get("keypoints")
    return (
        []
        if raw is None
        else [_full(point, place) for place, point in enumerate(_KEYPOINTS.read(raw, "keypoints"))]
    )


def _full(point: dict[str, Any], place: int) -> dict[str, Any]:
    """Return a point with the values that are meant where nothing is said."""
    return {"visible": True, "order": float(place), **point}


def _stored_keypoints(label: Label) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid.UUID(point["id"]),
            "keypoint_class": uuid.UUID(point["keypoint_class"]),
            "x": point["x"],
            "y": point["y"],
            "visible": point["visible"],
            "order": point["order"],
        }
        for point in orjson.loads(label.keypoints or "[]")
    ]
