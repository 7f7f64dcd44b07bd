"""One box, three ways: drawn as the page does, read and deleted through two dialects; the numbers are the same to the last bit."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from annotator.models import Label
from annotator.services.annotations import editing
from tests.api.client import Api
from tests.api.customvision.conftest import Callers
from tests.world import World


def draw(w: World, box: list[float], label_id: uuid.UUID | None = None) -> uuid.UUID:
    """Draw a box as the labeling page sends it."""
    key = label_id or uuid.uuid4()
    op = {
        "op_id": str(uuid.uuid4()),
        "label_id": str(key),
        "base": None,
        "patch": {"concept": str(w.car.pk), "box": box},
    }
    (result,), _ = editing.apply(actor=w.actor(w.ann), media=w.images[0], ops=[op])
    assert result["status"] == "ok", result
    return key


@pytest.fixture
def hasty(w: World) -> Api:
    return Api("/v1", "X-Api-Key", w.token(w.ann))


def region_of(by: Callers, w: World, key: uuid.UUID) -> dict[str, Any]:
    (image,) = by.vera.get(f"/projects/{w.project.pk}/images/id", f"imageIds={w.images[0].pk}")
    return next(region for region in image["regions"] if region["regionId"] == str(key))


def test_a_box_drawn_in_the_page_is_the_same_box_in_both(w: World, by: Callers, hasty: Api) -> None:
    key = draw(w, [10.25, 20.5, 110.75, 220.125])
    stored = Label.all_objects.get(pk=key)
    assert (stored.x0, stored.y0, stored.x1, stored.y1) == (10.25, 20.5, 110.75, 220.125)
    said = hasty.get(f"/projects/{w.project.pk}/labels/{key}")
    assert (said["class_id"], said["bbox"]) == (str(w.car.pk), [10, 21, 111, 220])
    region = region_of(by, w, key)
    assert (region["tagId"], region["tagName"]) == (str(w.car.pk), "car")
    assert region["left"] * 640 == 10.25 and region["top"] * 480 == 20.5
    assert region["left"] * 640 + region["width"] * 640 == 110.75
    assert region["top"] * 480 + region["height"] * 480 == 220.125


def test_numbers_to_the_last_bit(w: World, by: Callers) -> None:
    """Where a float share exists whose product is the stored number, it is said; else the nearest one."""
    rng = random.Random(5)
    exact = 0
    for _ in range(25):
        xs, ys = sorted(rng.uniform(0, 640) for _ in range(2)), sorted(rng.uniform(0, 480) for _ in range(2))
        key = draw(w, [xs[0], ys[0], xs[1], ys[1]])
        stored, region = Label.all_objects.get(pk=key), region_of(by, w, key)
        assert (stored.x0, stored.y0, stored.x1, stored.y1) == (xs[0], ys[0], xs[1], ys[1])
        back = (
            (region["left"] * 640, xs[0]),
            (region["top"] * 480, ys[0]),
            (region["left"] * 640 + region["width"] * 640, xs[1]),
            (region["top"] * 480 + region["height"] * 480, ys[1]),
        )
        assert all(abs(mine - theirs) < 2e-13 for mine, theirs in back)
        exact += sum(mine == theirs for mine, theirs in back)
    assert exact >= 80


def test_what_one_deletes_the_other_does_not_see(w: World, by: Callers, hasty: Api) -> None:
    first, second, third = draw(w, [1, 1, 9, 9]), draw(w, [2, 2, 9, 9]), draw(w, [3, 3, 9, 9])
    labels = f"/projects/{w.project.pk}/images/{w.images[0].pk}/labels"
    hasty.delete(labels, [{"id": str(first)}])
    (image,) = by.vera.get(f"/projects/{w.project.pk}/images/id", f"imageIds={w.images[0].pk}")
    assert [region["regionId"] for region in image["regions"]] == [str(second), str(third)]
    by.ann.ask("DELETE", f"/projects/{w.project.pk}/images/regions", status=204, query=f"regionIds={second}")
    assert [label["id"] for label in hasty.get(labels)["items"]] == [str(third)]
    op = {
        "op_id": str(uuid.uuid4()),
        "label_id": str(third),
        "base": Label.all_objects.get().revision,
        "patch": None,
    }
    editing.apply(actor=w.actor(w.ann), media=w.images[0], ops=[op])
    (image,) = by.vera.get(f"/projects/{w.project.pk}/images/id", f"imageIds={w.images[0].pk}")
    assert image["regions"] == image["tags"] == [] == hasty.get(labels)["items"]


def test_a_region_made_here_is_a_label_there(w: World, by: Callers, hasty: Api) -> None:
    entry = {
        "imageId": str(w.images[0].pk),
        "tagId": str(w.person.pk),
        "left": 0.25,
        "top": 0.5,
        "width": 0.5,
        "height": 0.25,
    }
    made = by.ann.post(f"/projects/{w.project.pk}/images/regions", {"regions": [entry]})["created"][0]
    (label,) = hasty.get(f"/projects/{w.project.pk}/images/{w.images[0].pk}/labels")["items"]
    assert (label["id"], label["class_id"], label["bbox"]) == (
        made["regionId"],
        str(w.person.pk),
        [160, 240, 480, 360],
    )
    assert (label["labeled_by"], label["tool_used"]) == (str(w.ann.pk), "api")


def test_a_tag_made_here_is_a_class_and_a_tag_there(w: World, by: Callers, hasty: Api) -> None:
    made = by.max.ask("POST", f"/projects/{w.project.pk}/tags", query="name=bicycle")
    for noun in ("label_classes", "tag_classes"):
        found = hasty.get(f"/projects/{w.project.pk}/{noun}/{made['id']}")
        assert found["name"] == "bicycle"
    by.max.delete(f"/projects/{w.project.pk}/tags/{made['id']}")
    for noun in ("label_classes", "tag_classes"):
        hasty.get(f"/projects/{w.project.pk}/{noun}/{made['id']}", status=404)
