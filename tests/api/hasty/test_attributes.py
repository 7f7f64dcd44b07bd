"""Attributes, their links to label classes, and their values on labels."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotator.models import AttributeBinding, AttributeOption, AttributeValue, Event, Media
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World


def make(by: Callers, p: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = by.max.post(f"{p}/attributes", {"name": name, "type": kind, **more})
    return made


def choices(*texts: str) -> list[dict[str, str]]:
    return [{"value": one} for one in texts]


def test_an_attribute_has_all_fields_of_the_contract(w: World, by: Callers, p: str) -> None:
    body = {
        "name": "color", "type": "SELECTION", "values": choices("red", "blue"), "is_required": True, "description": "d",
        "default": "blue", "norder": 2.5, "prediction_type": "llm", "prediction_model": "gemini-2.0-flash", "prediction_prompt": "Which?",
    }  # fmt: skip
    with counted("hasty attributes create"):
        made = by.max.post(f"{p}/attributes", body)
    red, blue = made["values"]
    assert (red["value"], blue["value"], made["default"]) == ("red", "blue", blue["id"])
    assert made | {"id": "", "values": [], "default": ""} == {
        "id": "", "is_required": True, "name": "color", "type": "SELECTION", "subject_type": "LABEL", "default": "",
        "description": "d", "min": None, "max": None, "norder": 2.5, "class_count": 0, "prediction_type": "llm",
        "prediction_model": "gemini-2.0-flash", "prediction_prompt": "Which?", "values": [],
    }  # fmt: skip
    with counted("hasty attributes list"):
        page = by.vera.get(f"{p}/attributes")
    assert (page["items"], page["meta"]["total"]) == ([made], 1)
    with counted("hasty attributes retrieve"):
        assert by.vera.get(f"{p}/attributes/{made['id']}") == made
    later = make(by, p, "age", "INT", min=0, max=120, default="7")
    assert (later["norder"], later["values"], later["default"], later["prediction_type"]) == (
        3.5,
        [],
        "7",
        None,
    )
    assert [one["name"] for one in by.vera.get(f"{p}/attributes")["items"]] == ["color", "age"]


@pytest.mark.parametrize(
    ("kind", "default", "said"), [("BOOL", "True", "true"), ("BOOL", False, "false"), ("FLOAT", 0.5, "0.5"), ("TEXT", "12", "12")]
)  # fmt: skip
def test_a_default_is_text(by: Callers, p: str, kind: str, default: Any, said: str) -> None:
    assert make(by, p, "a", kind, default=default)["default"] == said


def test_options_keep_their_ids_by_id_and_by_text(w: World, by: Callers, p: str) -> None:
    made = make(by, p, "size", "SELECTION", values=choices("s", "m", "l"), default="l")
    ids = {one["value"]: one["id"] for one in made["values"]}
    at = f"{p}/attributes/{made['id']}"
    body = {"name": "size", "type": "SELECTION"}
    with counted("hasty attributes update"):
        kept = by.max.put(at, {**body, "values": choices("l", "m", "xl")})
    assert [one["value"] for one in kept["values"]] == ["l", "m", "xl"]
    assert {one["value"]: one["id"] for one in kept["values"]} | {"xl": "", "s": ids["s"]} == {
        **ids,
        "xl": "",
    }
    assert kept["default"] == ids["l"]
    swapped = by.max.put(
        at, {**body, "values": [{"id": ids["l"], "value": "m"}, {"id": ids["m"], "value": "l"}]}
    )
    assert swapped["values"] == [{"id": ids["l"], "value": "m"}, {"id": ids["m"], "value": "l"}]
    assert by.max.put(at, {**body, "description": "x"})["values"] == swapped["values"]
    assert by.max.put(at, {**body, "values": [], "default": None})["default"] is None
    assert not AttributeOption.all_objects.exists()


def test_options_that_go_disappear_from_labels(w: World, by: Callers, p: str) -> None:
    one = make(by, p, "one", "SELECTION", values=choices("a", "b"))
    many = make(by, p, "many", "MULTIPLE-SELECTION", values=choices("a", "b", "c"))
    (a, b), (first, second, third) = ([x["id"] for x in each["values"]] for each in (one, many))
    first_label, second_label = str(w.box().pk), str(w.box().pk)
    for attribute, label, value in (
        (one, first_label, a), (one, second_label, b),
        (many, first_label, [first, third]), (many, second_label, [third]),
    ):  # fmt: skip
        by.ann.post(f"{p}/labels/{label}/attributes/{attribute['id']}", {"value": value})
    by.max.put(f"{p}/attributes/{one['id']}", {"name": "one", "type": "SELECTION", "values": choices("b")})
    body = {"name": "many", "type": "MULTIPLE-SELECTION", "values": choices("a", "b")}
    by.max.put(f"{p}/attributes/{many['id']}", body)
    assert [x["value"] for x in by.ann.get(f"{p}/labels/{first_label}/attributes")["items"]] == [[first]]
    assert [x["value"] for x in by.ann.get(f"{p}/labels/{second_label}/attributes")["items"]] == [b]


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"name": "x"}, {"type": "TEXT"}, {"name": "", "type": "TEXT"}, {"name": "x", "type": "COLOR"}, {"name": 5, "type": "TEXT"},
        {"name": "SIZE", "type": "TEXT"}, {"name": "x", "type": "TEXT", "subject_type": "PERSON"},
        {"name": "x", "type": "INT", "min": 5, "max": 4}, {"name": "x", "type": "TEXT", "min": 1}, {"name": "x", "type": "BOOL", "max": 1},
        {"name": "x", "type": "INT", "min": "1"}, {"name": "x", "type": "SELECTION", "values": choices("a", "a")},
        {"name": "x", "type": "SELECTION", "values": [{}]}, {"name": "x", "type": "SELECTION", "values": ["a"]},
        {"name": "x", "type": "SELECTION", "values": {}}, {"name": "x", "type": "SELECTION", "values": [{"value": " "}]},
        {"name": "x", "type": "TEXT", "values": choices("a")}, {"name": "x", "type": "SELECTION", "default": "a"},
        {"name": "x", "type": "INT", "default": "many"}, {"name": "x", "type": "INT", "max": 5, "default": 6},
        {"name": "x", "type": "TEXT", "norder": "1"}, {"name": "x", "type": "TEXT", "is_required": 1},
        {"name": "x", "type": "TEXT", "prediction_type": "magic"}, {"name": "x", "type": "TEXT", "prediction_model": "magic"},
        {"name": "x", "type": "SELECTION", "values": [{"id": "1", "value": "a"}]},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_attribute(w: World, by: Callers, p: str, wrong: dict[str, Any]) -> None:
    stored = make(by, p, "size", "TEXT")
    by.max.post(f"{p}/attributes", wrong, status=400)
    if wrong.get("name") != "SIZE":
        by.max.put(f"{p}/attributes/{stored['id']}", wrong, status=400)
    assert by.vera.get(f"{p}/attributes")["items"] == [stored]
    assert not AttributeOption.all_objects.exists()


def test_names_are_unique_by_subject(by: Callers, p: str) -> None:
    make(by, p, "color", "TEXT")
    make(by, p, "Color", "TEXT", subject_type="IMAGE")


def test_type_and_limits_stay_while_values_are_stored(w: World, by: Callers, p: str) -> None:
    made = make(by, p, "n", "INT", default=7)
    at, label = f"{p}/attributes/{made['id']}", str(w.box().pk)
    assert by.max.put(at, {"name": "n", "type": "FLOAT"})["type"] == "FLOAT"
    by.max.put(at, {"name": "n", "type": "INT"})
    by.ann.post(f"{p}/labels/{label}/attributes/{made['id']}", {"value": 7})
    by.max.put(at, {"name": "n", "type": "TEXT"}, status=400)
    by.max.put(at, {"name": "n", "type": "INT", "max": 6}, status=400)
    by.max.put(at, {"name": "n", "type": "INT", "min": 7, "max": 7})
    by.max.put(at, {"name": "n", "type": "INT", "default": 8}, status=400)
    by.max.put(at, {"name": "n", "type": "INT", "min": None})
    assert by.vera.get(at)["min"] is None and by.vera.get(at)["max"] == 7
    with counted("hasty attributes destroy"):
        by.max.delete(at)
    by.vera.get(at, status=404)
    assert not AttributeValue.all_objects.exists()


def test_links_are_added_and_taken(w: World, by: Callers, p: str) -> None:
    at = f"{p}/attributes_classes"
    made = make(by, p, "a", "TEXT")
    links = [
        {"attribute_id": made["id"], "class_id": str(concept.pk), "attribute_order": order, "class_order": -order}
        for concept, order in ((w.car, 2.5), (w.person, 1.0))
    ]  # fmt: skip
    with counted("hasty attribute links create"):
        assert by.max.post(at, links) == links
    assert by.max.post(at, [{**links[0], "attribute_order": 9}])[0]["attribute_order"] == 9
    with counted("hasty attribute links list"):
        assert by.vera.get(at) == [{**links[0], "attribute_order": 9.0}, links[1]]
    assert by.vera.get(f"{p}/attributes/{made['id']}")["class_count"] == 2
    with counted("hasty attribute links destroy"):
        by.max.delete(at, [links[0], {**links[0], "class_id": ANY}])
    assert by.vera.get(at) == [links[1]]
    by.max.delete(at, [])
    for wrong in (
        [{**links[0], "attribute_id": ANY}], [{**links[0], "class_id": ANY}], [{**links[0], "class_id": str(w.sunny.pk)}],
        [{"attribute_id": made["id"]}], [{**links[0], "class_order": "1"}], {}, [links[0]] * 1_001,
    ):  # fmt: skip
        by.max.post(at, wrong, status=400)
    assert AttributeBinding.all_objects.count() == 1


def test_values_of_every_type_come_back(w: World, by: Callers, p: str) -> None:
    label = str(w.box().pk)
    one = make(by, p, "one", "SELECTION", values=choices("a", "b"), subject_type="IMAGE")
    many = make(by, p, "many", "MULTIPLE-SELECTION", values=choices("a", "b"))
    (a, b), (first, second) = ([x["id"] for x in each["values"]] for each in (one, many))
    sent: list[tuple[dict[str, Any], Any, Any]] = [
        (one, "b", b), (one, a, a), (many, [second, "a"], [second, first]), (many, [], []),
        (make(by, p, "text", "TEXT"), "ü\nx", "ü\nx"), (make(by, p, "int", "INT", min=1, max=9), 9, 9),
        (make(by, p, "float", "FLOAT"), 2, 2.0), (make(by, p, "bool", "BOOL"), False, False),
    ]  # fmt: skip
    for index, (attribute, value, said) in enumerate(sent):
        path = f"{p}/labels/{label}/attributes/{attribute['id']}"
        if index == 0:
            with counted("hasty label attribute update"):
                answer = by.ann.post(path, {"value": value})
        else:
            answer = by.ann.post(path, {"value": value})
        assert answer == {
            "id": attribute["id"], "attribute_id": attribute["id"], "label_id": label, "name": attribute["name"],
            "type": attribute["type"], "description": None, "value": said, "predicted_values": None,
        }  # fmt: skip
    with counted("hasty label attributes list"):
        page = by.vera.get(f"{p}/labels/{label}/attributes")
    assert [x["value"] for x in page["items"]] == [a, [], "ü\nx", 9, 2.0, False]
    assert page["meta"] == {"object": "list", "total": 6}
    predicted = by.ann.post(
        f"{p}/labels/{label}/attributes/{one['id']}", {"value": a, "predicted_values": "b"}
    )
    assert (predicted["value"], predicted["predicted_values"]) == (a, b)
    assert by.ann.post(f"{p}/labels/{label}/attributes/{one['id']}", {"value": None})["value"] is None
    assert by.vera.get(f"{p}/labels/{label}/attributes")["meta"]["total"] == 5


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("SELECTION", "c"), ("SELECTION", ANY), ("SELECTION", ["a"]), ("SELECTION", 1), ("SELECTION", True), ("MULTIPLE-SELECTION", "a"),
        ("MULTIPLE-SELECTION", ["a", "a"]), ("MULTIPLE-SELECTION", ["c"]), ("MULTIPLE-SELECTION", [1]), ("TEXT", 1), ("TEXT", "x" * 10_001),
        ("INT", 1.5), ("INT", "1"), ("INT", True), ("INT", 0), ("INT", 10), ("INT", 2**70), ("FLOAT", "1"), ("FLOAT", 0.99), ("FLOAT", True),
        ("BOOL", 1), ("BOOL", "true"), ("TEXT", {"a": 1}),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_values_of_a_wrong_type_are_refused(w: World, by: Callers, p: str, kind: str, value: Any) -> None:
    more: dict[str, Any] = {"values": choices("a", "b")} if "SELECTION" in kind else {}
    more |= {"min": 1, "max": 9} if kind in ("INT", "FLOAT") else {}
    made, label = make(by, p, "a", kind, **more), str(w.box().pk)
    said = by.ann.post(f"{p}/labels/{label}/attributes/{made['id']}", {"value": value}, status=400)
    assert said["message"].startswith("value ")
    item = {"id": made["id"], "label_id": label, "value": value}
    said = by.ann.post(f"{p}/images/{w.images[0].pk}/attributes", [item], status=400)
    assert "[0]" in said["message"]
    assert not AttributeValue.all_objects.exists()


def test_values_of_an_image_are_set_together_or_not_at_all(w: World, by: Callers, p: str) -> None:
    at = f"{p}/images/{w.images[0].pk}/attributes"
    a, b = make(by, p, "a", "TEXT"), make(by, p, "b", "INT")
    first, second, elsewhere = str(w.box().pk), str(w.box(z=1).pk), str(w.box(w.images[1]).pk)
    items = [
        {"id": b["id"], "label_id": second, "value": 1},
        {"id": a["id"], "label_id": first, "value": "x"},
        {"id": a["id"], "label_id": second, "value": "y"},
    ]
    with counted("hasty image attributes create"):
        answer = by.ann.post(at, items)
    assert [(x["id"], x["label_id"], x["value"]) for x in answer] == [tuple(x.values()) for x in items]
    with counted("hasty image attributes list"):
        page = by.vera.get(at)
    assert [x["value"] for x in page["items"]] == ["x", "y", 1] and page["meta"]["total"] == 3
    assert [x["value"] for x in by.vera.get(f"{at}?offset=1&limit=1")["items"]] == ["y"]
    for wrong in (
        {"id": a["id"], "label_id": elsewhere, "value": "z"}, {"id": a["id"], "label_id": ANY, "value": "z"},
        {"id": ANY, "label_id": first, "value": "z"}, {"id": a["id"], "label_id": first}, {"label_id": first, "value": "z"},
    ):  # fmt: skip
        good = {"id": a["id"], "label_id": first, "value": "changed"}
        said = by.ann.post(at, [good, wrong], status=400)
        assert "[1]" in said["message"]
    assert by.vera.get(at) == page
    assert [x["value"] for x in by.ann.put(at, [{**items[1], "value": None}, items[1]])] == [None, "x"]
    assert by.ann.post(at, []) == []
    by.ann.post(at, [items[0]] * 1_001, status=400)
    by.ann.post(at, {}, status=400)


@pytest.mark.parametrize("path", ["attributes/conflicts", "attributes_conflicts"])
def test_labels_that_differ_conflict(w: World, by: Callers, p: str, path: str) -> None:
    at = f"{p}/images/{w.images[0].pk}"
    same, differs, missing, empty, unlinked = (
        make(by, p, name, "TEXT") for name in ("same", "differs", "missing", "empty", "unlinked")
    )
    links = [
        {"attribute_id": one["id"], "class_id": str(w.car.pk), "attribute_order": order, "class_order": 0}
        for order, one in enumerate((same, differs, missing, empty))
    ]
    by.max.post(f"{p}/attributes_classes", links)
    first, second = str(w.box().pk), str(w.box().pk)
    values = [
        (same, first, "x"),
        (same, second, "x"),
        (differs, first, "x"),
        (differs, second, "y"),
        (missing, first, "x"),
    ]
    by.ann.post(f"{at}/attributes", [{"id": a["id"], "label_id": b, "value": c} for a, b, c in values])
    with counted("hasty attribute conflicts create"):
        answer = by.vera.post(f"{at}/{path}", [first, second])
    assert [(x["name"], x["is_conflicting"], x["value"]) for x in answer] == [
        ("same", False, "x"), ("differs", True, None), ("missing", True, None), ("empty", False, None),
    ]  # fmt: skip
    assert by.vera.post(f"{at}/{path}", []) == []
    by.vera.post(f"{at}/{path}", [first, ANY], status=400)
    by.vera.post(f"{at}/{path}", ["x"], status=400)


def test_a_label_that_goes_takes_its_values_and_says_which(w: World, by: Callers, p: str) -> None:
    made, label = make(by, p, "a", "TEXT"), w.box()
    by.ann.post(f"{p}/labels/{label.pk}/attributes/{made['id']}", {"value": "x"})
    by.ann.delete(f"{p}/images/{w.images[0].pk}/labels", [{"id": str(label.pk)}])
    assert not AttributeValue.all_objects.exists()
    event = Event.all_objects.filter(kind="attribute_values.changed").order_by("seq").last()
    assert event is not None
    assert (json.loads(event.before), json.loads(event.after)) == (
        {str(label.pk): {made["id"]: "x"}},
        {str(label.pk): {}},
    )


def test_who_may(w: World, by: Callers, p: str) -> None:
    made, label = make(by, p, "a", "TEXT"), str(w.box().pk)
    image = f"{p}/images/{w.images[0].pk}"
    by.ann.post(f"{p}/attributes", {"name": "b", "type": "TEXT"}, status=403)
    by.ann.put(f"{p}/attributes/{made['id']}", {"name": "b", "type": "TEXT"}, status=403)
    by.ann.delete(f"{p}/attributes/{made['id']}", status=403)
    by.ann.post(f"{p}/attributes_classes", [], status=403)
    by.vera.post(f"{p}/labels/{label}/attributes/{made['id']}", {"value": "x"}, status=403)
    by.vera.post(f"{image}/attributes", [], status=403)
    labels_path = f"{p}/labels/{label}/attributes"
    for path in (
        f"{p}/attributes",
        f"{p}/attributes/{made['id']}",
        f"{p}/attributes_classes",
        f"{image}/attributes",
        labels_path,
    ):
        by.otto.get(path, status=404)
    by.ann.post(f"{p}/labels/{label}/attributes/{ANY}", {"value": "x"}, status=404)
    by.ann.post(f"{p}/labels/{ANY}/attributes/{made['id']}", {"value": "x"}, status=404)
    Media.all_objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    said = by.ann.post(f"{p}/labels/{label}/attributes/{made['id']}", {"value": "x"}, status=400)
    assert said["code"] == "image_locked"
