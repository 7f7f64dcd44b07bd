"""The pages of keypoint schemas: create, save points, edges and classes, versions, used points, delete with undo, roles."""

from __future__ import annotations

import json as jsonlib
from typing import Any

import pytest

from annotator.domain.ids import uuid7
from annotator.models import KeypointSchema, Label
from annotator.services.vocabulary import keypoint_schemas
from tests import world as cast
from tests.web.client import get, json, post
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


def points(*names: str) -> list[dict[str, Any]]:
    return [{"id": str(uuid7()), "name": name, "editor_x": 0.25, "editor_y": 0.5} for name in names]


def make(w: World, **body: Any) -> KeypointSchema:
    """Return a schema that the page has saved with three points and two edges, for the class person."""
    send(w, "new", {"name": "Body", "template": "empty", "classes": [str(w.person.pk)]})
    schema = KeypointSchema.all_objects.get(project=w.project)
    nose, eye, ear = found = points("nose", "eye", "ear")
    edges = [
        {"a": nose["id"], "b": eye["id"], "color": "#FF0000"},
        {"a": eye["id"], "b": ear["id"], "color": ""},
    ]
    answer = send(w, f"{schema.pk}", {"version": state(w, schema)["version"], "points": found, "edges": edges, **body})  # fmt: skip
    assert answer.status_code == 200, answer.content
    return schema


def state(w: World, schema: KeypointSchema) -> Any:
    return json(w.max, f"/projects/{w.project.pk}/keypoints/{schema.pk}/")


def put_point(w: World, class_id: str) -> None:
    """Give a person on the first image a point of a class."""
    label = cast.make_box(w.images[0], w.person, (1, 2, 30, 40))
    point = {"id": str(uuid7()), "keypoint_class_id": class_id, "x": 5, "y": 6, "visible": True}
    Label.all_objects.filter(pk=label.pk).update(keypoints=jsonlib.dumps([point]))


def test_a_schema_is_saved_with_points_edges_colors_and_classes(w: World) -> None:
    schema = make(w, name="Figure", classes=[str(w.car.pk), str(w.person.pk)])
    found = state(w, schema)
    assert (found["name"], found["classes"]) == ("Figure", [str(w.car.pk), str(w.person.pk)])
    first, second, third = found["points"]
    third |= {"name": "neck", "color": "#00FF00", "editor_x": 0.75}
    body = {"version": found["version"], "points": [third, first, second]}
    saved = send(w, f"{schema.pk}", body).json()["state"]
    assert [one["name"] for one in saved["points"]] == ["neck", "nose", "eye"]
    assert (saved["points"][0]["color"], saved["points"][0]["editor_x"]) == ("#00FF00", 0.75)
    assert [one["id"] for one in saved["points"]] == [third["id"], first["id"], second["id"]]
    assert [one["color"] for one in saved["edges"]] == ["#FF0000", ""]
    # a script that knows no colors of points leaves them
    keypoint_schemas.update(
        actor=w.actor(w.olga), schema=schema, changes={"classes": [{"name": "neck"}, {"name": "nose"}]}
    )
    assert [one["color"] for one in state(w, schema)["points"]] == ["#00FF00", ""]


def test_who_saves_an_outdated_version_is_told_and_nothing_is_written(w: World) -> None:
    schema = make(w)
    before = state(w, schema)
    send(w, f"{schema.pk}", {"version": before["version"], "name": "Theirs"}, w.olga)
    answer = send(w, f"{schema.pk}", {"version": before["version"], "name": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (409, "outdated")
    assert w.olga.shown_name in answer.json()["message"] and state(w, schema)["name"] == "Theirs"
    linked = state(w, schema)["version"]
    keypoint_schemas.unlink(actor=w.actor(w.olga), project=w.project, pairs=[(schema.pk, w.person.pk)])
    assert send(w, f"{schema.pk}", {"version": linked, "classes": []}).status_code == 409


def test_points_of_labels_stay_and_the_page_knows_before(w: World) -> None:
    schema = make(w)
    found = state(w, schema)
    nose, eye, ear = (one["id"] for one in found["points"])
    put_point(w, nose)
    url = f"/web/projects/{w.project.pk}/keypoints/{schema.pk}/uses?point="
    assert (json(w.vera, url + nose), json(w.vera, url + eye)) == ({"count": 1}, {"count": 0})
    assert get(w.max, url + str(uuid7())).status_code == 404
    body = {"version": found["version"], "points": found["points"][1:], "edges": []}
    answer = send(w, f"{schema.pk}", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "keypoints_used")
    assert "1 label has a point 'nose'" in answer.json()["message"]
    assert state(w, schema) == found
    renamed = [{**found["points"][0], "name": "snout"}, found["points"][2]]
    assert send(w, f"{schema.pk}", {"version": found["version"], "points": renamed}).status_code == 200
    assert [(one["id"], one["name"]) for one in state(w, schema)["points"]] == [(nose, "snout"), (ear, "ear")]
    assert send(w, f"{schema.pk}/delete", {}).status_code == 409
    assert Label.all_objects.get(project=w.project, keypoints__contains=nose)


def test_a_deleted_schema_comes_back_with_its_ids(w: World) -> None:
    schema = make(w)
    before = state(w, schema)
    undo = send(w, f"{schema.pk}/delete", {}).json()["undo"]
    assert post(w.ann, undo["url"], undo["body"]).status_code == 403
    for status in (200, 409):
        assert post(w.max, undo["url"], undo["body"]).status_code == status
    assert state(w, schema) | {"version": ""} == before | {"version": ""}


@pytest.mark.parametrize(("body", "field"), [
    ({"name": ""}, "name"), ({"kind": "tree"}, "type"), ({"points": "x"}, "points"), ({"points": [1]}, "points"),
    ({"points": [{"name": ""}]}, "keypoint_classes[0].name"), ({"points": points("a", "A")}, "keypoint_classes[1].name"),
    ({"points": [{"name": "a", "color": "red"}]}, "keypoint_classes[0].color"),
    ({"points": [{"name": "a", "minimum": 3, "maximum": 2}]}, "keypoint_classes[0].min_points"),
    ({"edges": [1]}, "edges"), ({"edges": [{"a": "x"}]}, "keypoint_skeleton[0]"), ({"classes": 5}, "classes"),
])  # fmt: skip
def test_bad_fields_of_a_schema_are_named(w: World, body: dict[str, Any], field: str) -> None:
    schema = make(w)
    before = state(w, schema)
    answer = send(w, f"{schema.pk}", {"version": before["version"], **body})
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert state(w, schema) == before


def test_a_class_has_the_points_of_one_schema(w: World) -> None:
    schema = make(w)
    send(w, "new", {"name": "Hand", "template": "hand_21"})
    hand = KeypointSchema.all_objects.get(project=w.project, name="Hand")
    answer = send(w, f"{hand.pk}", {"version": state(w, hand)["version"], "classes": [str(w.person.pk)]})
    assert (answer.status_code, answer.json()["field"]) == (400, "classes")
    assert [one["other"] for one in state(w, hand)["choices"] if one["id"] == str(w.person.pk)] == ["Body"]
    assert state(w, schema)["classes"] == [str(w.person.pk)]


def test_others_read_and_do_not_save(w: World) -> None:
    schema = make(w)
    for who, status in ((w.ann, 403), (w.vera, 403), (w.otto, 404)):
        assert send(w, f"{schema.pk}", {"version": "", "name": "x"}, who).status_code == status
        page = get(who, f"/projects/{w.project.pk}/keypoints/{schema.pk}/")
        assert page.status_code == (404 if status == 404 else 200)
    assert 'id="save"' not in get(w.vera, f"/projects/{w.project.pk}/keypoints/{schema.pk}").content.decode()


def test_examples_are_the_images_of_the_project(w: World) -> None:
    url = f"/web/projects/{w.project.pk}/keypoints/examples"
    items = json(w.vera, url)["items"]
    assert {one["id"] for one in items} == {str(one.pk) for one in w.images}
    assert all(one["thumbnail"] and one["image"] for one in items)
    name = items[0]["name"]
    assert [one["name"] for one in json(w.vera, f"{url}?name={name.upper()}")["items"]] == [name]
    assert [one["id"] for one in json(w.vera, f"{url}?id={items[1]['id']}")["items"]] == [items[1]["id"]]
    assert get(w.otto, url).status_code == 404
