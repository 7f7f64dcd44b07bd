"""Labels as Hasty names them; responses are written from rows of columns, because label lists are what scripts read most."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import orjson
from rest_framework.exceptions import ValidationError

from annotator.domain.geometry import MAX_COORDINATE, MAX_POINTS
from annotator.formats.hasty_geometry import border_mask, is_one_ring, to_hasty
from annotator.models import Label
from annotator.services.annotations.labels import TOOLS
from api.common import fields
from api.common.serializers import ListSerializer, QuerySerializer, Serializer

from .geometry import changed_geometry, new_geometry

MAX_AT_ONCE = 1_000
MAX_KEYPOINTS = 2_000
_INTEGERS = {"type": "array", "items": {"type": "integer"}}
BOX_SCHEMA = {**_INTEGERS, "minItems": 4, "maxItems": 4}
MASK_SCHEMA = {**_INTEGERS, "minItems": 2}
#: A ring of whole pixels, as responses have it; requests may have fractions.
RING_SCHEMA = {"type": "array", "items": {**_INTEGERS, "minItems": 2, "maxItems": 2}}
_LIMITS = {"minimum": -MAX_COORDINATE, "maximum": MAX_COORDINATE}
_COORDINATE = {"type": "number", **_LIMITS}
_BOX_IN_SCHEMA = {**BOX_SCHEMA, "items": {"type": "integer", **_LIMITS}}
_RING_IN_SCHEMA = {
    "type": "array",
    "items": {"type": "array", "items": _COORDINATE, "minItems": 2, "maxItems": 2},
    "minItems": 3,
    "maxItems": MAX_POINTS,
}


class LabelRow(NamedTuple):
    """The columns of a label that a response needs, by their names in the model.

    Where the database has them as text, lists read ids and times as text, see label_rows.HotRows.
    """

    id: uuid.UUID | str
    media_id: uuid.UUID | str
    concept_id: uuid.UUID | str
    x0: float
    y0: float
    x1: float
    y1: float
    points: str | None
    mask: bytes | None
    keypoints: str | None
    tool: str
    z: int
    error: str
    external_id: str
    created_by_id: uuid.UUID | str | None
    updated_by_id: uuid.UUID | str | None
    created_at: datetime | str
    updated_at: datetime | str


# --- responses ---


class KeypointSerializer(Serializer):
    """A keypoint of a label in a response."""

    id = fields.UUIDField()
    keypoint_class_id = fields.UUIDField()
    x = fields.NumberField()
    y = fields.NumberField()
    visible = fields.BooleanField()
    created_by = fields.UUIDField(allow_null=True)
    create_date = fields.DateTimeField()
    updated_by = fields.UUIDField(allow_null=True)
    update_date = fields.DateTimeField()
    norder = fields.NumberField()


class LabelSerializer(Serializer):
    """A label in a response."""

    # Written from a LabelRow or a Label, past the fields, which are what OpenAPI says of it.

    id = fields.UUIDField()
    image_id = fields.UUIDField()
    class_id = fields.UUIDField()
    bbox = fields.JSONField(schema=BOX_SCHEMA, allow_null=True)
    polygon = fields.JSONField(schema=RING_SCHEMA, allow_null=True)
    mask = fields.JSONField(schema=MASK_SCHEMA, allow_null=True)
    tool_used = fields.TextOrNullField()
    z_index = fields.IntegerField()
    keypoints = KeypointSerializer(many=True)
    border_mask = fields.TextOrNullField()
    error = fields.TextOrNullField()
    external_id = fields.TextOrNullField()
    external_event_id = fields.TextOrNullField()
    labeled_by = fields.UUIDField(allow_null=True)
    created_on = fields.DateTimeField()
    updated_on = fields.DateTimeField()

    @cached_property
    def has_border_mask(self) -> bool:
        """Whether borders are computed: the parameter include_border_mask."""
        return bool(self.context.get("include_border_mask"))

    def to_representation(self, instance: LabelRow | Label) -> dict[str, Any]:
        geometry = to_hasty(
            instance.x0, instance.y0, instance.x1, instance.y1, instance.points, instance.mask
        )
        return {
            "id": instance.id,
            "image_id": instance.media_id,
            "class_id": instance.concept_id,
            "bbox": geometry.bbox,
            "polygon": geometry.polygon,
            "mask": geometry.mask,
            "tool_used": instance.tool or None,
            "z_index": instance.z,
            "keypoints": [] if instance.keypoints is None else keypoints_of(instance),
            "border_mask": border_mask(geometry) if self.has_border_mask else None,
            "error": instance.error or None,
            "external_id": instance.external_id or None,
            "external_event_id": None,
            "labeled_by": instance.updated_by_id,
            "created_on": instance.created_at,
            "updated_on": instance.updated_at,
        }


def keypoints_of(row: Any) -> list[dict[str, Any]]:
    """Return the keypoints of a row that has some; their authors and times are the label's."""
    return [
        {
            "id": point["id"],
            "keypoint_class_id": point["keypoint_class"],
            "x": point["x"],
            "y": point["y"],
            "visible": point["visible"],
            "created_by": row.created_by_id,
            "create_date": row.created_at,
            "updated_by": row.updated_by_id,
            "update_date": row.updated_at,
            "norder": point["order"],
        }
        for point in orjson.loads(row.keypoints)
    ]


# --- requests ---


class LabelQuerySerializer(QuerySerializer):
    """What a label, or a list of them, is asked for with."""

    include_border_mask = fields.QueryBooleanField(
        default=False, help_text="Also compute the border of each shape."
    )
    include_errors = fields.QueryBooleanField(
        default=False, help_text="Also include labels that are known to be wrong."
    )


class LabelKeypointInSerializer(Serializer):
    """A keypoint of a label in a request."""

    id = fields.UUIDField(required=False)
    keypoint_class_id = fields.UUIDField(source="keypoint_class")
    x = fields.NumberField(low=-MAX_COORDINATE, high=MAX_COORDINATE)
    y = fields.NumberField(low=-MAX_COORDINATE, high=MAX_COORDINATE)
    visible = fields.BooleanField(required=False, help_text="False: occluded. Default true.")
    norder = fields.NumberField(low=-1e15, high=1e15, source="order", required=False)


class _KeypointListSerializer(ListSerializer):
    child = LabelKeypointInSerializer()
    max_items = MAX_KEYPOINTS


class LabelInSerializer(Serializer):
    """What creates a label; at least one geometry is needed."""

    class_id = fields.UUIDField(source="concept")
    bbox = fields.JSONField(
        schema=_BOX_IN_SCHEMA,
        required=False,
        allow_null=True,
        help_text="[left, top, right, bottom]; right and bottom are exclusive.",
    )
    polygon = fields.JSONField(
        schema=_RING_IN_SCHEMA, required=False, allow_null=True, help_text="One ring of [x, y]."
    )
    mask = fields.JSONField(
        schema=MASK_SCHEMA,
        required=False,
        allow_null=True,
        help_text="Runs [start, length, ...] inside the bbox, row by row, from 1.",
    )
    tool_used = fields.ChoiceField(tuple(sorted(TOOLS)), source="tool", required=False)
    z_index = fields.IntegerField(
        source="z",
        low=-(2**31) + 1,
        high=2**31 - 1,
        required=False,
        help_text="Larger is in front; null is 0, or keeps.",
    )
    external_event_id = fields.TextField(
        max_length=64, required=False, help_text="Returned, and sent to live listeners."
    )
    border_mask = fields.TextField(required=False, help_text="Computed by the server; ignored here.")
    external_id = fields.LineField(max_length=500, required=False, allow_null=True)
    keypoints = _KeypointListSerializer(
        required=False,
        allow_null=True,
        help_text="Points in pixels of the image, of schemas that are linked to the class.",
    )


class LabelChangeSerializer(LabelInSerializer):
    """What changes a label: geometry that is absent stays, null takes it away."""

    id = fields.UUIDField(required=False, help_text="The label; label_id is the same.")
    label_id = fields.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        label_id = attrs.pop("label_id", None)
        if attrs.setdefault("id", label_id) is None:
            raise ValidationError({"id": self.error_messages["required"]}, code="required")
        return attrs


class LabelNamedSerializer(Serializer):
    """Which label."""

    id = fields.UUIDField()


class LabelInListSerializer(ListSerializer):
    """Labels to create."""

    child = LabelInSerializer()
    max_items = MAX_AT_ONCE


class LabelChangeListSerializer(ListSerializer):
    """Labels to change."""

    child = LabelChangeSerializer()
    max_items = MAX_AT_ONCE


class LabelNamedListSerializer(ListSerializer):
    """Labels to delete."""

    child = LabelNamedSerializer()


def to_patch(data: Mapping[str, Any], label: Label | None) -> dict[str, Any]:
    """Return the native patch of validated data: all that a new label has (None), or what differs from the stored one.

    Differs: from what a response says of the label, so reading, changing the class and writing back loses nothing.
    """
    patch = {name: data[name] for name in ("concept", "tool", "z", "external_id") if name in data}
    keypoints = _complete_keypoints(data.get("keypoints"))
    if label is None:
        patch |= new_geometry(data)
        return patch | ({"keypoints": keypoints} if keypoints else {})
    geometry = to_hasty(label.x0, label.y0, label.x1, label.y1, label.points, label.mask)
    is_derived = label.mask is None and label.points is not None and not is_one_ring(label.points)
    box = (label.x0, label.y0, label.x1, label.y1)
    patch |= changed_geometry(data, geometry, box=box, is_derived=is_derived)
    if "keypoints" in data and keypoints != _stored_keypoints(label):
        patch["keypoints"] = keypoints or None
    return patch


def _complete_keypoints(points: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return points with the defaults of what is absent."""
    return [{"visible": True, "order": float(index), **point} for index, point in enumerate(points or ())]


def _stored_keypoints(label: Label) -> list[dict[str, Any]]:
    names = ("x", "y", "visible", "order")
    return [
        {
            "id": uuid.UUID(point["id"]),
            "keypoint_class": uuid.UUID(point["keypoint_class"]),
            **{name: point[name] for name in names},
        }
        for point in orjson.loads(label.keypoints or "[]")
    ]
