"""The page of keypoint schemas: create from a template with classes, delete, roles, bad input."""

from __future__ import annotations

import json as jsonlib
from typing import Any

import pytest

from annotator.models import KeypointSchema
from tests.web.client import get, post
from tests.world import World


def send(w: World, path: str, body: dict[str, Any], user: Any = None) -> Any:
    return post(user or w.max, f"/web/projects/{w.project.pk}/keypoints/{path}", jsonlib.dumps(body))


def test_a_schema_is_made_shown_and_deleted(w: World) -> None:
    body = {"name": "Body", "template": "coco_person_17", "classes": [str(w.person.pk)]}
    assert send(w, "new", body).json()["toast"] == "Body created."
    page = get(w.vera, f"/projects/{w.project.pk}/keypoints/").content.decode()
    assert "Body" in page and "Skeleton with 17 points" in page and "<title>left_elbow</title>" in page
    schema = KeypointSchema.all_objects.get(project=w.project)
    assert send(w, f"{schema.pk}/delete", {}).json()["toast"] == "Body deleted."
    assert send(w, f"{schema.pk}/delete", {}).status_code == 404


@pytest.mark.parametrize(("body", "field"), [
    ({}, "template"), ({"template": "dragon", "name": "x"}, "template"), ({"template": "hand_21", "name": ""}, "name"),
    ({"template": 5, "name": "x"}, "template"), ({"template": "hand_21", "name": "x", "classes": "a"}, "classes"),
    ({"template": "hand_21", "name": "x", "classes": ["a"]}, "classes"),
])  # fmt: skip
def test_bad_input_names_the_field_and_writes_nothing(w: World, body: dict[str, Any], field: str) -> None:
    answer = send(w, "new", body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not KeypointSchema.all_objects.exists()


@pytest.mark.parametrize(("who", "status"), [("ann", 403), ("vera", 403), ("otto", 404)])
def test_only_managers_make_schemas(w: World, who: str, status: int) -> None:
    assert send(w, "new", {"name": "x", "template": "hand_21"}, getattr(w, who)).status_code == status
