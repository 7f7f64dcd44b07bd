"""Keypoint schemas as Hasty names them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal, TypedDict

from annotator.models import KeypointBinding, KeypointClass, KeypointSchema, SkeletonEdge
from annotator.services.vocabulary.keypoint_schemas import KINDS
from api.common.shapes import (
    ListOf,
    choice_field,
    id_field,
    int_field,
    list_field,
    number_field,
    shape,
    text_field,
)

from .plain import or_none

_CLASS = shape(
    "KeypointClassIn",
    id=id_field(doc="The class to keep, or your own name of a new one for the skeleton."),
    name=text_field(required=True),
    description=text_field(null=True),
    min_points=int_field(to="minimum"),
    max_points=int_field(to="maximum"),
    norder=number_field(to="order"),
    editor_x=number_field(null=True),
    editor_y=number_field(null=True),
)
_EDGE = shape(
    "KeypointSkeletonEdgeIn",
    keypoint_class_id_a=id_field(to="a", required=True),
    keypoint_class_id_b=id_field(to="b", required=True),
    color=text_field(),
)
SCHEMA = shape(
    "KeypointSchemaIn",
    name=text_field(required=True),
    type=choice_field(KINDS, to="kind", required=True),
    description=text_field(null=True),
    norder=number_field(to="order"),
    keypoint_classes=list_field(_CLASS, to="classes"),
    keypoint_skeleton=list_field(_EDGE, to="edges"),
    template_id=text_field(to="template", null=True),
)
LINKS = ListOf(
    shape(
        "KeypointSchemaClassLinkIn",
        keypoint_schema_id=id_field(to="schema_id", required=True),
        label_class_id=id_field(to="concept_id", required=True),
        label_class_order=number_field(to="order", doc="Default 0."),
    ),
    limit=1000,
)


class KeypointClassOut(TypedDict):
    id: uuid.UUID
    keypoint_schema_id: uuid.UUID
    name: str
    description: str | None
    min_points: int
    max_points: int
    created_by: uuid.UUID | None
    create_date: datetime
    updated_by: uuid.UUID | None
    update_date: datetime
    norder: float
    editor_x: float | None
    editor_y: float | None


class SkeletonEdgeOut(TypedDict):
    id: uuid.UUID
    keypoint_schema_id: uuid.UUID
    keypoint_class_id_a: uuid.UUID
    keypoint_class_id_b: uuid.UUID
    color: str | None


class KeypointSchemaOut(TypedDict):
    id: uuid.UUID
    name: str
    project_id: uuid.UUID
    description: str | None
    type: Literal["pose", "points", "polyline"]
    created_by: uuid.UUID | None
    create_date: datetime
    updated_by: uuid.UUID | None
    update_date: datetime
    norder: float | None
    keypoint_classes: list[KeypointClassOut]
    keypoint_skeleton: list[SkeletonEdgeOut]
    template_id: str | None


class LinkOut(TypedDict):
    keypoint_schema_id: uuid.UUID
    label_class_id: uuid.UUID
    label_class_order: float


def keypoint_class(row: KeypointClass) -> KeypointClassOut:
    """Return a keypoint class."""
    return {
        "id": row.pk,
        "keypoint_schema_id": row.schema_id,
        "name": row.name,
        "description": or_none(row.description),
        "min_points": row.minimum,
        "max_points": row.maximum,
        "created_by": row.created_by_id,
        "create_date": row.created_at,
        "updated_by": row.updated_by_id,
        "update_date": row.updated_at,
        "norder": row.order,
        "editor_x": row.editor_x,
        "editor_y": row.editor_y,
    }


def edge(row: SkeletonEdge) -> SkeletonEdgeOut:
    """Return an edge of a skeleton."""
    return {
        "id": row.pk,
        "keypoint_schema_id": row.schema_id,
        "keypoint_class_id_a": row.a_id,
        "keypoint_class_id_b": row.b_id,
        "color": or_none(row.color),
    }


def out(row: KeypointSchema, view: Any) -> KeypointSchemaOut:
    """Return a schema whose classes and edges were fetched with it."""
    classes = sorted(row.classes.all(), key=lambda one: (one.order, one.name_key, one.pk))  # type: ignore[attr-defined]
    edges = sorted(row.edges.all(), key=lambda one: (one.order, one.pk))  # type: ignore[attr-defined]
    return {
        "id": row.pk,
        "name": row.name,
        "project_id": row.project_id,
        "description": or_none(row.description),
        "type": row.kind,
        "created_by": row.created_by_id,
        "create_date": row.created_at,
        "updated_by": row.updated_by_id,
        "update_date": row.updated_at,
        "norder": row.order,
        "keypoint_classes": [keypoint_class(one) for one in classes],
        "keypoint_skeleton": [edge(one) for one in edges],
        "template_id": or_none(row.template),
    }


def link(row: KeypointBinding, view: Any) -> LinkOut:
    """Return the link of a schema and a label class."""
    return {
        "keypoint_schema_id": row.schema_id,
        "label_class_id": row.concept_id,
        "label_class_order": row.order,
    }
