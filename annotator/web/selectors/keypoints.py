"""Read-only queries for the page of keypoint schemas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from annotator.models import Concept, KeypointSchema, Project
from annotator.services.vocabulary import keypoint_templates


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


def classes(project: Project) -> list[Concept]:
    """Return the classes of a project in their order. One query."""
    rows = Concept.all_objects.filter(project=project, on_region=True)
    return list(rows.order_by("region_order", "sort_key", "id"))


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
