"""Images with thousands of shapes: a grid of them, written as rows in bulk, and known to the pixel."""

from __future__ import annotations

import io
import math
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.servers import Server

WIDTH, HEIGHT = 4000, 3000
GROUND = (90, 110, 120)
#: The share of its cell that a shape takes, in each direction.
SHARE = 0.7
Box = tuple[float, float, float, float]

_WRITE = """
from annotator.models import Media
from tests.browser.crowds import Crowd
Crowd(**{crowd!r}).insert(Media.objects.get(pk={media!r}), {concepts!r})
"""


def flat_image(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Return a JPEG of one color."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), GROUND).save(out, "JPEG", quality=90)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape as it is stored; `concept` is the place of its class."""

    id: str
    kind: str
    concept: int
    box: Box
    points: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """A grid of shapes of the kinds in turn and of two classes by row; every `gap`-th cell is empty, 0: none."""

    columns: int
    rows: int
    kinds: Sequence[str] = ("box", "polygon", "mask")
    points: int = 30
    gap: int = 0
    seed: int = field(default_factory=lambda: uuid.uuid4().int >> 32)

    def cell(self, place: int) -> tuple[int, int]:
        """Return the middle of a cell, numbered row by row."""
        row, column = divmod(place, self.columns)
        return (2 * column + 1) * WIDTH // (2 * self.columns), (2 * row + 1) * HEIGHT // (2 * self.rows)

    def is_empty(self, place: int) -> bool:
        return bool(self.gap) and place % self.gap == self.gap - 1

    def shapes(self) -> Iterator[Shape]:
        """Yield the shapes cell by cell."""
        half_w = int(WIDTH / self.columns * SHARE / 2)
        half_h = int(HEIGHT / self.rows * SHARE / 2)
        for place in range(self.columns * self.rows):
            if not self.is_empty(place):
                yield self._shape(place, half_w, half_h)

    def _shape(self, place: int, half_w: int, half_h: int) -> Shape:
        x, y = self.cell(place)
        kind = self.kinds[place % len(self.kinds)]
        box = (x - half_w, y - half_h, x + half_w, y + half_h)
        key = str(uuid.UUID(int=(self.seed << 32) + place))
        concept = place // self.columns % 2
        if kind != "polygon":
            return Shape(key, kind, concept, box)
        steps = [2 * math.pi * k / self.points for k in range(self.points)]
        ring = [[x + half_w * math.cos(a), y + half_h * math.sin(a)] for a in steps]
        xs, ys = zip(*ring, strict=True)
        return Shape(key, kind, concept, (min(xs), min(ys), max(xs), max(ys)), [[ring]])

    def write(self, server: Server, media: str, concepts: Sequence[str]) -> None:
        """Write the shapes to an image of a running server."""
        crowd = {name: getattr(self, name) for name in ("columns", "rows", "kinds", "points", "gap", "seed")}
        server.workshop.run(_WRITE.format(crowd=crowd, media=media, concepts=list(concepts)))

    def insert(self, media: Any, concepts: Sequence[str]) -> None:
        """Write the rows, past services and events: within a process that has the server's settings."""
        from django.db import transaction

        from annotator.db import bulk
        from annotator.domain import masks, polygons
        from annotator.models import DatasetItem, Label

        home = (
            DatasetItem.all_objects.filter(media=media, is_home=True).values_list("dataset", flat=True).get()
        )
        keys = [uuid.UUID(one) for one in concepts]
        rows = []
        for shape in self.shapes():
            x0, y0, x1, y1 = shape.box
            given: dict[str, Any] = {}
            if shape.points:
                given["points"] = polygons.encode_points(shape.points)
            if shape.kind == "mask":
                given["mask"] = masks.pack_runs([1, int(x1 - x0) * int(y1 - y0)])
            row = bulk.new(
                Label, id=uuid.UUID(shape.id), project_id=media.project_id, media_id=media.pk, dataset_id=home, concept_id=keys[shape.concept],
                x0=x0, y0=y0, x1=x1, y1=y1, shape=shape.kind, created_at=media.created_at, updated_at=media.created_at, **given,
            )  # fmt: skip
            rows.append(row)
        with transaction.atomic():
            bulk.create(rows)
