"""Keypoint schemas, their links to label classes, and keypoints on labels."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.models import KeypointBinding, KeypointClass, KeypointSchema, Label, SkeletonEdge
from annotator.services.vocabulary import keypoint_schemas
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World


def point(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "min_points": 0,
        "max_points": 1,
        "norder": 1,
        "editor_x": 3.5,
        "editor_y": 4,
        **more,
    }


def test_a_schema_is_made_with_its_skeleton_in_one_call(w: World, by: Callers, p: str) -> None:
    nose, ear = str(uuid.uuid4()), str(uuid.uuid4())
    body = {
        "name": "head", "type": "pose", "description": "d", "norder": 3, "template_id": "t",
        "keypoint_classes": [point("nose", id=nose), point("ear", id=ear, norder=2)],
        "keypoint_skeleton": [{"keypoint_class_id_a": nose, "keypoint_class_id_b": ear, "color": "#ff0000"}],
    }  # fmt: skip
    with counted("hasty keypoint_schemas create"):
        made = by.max.post(f"{p}/keypoint_schemas", body)
    assert [(x["id"], x["name"], x["norder"]) for x in made["keypoint_classes"]] == [
        (nose, "nose", 1.0),
        (ear, "ear", 2.0),
    ]
    (edge,) = made["keypoint_skeleton"]
    assert (edge["keypoint_class_id_a"], edge["keypoint_class_id_b"], edge["color"]) == (nose, ear, "#ff0000")
    assert (made["project_id"], made["created_by"], made["template_id"]) == (
        str(w.project.pk),
        str(w.max.pk),
        "t",
    )
    with counted("hasty keypoint_schemas list"):
        assert by.vera.get(f"{p}/keypoint_schemas") == [made]
    with counted("hasty keypoint_schemas retrieve"):
        assert by.vera.get(f"{p}/keypoint_schemas/{made['id']}") == made
    again = by.max.post(f"{p}/keypoint_schemas", {**body, "name": "other"})
    assert {x["id"] for x in again["keypoint_classes"]}.isdisjoint({nose, ear}) and len(
        again["keypoint_skeleton"]
    ) == 1


def test_lists_that_are_given_replace(w: World, by: Callers, p: str, body: Any) -> None:
    at = f"{p}/keypoint_schemas/{body.pk}"
    before = by.vera.get(at)
    nose, ear = before["keypoint_classes"]
    assert by.max.put(at, {"name": "body", "type": "pose"})["keypoint_classes"] == before["keypoint_classes"]
    swapped = [point("left ear", id=nose["id"]), point("nose", id=ear["id"]), point("tail")]
    with counted("hasty keypoint_schemas update"):
        after = by.max.put(at, {"name": "b", "type": "points", "keypoint_classes": swapped})
    assert {x["name"]: x["id"] for x in after["keypoint_classes"]} | {"tail": ""} == {
        "left ear": nose["id"], "nose": ear["id"], "tail": "",
    }  # fmt: skip
    assert len(after["keypoint_skeleton"]) == 1
    fewer = by.max.put(
        at, {"name": "b", "type": "points", "keypoint_classes": [point("nose")], "keypoint_skeleton": []}
    )
    assert [x["id"] for x in fewer["keypoint_classes"]] == [ear["id"]] and fewer["keypoint_skeleton"] == []
    assert not SkeletonEdge.all_objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"name": "x"}, {"name": "x", "type": "star"}, {"name": "BODY", "type": "pose"}, {"name": "x", "type": "pose", "keypoint_classes": {}},
        {"name": "x", "type": "pose", "keypoint_classes": [{"name": ""}]}, {"name": "x", "type": "pose", "keypoint_classes": [{}]},
        {"name": "x", "type": "pose", "keypoint_classes": [{"name": "a"}, {"name": "A"}]},
        {"name": "x", "type": "pose", "keypoint_classes": [{"name": "a", "min_points": 3, "max_points": 2}]},
        {"name": "x", "type": "pose", "keypoint_classes": [{"name": "a", "min_points": -1}]},
        {"name": "x", "type": "pose", "keypoint_skeleton": [{"keypoint_class_id_a": ANY, "keypoint_class_id_b": ANY}]},
        {"name": "x", "type": "pose", "keypoint_classes": [{"name": "a", "id": ANY}],
         "keypoint_skeleton": [{"keypoint_class_id_a": ANY, "keypoint_class_id_b": ANY}]},
        {"name": "x", "type": "pose", "norder": "1"}, {"name": "x", "type": "pose", "keypoint_classes": [{"name": "a", "editor_x": "1"}]},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_schema(w: World, by: Callers, p: str, body: Any, wrong: dict[str, Any]) -> None:
    by.max.post(f"{p}/keypoint_schemas", wrong, status=400)
    if wrong.get("name") != "BODY":
        by.max.put(f"{p}/keypoint_schemas/{body.pk}", wrong, status=400)
    assert KeypointSchema.all_objects.count() == 1 and KeypointClass.all_objects.count() == 2
    assert SkeletonEdge.all_objects.count() == 1


def test_links_are_added_and_taken(w: World, by: Callers, p: str, body: Any) -> None:
    at = f"{p}/keypoint_schemas_label_classes"
    of_person = {
        "keypoint_schema_id": str(body.pk),
        "label_class_id": str(w.person.pk),
        "label_class_order": 0.0,
    }
    of_car = {"keypoint_schema_id": str(body.pk), "label_class_id": str(w.car.pk), "label_class_order": 2.5}
    with counted("hasty keypoint links create"):
        assert by.max.post(at, [of_car]) == [of_car]
    with counted("hasty keypoint links list"):
        assert by.vera.get(at) == [of_person, of_car]
    by.max.post(at, [{**of_car, "label_class_order": -1}])
    assert by.vera.get(at)[0]["label_class_order"] == -1.0
    with counted("hasty keypoint links destroy"):
        by.max.delete(at, [of_car, {**of_car, "label_class_id": ANY}])
    assert by.vera.get(at) == [of_person]
    by.max.delete(at, [])
    for wrong in (
        [{**of_car, "keypoint_schema_id": ANY}],
        [{**of_car, "label_class_id": str(w.sunny.pk)}],
        [{}],
        {},
        [of_car, 5],
    ):
        by.max.post(at, wrong, status=400)
    assert KeypointBinding.all_objects.count() == 1


def test_labels_carry_points(w: World, by: Callers, p: str, body: Any) -> None:
    nose, ear = body.classes.order_by("order")
    at = f"{p}/images/{w.images[0].pk}/labels"
    given = [
        {"keypoint_class_id": str(nose.pk), "x": 10.25, "y": 20, "visible": False, "norder": 1},
        {"keypoint_class_id": str(ear.pk), "x": 30, "y": 5.5},
    ]
    with counted("hasty image labels create with keypoints"):
        (made,) = by.ann.post(at, [{"class_id": str(w.person.pk), "keypoints": given}])["items"]
    first, second = made["keypoints"]
    assert (first["x"], first["y"], first["visible"], first["norder"]) == (10.25, 20, False, 1)
    assert (second["visible"], second["norder"], second["created_by"]) == (True, 1, str(w.ann.pk))
    assert made["bbox"] == [10, 6, 30, 20]
    label = Label.all_objects.get()
    stored = label.keypoints
    assert label.shape == "keypoints" and (label.x0, label.y0) == (10.25, 5.5)
    (read,) = by.vera.get(at)["items"]
    assert read == made
    by.ann.put(at, [{**read, "z_index": 4}])
    label.refresh_from_db()
    assert (label.keypoints, label.z, label.x0) == (stored, 4, 10.25)
    read["keypoints"][0]["x"] = 11
    (moved,) = by.ann.put(at, [read])["items"]
    assert moved["keypoints"][0]["x"] == 11 and moved["keypoints"][0]["id"] == first["id"]
    (bare,) = by.ann.put(at, [{"id": made["id"], "class_id": str(w.person.pk), "keypoints": None}])["items"]
    assert bare["keypoints"] == []


def test_points_of_classes_that_are_not_linked_are_refused(w: World, by: Callers, p: str, body: Any) -> None:
    nose = body.classes.order_by("order")[0]
    at = f"{p}/images/{w.images[0].pk}/labels"
    points = [{"keypoint_class_id": str(nose.pk), "x": 1, "y": 2}]
    unlinked = by.ann.post(at, [{"class_id": str(w.car.pk), "keypoints": points}], status=400)
    assert unlinked["code"] == "unlinked_keypoint"
    for wrong in (
        {"x": None},
        {"y": "2"},
        {"x": 1e400},
        {"visible": 1},
        {"id": "x"},
        {"x": 2e6},
        {"keypoint_class_id": None},
    ):
        by.ann.post(at, [{"class_id": str(w.person.pk), "keypoints": [{**points[0], **wrong}]}], status=400)
    assert not Label.all_objects.exists()


def test_a_schema_whose_points_are_in_use_stays(w: World, by: Callers, p: str, body: Any) -> None:
    nose, _ = body.classes.order_by("order")
    at = f"{p}/images/{w.images[0].pk}/labels"
    points = [{"keypoint_class_id": str(nose.pk), "x": 1, "y": 2}]
    (label,) = by.ann.post(at, [{"class_id": str(w.person.pk), "keypoints": points}])["items"]
    schema = f"{p}/keypoint_schemas/{body.pk}"
    assert by.max.delete(schema, status=400)["code"] == "keypoints_used"
    only_ear = {"name": "body", "type": "pose", "keypoint_classes": [point("left ear")]}
    assert by.max.put(schema, only_ear, status=400)["code"] == "keypoints_used"
    assert KeypointClass.all_objects.count() == 2
    by.ann.delete(at, [{"id": label["id"]}])
    by.max.put(schema, only_ear)
    with counted("hasty keypoint_schemas destroy"):
        by.max.delete(schema)
    by.max.get(schema, status=404)
    assert (
        by.vera.get(f"{p}/keypoint_schemas") == []
        and not keypoint_schemas.KeypointBinding.all_objects.exists()
    )
