"""The page of attributes: create and change with values and classes, order, delete, roles, bad input."""

from __future__ import annotations

import json as jsonlib
from typing import Any

import pytest

from annotator.models import Attribute, AttributeBinding, AttributeValue, Event
from annotator.services.annotations import attribute_values
from tests.web.client import get, post
from tests.world import World, make_box


def call(w: World, path: str) -> str:
    return f"/web/projects/{w.project.pk}/attributes/{path}"


def send(w: World, path: str, body: dict[str, Any], user: Any = None) -> Any:
    return post(user or w.max, call(w, path), jsonlib.dumps(body))


def made(w: World, name: str = "Color", **more: Any) -> Attribute:
    body = {"name": name, "type": "SELECTION", "values": [{"value": "red"}, {"value": "blue"}]} | more
    answer = send(w, "new", body)
    assert answer.status_code == 200, answer.content
    return Attribute.all_objects.get(project=w.project, name=name)


def options(attribute: Attribute) -> list[str]:
    return list(attribute.options.order_by("order").values_list("value", flat=True))


def classes(attribute: Attribute) -> list[Any]:
    rows = AttributeBinding.all_objects.filter(attribute=attribute).order_by("concept_order")
    return list(rows.values_list("concept_id", flat=True))


def test_an_attribute_with_values_default_and_classes(w: World) -> None:
    one = made(w, default="blue", is_required=True, classes=[str(w.person.pk), str(w.car.pk)])
    blue = one.options.get(value="blue")
    assert (one.default, one.is_required, options(one)) == (str(blue.pk), True, ["red", "blue"])
    assert classes(one) == [w.person.pk, w.car.pk]
    page = get(w.vera, f"/projects/{w.project.pk}/attributes/?chosen={one.pk}").content.decode()
    assert "Color" in page and "Single choice" in page and 'value="blue"' in page


def test_order_of_values_and_classes_changes_and_ids_stay(w: World) -> None:
    one = made(w, classes=[str(w.person.pk), str(w.car.pk)])
    red, blue = one.options.order_by("order")
    body = {
        "name": "Paint", "values": [{"id": str(blue.pk), "value": "navy"}, {"id": str(red.pk), "value": "red"}, {"value": "green"}],
        "classes": [str(w.car.pk)],
    }  # fmt: skip
    assert send(w, str(one.pk), body).status_code == 200
    one.refresh_from_db()
    assert (one.name, options(one), classes(one)) == ("Paint", ["navy", "red", "green"], [w.car.pk])
    assert one.options.get(value="navy").pk == blue.pk


def test_order_of_attributes_is_that_of_each_class_too(w: World) -> None:
    first = made(w, "A", classes=[str(w.car.pk)])
    second = made(w, "B", classes=[str(w.car.pk)])
    assert send(w, "order", {"ids": [str(second.pk), str(first.pk)]}).status_code == 200
    rows = AttributeBinding.all_objects.filter(concept=w.car).order_by("attribute_order")
    assert list(rows.values_list("attribute__name", flat=True)) == ["B", "A"]
    assert send(w, "order", {"ids": [str(second.pk)]}).json()["code"] == "outdated"


def test_deleting_takes_the_values_with_it(w: World) -> None:
    one, label = made(w, type="INT", values=[]), make_box(w.images[0], w.car, (0, 0, 9, 9))
    change = attribute_values.Change(one.pk, label.pk, 3)
    attribute_values.put(actor=w.actor(w.ann), media=w.images[0], change=change)
    page = get(w.max, f"/projects/{w.project.pk}/attributes/?chosen={one.pk}").content.decode()
    assert "The type cannot change while values are stored." in page and "1 value will be deleted" in page
    assert send(w, str(one.pk), {"name": "Color", "type": "TEXT"}).status_code == 409
    assert send(w, f"{one.pk}/delete", {}).json()["toast"] == "Color deleted."
    assert not AttributeValue.all_objects.exists()


@pytest.mark.parametrize(("body", "field"), [
    ({}, "name"), ({"name": "x"}, "type"), ({"name": "x", "type": "SHAPE"}, "type"), ({"name": 5, "type": "TEXT"}, "name"),
    ({"name": "x", "type": "SELECTION", "values": 5}, "values"), ({"name": "x", "type": "SELECTION", "values": [5]}, "values"),
    ({"name": "x", "type": "SELECTION", "values": [{"value": "a"}, {"value": "a"}]}, "values[1].value"),
    ({"name": "x", "type": "INT", "min": "low"}, "min"), ({"name": "x", "type": "INT", "min": 5, "max": 1}, "min"),
    ({"name": "x", "type": "INT", "max": 5, "default": "6"}, "default"), ({"name": "x", "type": "TEXT", "classes": ["x"]}, "classes"),
    ({"name": "x", "type": "TEXT", "description": 5}, "description"), ({"name": "x", "type": "TEXT", "subject_type": "DOG"}, "subject_type"),
])  # fmt: skip
def test_bad_input_names_the_field_and_writes_nothing(w: World, body: dict[str, Any], field: str) -> None:
    answer = send(w, "new", body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not Attribute.all_objects.exists() and not Event.objects.exists()


def test_classes_of_another_project_are_refused(w: World) -> None:
    body = {"name": "x", "type": "TEXT", "classes": [str(w.sunny.pk)]}
    assert send(w, "new", body).status_code == 400
    assert not Attribute.all_objects.exists()


@pytest.mark.parametrize(("who", "status"), [("ann", 403), ("vera", 403), ("otto", 404)])
def test_only_managers_change_attributes(w: World, who: str, status: int) -> None:
    one = made(w)
    user = getattr(w, who)
    for path, body in (("new", {"name": "y", "type": "TEXT"}), (str(one.pk), {"name": "y"}), (f"{one.pk}/delete", {}), ("order", {"ids": [str(one.pk)]})):  # fmt: skip
        assert send(w, path, body, user).status_code == status, path
    assert get(user, f"/projects/{w.project.pk}/attributes/").status_code == (404 if who == "otto" else 200)
