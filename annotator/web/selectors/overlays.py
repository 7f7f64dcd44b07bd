"""Read-only queries for the shapes over the tiles of the grid: boxes and simplified polygons as SVG paths per class."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from annotator.domain import palette
from annotator.domain.outline_shapes import OUTLINED
from annotator.models import Concept, Label, Media
from annotator.models.rows import ShapeRow

# A thumbnail fits this many units; the coordinates of paths are rounded to whole units.
UNITS = 320
# The maximum number of shapes on a tile: the largest ones of the image.
MAX_SHAPES = 80
# Points closer together than this many units are drawn as one.
MIN_DISTANCE = 2
Path = dict[tuple[str, bool], list[str]]


def overlays(project_id: uuid.UUID, media_ids: Sequence[uuid.UUID]) -> dict[str, Any]:
    """Return {media id: {w, h, p: [[slot, color, is_suggested, path]]}} for media of the project that have labels. Three queries.

    `w` and `h` are the units of the paths; `slot` is the number of a palette color, 0 for other colors.
    """
    media = {
        row.pk: row
        for row in Media.objects.filter(project_id=project_id, pk__in=media_ids).only("pk", "width", "height")
    }
    labels = Label.all_objects.filter(media__in=list(media)).order_by("z", "created_at", "id")
    shapes: dict[uuid.UUID, list[ShapeRow]] = {}
    for row in map(ShapeRow._make, labels.values_list(*ShapeRow._fields)):
        shapes.setdefault(row.media_id, []).append(row)
    colors = dict(Concept.all_objects.filter(project_id=project_id).values_list("pk", "color"))
    return {str(key): _overlay(media[key], rows, colors) for key, rows in shapes.items()}


def _overlay(media: Media, rows: list[ShapeRow], colors: dict[uuid.UUID, str]) -> dict[str, Any]:
    largest = max(media.width, media.height, 1)
    scale = UNITS / largest
    if len(rows) > MAX_SHAPES:
        largest_first = sorted(range(len(rows)), key=lambda index: -_area(rows[index]))
        keep = set(largest_first[:MAX_SHAPES])
        rows = [row for index, row in enumerate(rows) if index in keep]
    paths: Path = {}
    for row in rows:
        path = (
            _polygon(row.points, scale)
            if row.shape in OUTLINED and row.points
            else _box(row.x0 * scale, row.y0 * scale, row.x1 * scale, row.y1 * scale)
        )
        paths.setdefault((colors.get(row.concept_id, ""), row.origin == "model"), []).append(path)
    drawn = [
        [palette.label_slot(color), color[:7], is_suggested, "".join(parts)]
        for (color, is_suggested), parts in paths.items()
    ]
    return {"w": max(1, round(media.width * scale)), "h": max(1, round(media.height * scale)), "p": drawn}


def _area(row: ShapeRow) -> float:
    return (row.x1 - row.x0) * (row.y1 - row.y0)


def _box(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"M{x0:.0f} {y0:.0f}H{x1:.0f}V{y1:.0f}H{x0:.0f}Z"


def _polygon(points: str, scale: float) -> str:
    """Return the rings of a stored polygon (parts of rings of points) as a simplified path."""
    return "".join(_ring(ring, scale) for part in orjson.loads(points) for ring in part)


def _ring(ring: Iterable[Sequence[float]], scale: float) -> str:
    kept: list[tuple[int, int]] = []
    for x, y in ring:
        point = (round(x * scale), round(y * scale))
        if (
            not kept
            or abs(point[0] - kept[-1][0]) >= MIN_DISTANCE
            or abs(point[1] - kept[-1][1]) >= MIN_DISTANCE
        ):
            kept.append(point)
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + "Z"
