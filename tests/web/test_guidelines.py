"""The guidelines of a class: instructions, examples of finished images, examples that curators chose."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.domain.ids import uuid7
from annotator.models import Concept, Media, MediaStatus
from tests.web.client import browser, get, json, post
from tests.world import World, make_box

pytestmark = pytest.mark.django_db


def test_examples_are_chosen_ones_then_objects_of_finished_images(w: World) -> None:
    base = f"/web/projects/{w.project.pk}/classes/{w.car.pk}"
    Concept.all_objects.filter(pk=w.car.pk).update(description="Up to 3.5 t.\nNo trailers.")
    boxes = [make_box(image, w.car, (n, 10, 60, 50)) for image in w.images[:2] for n in (10, 20)]
    assert json(w.vera, f"{base}/guidelines") == {"description": "Up to 3.5 t.\nNo trailers.", "examples": []}
    done = MediaStatus.all_objects.get(project=w.project, base="DONE")
    Media.objects.filter(pk=w.images[1].pk).update(status=done)
    found = json(w.vera, f"{base}/guidelines")["examples"]
    assert {one["label"] for one in found} == {str(boxes[2].pk), str(boxes[3].pk)} and not any(
        one["is_chosen"] for one in found
    )
    answer: Any = post(w.max, f"{base}/examples", {"label": str(boxes[1].pk), "is_chosen": True})
    assert [one["is_chosen"] for one in answer.json()["examples"]] == [True, False, False]
    assert answer.json()["examples"][0]["label"] == str(boxes[1].pk)
    # a part of the image with a margin, at a signed address
    url = found[0]["url"]
    assert f"/m/{w.images[1].pk}/crop_" in url and "&s=" in url
    answer = post(w.max, f"{base}/examples", {"label": str(boxes[1].pk), "is_chosen": False})
    assert len(answer.json()["examples"]) == 2
    boxes[2].delete()
    assert len(json(w.vera, f"{base}/guidelines")["examples"]) == 1


def test_who_may_and_what_is_refused(w: World) -> None:
    base = f"/web/projects/{w.project.pk}/classes/{w.car.pk}"
    body = {"label": str(w.box().pk), "is_chosen": True}
    assert post(w.ann, f"{base}/examples", body).status_code == 403
    assert post(w.otto, f"{base}/examples", body).status_code == 404
    assert get(w.otto, f"{base}/guidelines").status_code == 404
    assert browser(None).get(f"{base}/guidelines", headers={"Accept": "application/json"}).status_code == 401
    assert get(w.max, f"/web/projects/{w.project.pk}/classes/{uuid7()}/guidelines").status_code == 404
    person = make_box(w.images[0], w.person, (1, 1, 5, 5))
    for wrong in ({"label": str(person.pk)}, {"label": str(uuid7())}, {"label": "x"}):
        assert post(w.max, f"{base}/examples", body | wrong).status_code == 400
    for n in range(12):
        one = make_box(w.images[0], w.car, (n, 1, 50, 50))
        assert post(w.max, f"{base}/examples", body | {"label": str(one.pk)}).status_code == 200
    refused: Any = post(w.max, f"{base}/examples", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "too_many")
