"""Classes and tags: made, renamed, ordered, given roles, deleted with their annotations; tag groups."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.models import Concept, Label, Tag, TagGroup
from annotator.services.vocabulary import concepts
from tests.world import World, make_class


def names(w: World, role: str = "region") -> list[str]:
    rows = Concept.all_objects.filter(project=w.project, **{f"on_{role}": True})
    return list(rows.order_by(f"{role}_order").values_list("name", flat=True))


def tag(w: World, number: int, concept: Concept | None = None) -> Tag:
    return Tag.all_objects.create(
        project=w.project, media=w.images[number], concept=concept or w.sunny, created_by=w.ann
    )


def groups(w: World) -> dict[str, TagGroup]:
    return {group.name: group for group in TagGroup.all_objects.filter(project=w.project)}


def create(w: World, name: Any, **details: Any) -> Concept:
    return concepts.create(actor=w.actor(w.max), project=w.project, name=name, **details)


def test_a_class_comes_last_with_the_next_number_and_a_color(w: World) -> None:
    made = create(w, " Truck ", kind="background", description="Large\nones", parent=w.car.pk)
    stored = Concept.all_objects.get(pk=made.pk)
    assert (stored.name, stored.name_key, stored.number, stored.created_by_id) == (
        "Truck",
        "truck",
        4,
        w.max.pk,
    )
    assert (stored.on_region, stored.on_media, stored.region_kind) == (True, False, "background")
    assert (stored.description, stored.parent_id) == ("Large\nones", w.car.pk) and stored.color
    assert names(w) == ["car", "person", "Truck"]
    assert w.recorded() == [("concepts.changed", {"id": str(made.pk), "name": "Truck", "created": True})]


def test_a_name_is_taken_within_a_role(w: World) -> None:
    for name, roles in (("CAR", ("region",)), ("Sunny", ("media",))):
        with pytest.raises(Invalid) as refusal:
            create(w, name, roles=roles)
        assert (refusal.value.field, refusal.value.code) == ("name", "name_taken")
    create(w, "car", roles=("media",))
    assert names(w, "media") == ["sunny", "car"]
    with pytest.raises(Invalid):
        concepts.update(actor=w.actor(w.max), concept=w.person, changes={"name": "Car"})
    with pytest.raises(Invalid):
        concepts.give_role(actor=w.actor(w.max), concept=w.car, role="media")


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"color": "reddish"}, "color"),
        ({"kind": "thing"}, "type"),
        ({"icon_url": "ftp://example.org/x"}, "icon_url"),
        ({"is_negative": "yes"}, "is_negative"),
        ({"parent": uuid.UUID(int=7)}, "parent_id"),
        ({"order": "first"}, "norder"),
        ({"group_id": uuid.UUID(int=7)}, "tag_group_id"),
    ],
)
def test_details_that_are_refused(w: World, details: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create(w, "Truck", **details)
    assert refusal.value.field == field
    assert names(w) == ["car", "person"] and w.recorded() == []


def test_a_class_of_another_project_is_no_parent(w: World) -> None:
    theirs = make_class(w.other_project(), "theirs", 1)
    with pytest.raises(Invalid) as refusal:
        create(w, "Truck", parent=theirs.pk)
    assert refusal.value.field == "parent_id"


def test_a_class_is_not_its_own_ancestor(w: World) -> None:
    actor = w.actor(w.max)
    concepts.update(actor=actor, concept=w.person, changes={"parent": w.car.pk})
    for parent in (w.car, w.person):
        with pytest.raises(Invalid, match="own ancestor"):
            concepts.update(actor=actor, concept=w.car, changes={"parent": parent.pk})
    concepts.update(actor=actor, concept=w.person, changes={"parent": None})
    assert Concept.all_objects.get(pk=w.person.pk).parent_id is None


def test_a_change_keeps_what_is_not_given(w: World) -> None:
    concepts.update(actor=w.actor(w.max), concept=w.car, changes={"name": "Auto", "order": 99})
    stored = Concept.all_objects.get(pk=w.car.pk)
    assert (stored.name, stored.name_key, stored.color, stored.region_order) == (
        "Auto",
        "auto",
        "#e5484d",
        99,
    )
    assert names(w) == ["person", "Auto"]
    assert w.recorded() == [("concepts.changed", {"id": str(w.car.pk), "name": "Auto", "created": False})]


def test_the_order_is_of_all_classes_or_a_conflict(w: World) -> None:
    actor = w.actor(w.max)
    concepts.reorder(actor=actor, project=w.project, ids=[w.person.pk, w.car.pk])
    assert names(w) == ["person", "car"]
    for ids in ([w.car.pk], [w.car.pk, w.car.pk], [w.car.pk, w.sunny.pk], [w.car.pk, w.person.pk, w.car.pk]):
        with pytest.raises(Conflict) as refusal:
            concepts.reorder(actor=actor, project=w.project, ids=ids)
        assert refusal.value.field == "ids"
    assert names(w) == ["person", "car"] and w.recorded() == [("concepts.changed", None)]


def test_a_role_goes_with_its_annotations_and_the_row_with_the_last(w: World) -> None:
    actor = w.actor(w.max)
    concepts.give_role(actor=actor, concept=w.car, role="media")
    w.box(), w.box(w.images[1]), w.box(concept=w.person), tag(w, 0, w.car)
    Concept.all_objects.filter(pk=w.person.pk).update(parent=w.car)
    assert concepts.count_annotations(concept=w.car) == {"labels": 2, "tags": 1, "segments": 0}
    concepts.delete(actor=actor, concept=w.car, role="region")
    assert Label.all_objects.get().concept_id == w.person.pk
    assert Tag.all_objects.count() == 1 and names(w, "media") == ["sunny", "car"]
    key = str(w.car.pk)
    concepts.delete(actor=actor, concept=w.car, role=None)
    assert not Tag.all_objects.exists() and not Concept.all_objects.filter(name="car").exists()
    assert Concept.all_objects.get(pk=w.person.pk).parent_id is None
    assert w.recorded()[1:] == [("concept.deleted", {"id": key, "name": "car"})] * 2


def test_groups_are_made_changed_and_deleted(w: World) -> None:
    actor = w.actor(w.max)
    made = concepts.create_group(actor=actor, project=w.project, name="Weather", kind="SELECTION")
    rainy = create(w, "rainy", roles=("media",), group_name="weather")
    snowy = create(w, "snowy", roles=("media",), group_name="Season")
    assert rainy.tag_group_id == made.pk and snowy.tag_group_id == groups(w)["Season"].pk
    assert create(w, "foggy", roles=("media",)).tag_group_id == groups(w)["Default"].pk
    concepts.update_group(actor=actor, group=made, changes={"name": "Sky", "is_required": True})
    assert groups(w)["Sky"].is_required and groups(w)["Sky"].kind == "SELECTION"
    concepts.delete_group(actor=actor, group=made)
    assert Concept.all_objects.get(pk=rainy.pk).tag_group_id == groups(w)["Default"].pk
    assert set(groups(w)) == {"Default", "Season"}
    assert {kind for kind, _ in w.recorded()} == {"concepts.changed"}


def test_groups_that_are_refused(w: World) -> None:
    actor, default = w.actor(w.max), groups(w)["Default"]
    other = concepts.create_group(actor=actor, project=w.project, name="Weather")
    for call, field in (
        (lambda: concepts.create_group(actor=actor, project=w.project, name="DEFAULT"), "name"),
        (lambda: concepts.create_group(actor=actor, project=w.project, name="Sky", kind="ONE"), "type"),
        (lambda: concepts.update_group(actor=actor, group=other, changes={"name": "default"}), "name"),
        (lambda: concepts.delete_group(actor=actor, group=default), "tag_group_id"),
    ):
        with pytest.raises(Invalid) as refusal:
            call()
        assert refusal.value.field == field
    assert set(groups(w)) == {"Default", "Weather"} and len(w.recorded()) == 1


@pytest.mark.parametrize(("who", "error"), [("rosa", Denied), ("vera", Denied), ("otto", Missing)])
def test_the_vocabulary_is_written_by_those_who_may(w: World, who: str, error: type[Exception]) -> None:
    actor, group = w.actor(getattr(w, who)), groups(w)["Default"]
    for call in (
        lambda: concepts.create(actor=actor, project=w.project, name="Truck"),
        lambda: concepts.update(actor=actor, concept=w.car, changes={"name": "Truck"}),
        lambda: concepts.give_role(actor=actor, concept=w.car, role="media"),
        lambda: concepts.reorder(actor=actor, project=w.project, ids=[w.person.pk, w.car.pk]),
        lambda: concepts.delete(actor=actor, concept=w.car),
        lambda: concepts.create_group(actor=actor, project=w.project, name="Weather"),
        lambda: concepts.update_group(actor=actor, group=group, changes={"name": "Weather"}),
        lambda: concepts.delete_group(actor=actor, group=group),
    ):
        with pytest.raises(error):
            call()
    assert names(w) == ["car", "person"] and set(groups(w)) == {"Default"} and w.recorded() == []
