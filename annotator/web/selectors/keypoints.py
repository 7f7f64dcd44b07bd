"""Read-only queries for the page of keypoint schemas."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from annotator.domain import text
from annotator.models import (
    Concept,
    DatasetItem,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    MediaKind,
    Project,
    SkeletonEdge,
)
from annotator.services.media import urls as media_urls
from annotator.services.vocabulary import keypoint_edits, keypoint_templates

#: How many images are offered as the example of a schema at once.
EXAMPLES = 24


@dataclass(frozen=True, slots=True)
class Drawing:
    """A skeleton inside a square of 100 by 100: points as (name, x, y), edges as (x1, y1, x2, y2)."""

    points: Sequence[tuple[str, str, str]]
    edges: Sequence[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class SchemaRow:
    """A schema with the classes whose objects carry its points, and its drawing."""

    schema: KeypointSchema
    classes: Sequence[Concept]
    drawing: Drawing


def draw(points: Sequence[tuple[str, float, float]], edges: Sequence[tuple[int, int]]) -> Drawing:
    """Return a skeleton fitted into the square with a margin, its proportions kept."""
    if not points:
        return Drawing([], [])
    xs, ys = [x for _, x, _ in points], [y for _, _, y in points]
    scale = 90 / (max(max(xs) - min(xs), max(ys) - min(ys)) or 1)
    left = 50 - scale * (max(xs) + min(xs)) / 2
    top = 50 - scale * (max(ys) + min(ys)) / 2
    at = [(f"{left + scale * x:.1f}", f"{top + scale * y:.1f}") for _, x, y in points]
    placed = [(name, *place) for (name, _, _), place in zip(points, at, strict=True)]
    return Drawing(placed, [(*at[a], *at[b]) for a, b in edges])


def templates() -> list[tuple[keypoint_templates.Template, Drawing]]:
    """Return the templates with their drawings."""
    found = keypoint_templates.templates().values()
    return [(one, draw(one.points, one.edges)) for one in found]


def free_classes(project: Project) -> list[Concept]:
    """Return the classes that have no points yet, in their order. One query."""
    rows = Concept.all_objects.filter(project=project, on_region=True, keypoint_bindings=None)
    return list(rows.order_by("region_order", "sort_key", "id"))


def state(schema: KeypointSchema) -> dict[str, Any]:
    """Return all that the page of a schema shows and saves, with its version. Six queries at most.

    `choices` are all classes of the project: those linked first, in their order; `other` names another schema whose
    points a class has.
    """
    points = KeypointClass.all_objects.filter(schema=schema).order_by("order", "name_key", "id")
    edges = SkeletonEdge.all_objects.filter(schema=schema).order_by("order", "id")
    linked = keypoint_edits.linked(schema)
    return {
        "version": keypoint_edits.version(schema),
        "saved_by": schema.updated_by.shown_name if schema.updated_by else "",
        "name": schema.name,
        "kind": schema.kind,
        "description": schema.description,
        "points": [
            {
                "id": one.pk, "name": one.name, "description": one.description, "color": one.color, "minimum": one.minimum,
                "maximum": one.maximum, "editor_x": one.editor_x, "editor_y": one.editor_y,
            }
            for one in points
        ],
        "edges": [{"a": one.a_id, "b": one.b_id, "color": one.color} for one in edges],
        "classes": linked,
        "choices": _choices(schema, linked),
    }  # fmt: skip


def examples(project: Project, *, name: str = "", media_id: uuid.UUID | None = None) -> list[dict[str, Any]]:
    """Return up to EXAMPLES images whose name contains `name`, or one: {id, name, thumbnail, image}. One query."""
    rows = DatasetItem.all_objects.filter(
        dataset__project=project, dataset__trashed_at=None, is_home=True,
        media__trashed_at=None, media__kind=MediaKind.IMAGE, media__health="OK",
    )  # fmt: skip
    if media_id:
        rows = rows.filter(media=media_id)
    if name:
        rows = rows.filter(name_key__contains=text.name_key(name))
    found = rows.select_related("media__blob").order_by("dataset", "sort_key", "media")[:EXAMPLES]
    return [
        {
            "id": one.media_id,
            "name": one.name,
            "thumbnail": media_urls.thumbnail(one.media),
            "image": media_urls.fitted(one.media, 1024),
        }
        for one in found
    ]


def _choices(schema: KeypointSchema, linked: Sequence[Any]) -> list[dict[str, Any]]:
    rows = Concept.all_objects.filter(project_id=schema.project_id, on_region=True)
    bindings = KeypointBinding.all_objects.filter(schema__project_id=schema.project_id).exclude(schema=schema)
    others = dict(bindings.values_list("concept_id", "schema__name"))
    place = {key: index for index, key in enumerate(linked)}
    ordered = sorted(
        rows.order_by("region_order", "sort_key", "id"), key=lambda one: place.get(one.pk, len(place))
    )
    return [
        {"id": one.pk, "name": one.name, "color": one.color, "other": others.get(one.pk, "")}
        for one in ordered
    ]


def rows(project: Project) -> list[SchemaRow]:
    """Return the keypoint schemas of a project in order. Five queries."""
    found = KeypointSchema.all_objects.filter(project=project).order_by(
        F("order").asc(nulls_last=True), "name_key", "id"
    )
    return [_row(one) for one in found.prefetch_related("classes", "edges", "bindings__concept")]


def _row(schema: KeypointSchema) -> SchemaRow:
    points = [
        one for one in sorted(schema.classes.all(), key=lambda one: one.order) if one.editor_x is not None
    ]
    index = {one.pk: place for place, one in enumerate(points)}
    edges = [
        (index[edge.a_id], index[edge.b_id])
        for edge in schema.edges.all()
        if edge.a_id in index and edge.b_id in index
    ]
    placed = [(one.name, one.editor_x or 0.0, one.editor_y or 0.0) for one in points]
    linked = sorted(schema.bindings.all(), key=lambda one: one.order)
    return SchemaRow(schema, [one.concept for one in linked], draw(placed, edges))
