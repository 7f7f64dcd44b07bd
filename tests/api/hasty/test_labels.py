"""E34 to E38 and D13: labels of an image; geometry as it was given, and read back without loss."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Label
from tests.api.hasty.conftest import Callers
from tests.world import World


@pytest.fixture
def at(w: World) -> str:
    """The path of the labels of the first image."""
    return f"/projects/{w.project.pk}/images/{w.images[0].pk}/labels"


def numbers(label: Label) -> tuple[Any, ...]:
    """Return everything that is geometry, as stored."""
    label = Label.all_objects.get(pk=label.pk)
    mask = None if label.mask is None else bytes(label.mask)
    return label.x0, label.y0, label.x1, label.y1, label.shape, label.points, mask, label.keypoints


def test_labels_are_created_in_request_order_and_read_back(w: World, by: Callers, at: str) -> None:
    car = str(w.car.pk)
    body = [
        {"class_id": car, "bbox": [10, 20, 110, 220], "tool_used": "api", "z_index": 5, "external_id": "e"},
        {"class_id": str(w.person.pk), "polygon": [[1, 2], [30, 2], [30, 40]], "bbox": None, "mask": None},
        {"class_id": car, "bbox": [15, 15, 55, 55], "mask": [1, 10, 20, 3], "external_event_id": "tab"},
    ]
    made = by.ann.post(at, body)
    assert made["meta"] == {"object": "list", "total": 3}
    first, second, third = made["items"]
    assert first["bbox"] == [10, 20, 110, 220] and first["polygon"] is first["mask"] is None
    assert (first["tool_used"], first["z_index"], first["external_id"]) == ("api", 5, "e")
    assert first["labeled_by"] == str(w.ann.pk) and first["image_id"] == str(w.images[0].pk)
    assert second["polygon"] == [[1, 2], [30, 2], [30, 40]] and second["bbox"] == [1, 2, 30, 40]
    assert third["mask"] == [1, 10, 20, 3] and third["bbox"] == [15, 15, 55, 55]
    assert (third["external_event_id"], first["external_event_id"]) == ("tab", None)
    listed = by.vera.get(at)["items"]
    assert [x["id"] for x in listed] == [second["id"], third["id"], first["id"]]
    assert listed[2] == first and listed[0] == second
    assert by.vera.get(f"/projects/{w.project.pk}/labels/{third['id']}") == third | {
        "external_event_id": None
    }
    assert {str(x.pk): x.shape for x in Label.all_objects.all()} == {
        first["id"]: "box", second["id"]: "polygon", third["id"]: "mask",
    }  # fmt: skip
