"""Polygons redrawn by mouse come out of the export as they went in; those typed in over the API exactly."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.pages import Person
from tests.browser.redrawing import Session, read
from tests.browser.studio import Studio
from tests.world import picture

pytestmark = pytest.mark.browser


def blob(cx: float, cy: float, r: float, points: int, dent: float) -> list[float]:
    """Return a wavy outline with decimals, as a flat list."""
    flat: list[float] = []
    for k in range(points):
        angle = 2 * math.pi * k / points
        far = r * (1 - dent * math.sin(5 * angle) ** 2)
        flat += [round(cx + far * math.cos(angle), 2), round(cy + far * 1.3 * math.sin(angle), 2)]
    return flat


#: Tall and thin, with bays, of two parts, and one along two borders of its image: what real annotations are like.
COCO: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
    "categories": [{"id": 3, "name": "person"}, {"id": 5, "name": "kite"}],
    "annotations": [
        {"image_id": 1, "category_id": 3, "segmentation": [blob(180.4, 150.7, 90, 28, 0.35)]},
        {"image_id": 1, "category_id": 5, "segmentation": [blob(270.1, 160.2, 12, 9, 0.1), blob(150.3, 250.9, 30, 12, 0.2)]},
        {"image_id": 2, "category_id": 5, "segmentation": [[0.5, 1.25, 61.5, 2.0, 70.33, 40.1, 31.7, 58.42, 0.0, 70.9]]},
    ],
}  # fmt: skip


def test_redrawn_by_mouse_and_typed_in(studio: Studio, people: Callable[..., Person]) -> None:
    files = {"a.jpg": picture(3, 320, 300), "b.jpg": picture(4, 200, 160)}
    session = Session(studio, files, read(COCO))
    assert min(drawn := session.draw(people("ann"))) >= 0.98, drawn
    assert session.type_in() == [1.0] * len(drawn)
