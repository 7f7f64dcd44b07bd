"""Label classes."""

from __future__ import annotations

from annotator.models import Concept, Label
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World


def test_create_read_change_delete(w: World, by: Callers, p: str) -> None:
    body = {
        "name": "sky", "description": "above", "type": "background", "color": "#ff00aA99", "icon_url": "https://x.example/i.png",
        "norder": 2.5, "parent_id": str(w.car.pk), "external_id": "e", "use_description_as_prompt": True,
    }  # fmt: skip
    with counted("hasty label_classes create"):
        made = by.max.post(f"{p}/label_classes", body)
    assert made == {**body, "id": made["id"]}
    row = Concept.all_objects.get(pk=made["id"])
    assert (row.on_region, row.on_media, row.region_kind, row.parent_id) == (
        True,
        False,
        "background",
        w.car.pk,
    )
    with counted("hasty label_classes retrieve"):
        assert by.vera.get(f"{p}/label_classes/{row.pk}") == made
    with counted("hasty label_classes update"):
        changed = by.max.put(
            f"{p}/label_classes/{row.pk}", {"name": "heaven", "parent_id": None, "icon_url": None}
        )
    assert changed == made | {"name": "heaven", "parent_id": None, "icon_url": None}
    with counted("hasty label_classes list"):
        assert [one["name"] for one in by.vera.get(f"{p}/label_classes")["items"]] == [
            "heaven",
            "car",
            "person",
        ]
    label = w.box(concept=row)
    with counted("hasty label_classes destroy"):
        by.max.delete(f"{p}/label_classes/{row.pk}")
    by.max.get(f"{p}/label_classes/{row.pk}", status=404)
    assert not Label.all_objects.filter(pk=label.pk).exists()


def test_defaults(w: World, by: Callers, p: str) -> None:
    made = by.max.post(f"{p}/label_classes", {"name": "x", "color": None, "norder": None, "type": None})
    assert (made["type"], made["norder"], len(made["color"])) == ("object", 12.0, 9)
    empty = by.max.post("/projects", {"name": "New"})["id"]
    first = by.max.post(f"/projects/{empty}/label_classes", {"name": "x"})
    second = by.max.post(f"/projects/{empty}/label_classes", {"name": "y"})
    assert (first["norder"], second["norder"]) == (10.0, 11.0) and first["color"] != second["color"]


def test_what_is_refused(w: World, by: Callers, p: str) -> None:
    wrong = [
        {"name": "CAR"}, {"name": "x", "type": "thing"}, {"name": "x", "color": "red"}, {"name": "x", "parent_id": ANY},
        {"name": "x", "parent_id": "x"}, {"name": "x", "icon_url": "javascript:x"}, {"name": "x", "norder": "a"},
        {"name": "x", "use_description_as_prompt": 1}, {}, {"name": "x", "parent_id": str(w.sunny.pk)[:-1] + "g"},
    ]  # fmt: skip
    for body in wrong:
        by.max.post(f"{p}/label_classes", body, status=400)
    by.max.put(f"{p}/label_classes/{w.car.pk}", {"name": "car", "parent_id": str(w.car.pk)}, status=400)
    by.max.put(f"{p}/label_classes/{w.car.pk}", {"name": "person"}, status=400)
    assert by.vera.get(f"{p}/label_classes")["meta"]["total"] == 2


def test_a_class_of_both_roles_is_in_both_lists_and_leaves_them_one_by_one(
    w: World, by: Callers, p: str
) -> None:
    Concept.all_objects.filter(pk=w.car.pk).update(on_media=True)
    assert str(w.car.pk) in {row["id"] for row in by.vera.get(f"{p}/tag_classes")["items"]}
    by.max.put(f"{p}/tag_classes/{w.car.pk}", {"name": "auto"})
    assert by.vera.get(f"{p}/label_classes/{w.car.pk}")["name"] == "auto"
    by.max.delete(f"{p}/label_classes/{w.car.pk}")
    by.vera.get(f"{p}/label_classes/{w.car.pk}", status=404)
    assert by.vera.get(f"{p}/tag_classes/{w.car.pk}")["name"] == "auto"
    by.vera.get(f"{p}/label_classes/{w.sunny.pk}", status=404)
