"""Classes and tags: create, change, reorder, merge with undo, delete; large changes by a job."""

from __future__ import annotations

import json as jsonlib
import uuid
from typing import Any

import pytest
from django.test import override_settings

from annotator.jobs import engine
from annotator.models import Concept, Job, KeypointBinding, KeypointSchema, Label, Tag, TagGroup
from annotator.services.vocabulary import merges
from tests import world as cast
from tests.web.client import get, json, post
from tests.world import World


def call(w: World, path: str) -> str:
    return f"/web/projects/{w.project.pk}/{path}"


def names(w: World, role: str = "region") -> list[str]:
    rows = Concept.all_objects.filter(project=w.project, **{f"on_{role}": True})
    return list(rows.order_by(f"{role}_order", "sort_key").values_list("name", flat=True))


def nothing(job_id: uuid.UUID) -> None:
    """The queue of tests that run jobs themselves."""


def run_jobs() -> None:
    for job in Job.all_objects.filter(state="QUEUED"):
        engine.run(job.pk)


def test_one_class_per_line(w: World) -> None:
    answer: Any = post(w.max, call(w, "classes/new"), {"role": "region", "names": " Truck \n\nBus\n"})
    assert answer.status_code == 200
    assert names(w) == ["car", "person", "Truck", "Bus"]
    page = get(w.max, f"/projects/{w.project.pk}/classes/").content.decode()
    assert "Truck" in page
    assert '<kbd class="kbd">4</kbd>' in page


def test_all_lines_or_none(w: World) -> None:
    answer: Any = post(w.max, call(w, "classes/new"), {"role": "region", "names": "Truck\nCAR\nBus"})
    body = answer.json()
    assert (answer.status_code, body["field"]) == (400, "names")
    assert body["message"].startswith("Line 2, “CAR”:")
    assert names(w) == ["car", "person"]


@pytest.mark.parametrize("fields", [
    {}, {"names": "   "}, {"names": "x" * 201}, {"names": "a\x00b"}, {"names": 5}, {"names": "a", "role": "emperor"},
    {"names": "\n".join(str(n) for n in range(501))}, {"names": "\ud800"}, {"names": "a", "color": "red"},
])  # fmt: skip
def test_malformed_classes(w: World, fields: dict[str, Any]) -> None:
    answer: Any = post(w.max, call(w, "classes/new"), jsonlib.dumps(fields))
    assert answer.status_code in (400, 413)
    assert names(w) == ["car", "person"]


@pytest.mark.parametrize(("who", "code"), [("vera", 403), ("ann", 403), ("rosa", 403), ("otto", 404)])
def test_who_may_not(w: World, who: str, code: int) -> None:
    user = getattr(w, who)
    for path, body in (
        ("classes/new", {"names": "Bus"}), (f"classes/{w.car.pk}", {"name": "Bus"}), ("classes/order", {"ids": [str(w.person.pk), str(w.car.pk)]}),
        (f"classes/{w.car.pk}/merge", {"target": str(w.person.pk)}), (f"classes/{w.car.pk}/delete", {"count": 0}),
        ("tag-groups/new", {"name": "Light"}),
    ):  # fmt: skip
        assert post(user, call(w, path), body).status_code == code, path
    assert names(w) == ["car", "person"]


def test_rename_and_change_color(w: World) -> None:
    answer: Any = post(
        w.max,
        call(w, f"classes/{w.car.pk}"),
        {
            "name": "Vehicle",
            "color": "#123456FF",
            "description": "With wheels.",
            "parent": str(w.person.pk),
            "kind": "background",
        },
    )
    assert answer.json()["toast"] == "Vehicle saved."
    w.car.refresh_from_db()
    assert (w.car.name, w.car.color, w.car.parent_id, w.car.region_kind) == (
        "Vehicle",
        "#123456FF",
        w.person.pk,
        "background",
    )
    assert (
        "With wheels." in get(w.ann, f"/projects/{w.project.pk}/classes/?chosen={w.car.pk}").content.decode()
    )


@pytest.mark.parametrize(("fields", "field"), [
    ({"name": "person"}, "name"), ({"name": ""}, "name"), ({"color": "blue"}, "color"), ({"parent": "self"}, "parent_id"),
    ({"kind": "thing"}, "type"), ({"parent": "x"}, "parent"),
])  # fmt: skip
def test_refused_changes_name_the_field(w: World, fields: dict[str, str], field: str) -> None:
    sent = {key: str(w.car.pk) if value == "self" else value for key, value in fields.items()}
    answer: Any = post(w.max, call(w, f"classes/{w.car.pk}"), sent)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_order(w: World) -> None:
    assert (
        post(w.max, call(w, "classes/order"), {"ids": [str(w.person.pk), str(w.car.pk)]}).status_code == 200
    )
    assert names(w) == ["person", "car"]
    stale = post(w.max, call(w, "classes/order"), {"ids": [str(w.person.pk)]})
    assert stale.status_code == 409


def test_the_page_counts_annotations(w: World) -> None:
    cast.make_box(w.images[0], w.car, (1, 2, 3, 4))
    cast.make_box(w.images[1], w.car, (1, 2, 3, 4))
    Tag.all_objects.create(project=w.project, media=w.images[0], concept=w.sunny)
    page = get(w.ann, f"/projects/{w.project.pk}/classes/").content.decode()
    assert f'href="/projects/{w.project.pk}/media/?class={w.car.pk}">2<' in page
    tags = get(w.ann, f"/projects/{w.project.pk}/classes/?kind=tags").content.decode()
    assert f'?tag={w.sunny.pk}">1<' in tags


# -- merging


def test_merge_with_preview_and_undo(w: World) -> None:
    schema = KeypointSchema.objects.create(project=w.project, name="Pose", name_key="pose")
    KeypointBinding.objects.create(schema=schema, concept=w.car)
    child = cast.make_class(w.project, "wheel", 9, parent=w.car)
    boxes = [cast.make_box(image, w.car, (1, 2, 3, 4)) for image in w.images]
    kept = cast.make_box(w.images[0], w.person, (1, 2, 3, 4))
    found = json(w.max, call(w, f"classes/{w.car.pk}/merge-preview?target={w.person.pk}"))
    assert (found["labels"], found["tags"], found["both"]) == (3, 0, 0)
    answer: Any = post(w.max, call(w, f"classes/{w.car.pk}/merge"), {"target": str(w.person.pk)})
    body = answer.json()
    assert body["toast"] == "car merged into person, 3 objects"
    assert Label.all_objects.filter(concept=w.person).count() == 4
    assert names(w) == ["person", "wheel"]
    assert post(w.max, body["undo"]["url"], body["undo"]["body"]).status_code == 200
    assert set(Label.all_objects.filter(concept=w.car.pk).values_list("pk", flat=True)) == {
        box.pk for box in boxes
    }
    assert Label.all_objects.get(concept=w.person).pk == kept.pk
    child.refresh_from_db()
    assert child.parent_id == w.car.pk
    assert KeypointBinding.objects.filter(concept=w.car.pk).count() == 1
    assert post(w.max, body["undo"]["url"], {}).status_code == 404


def test_tags_that_both_have_are_kept_once_and_come_back(w: World) -> None:
    rainy = cast.make_class(w.project, "rainy", 8, on_region=False, on_media=True)
    for media, concept in ((w.images[0], w.sunny), (w.images[0], rainy), (w.images[1], w.sunny)):
        Tag.all_objects.create(project=w.project, media=media, concept=concept)
    assert json(w.max, call(w, f"classes/{w.sunny.pk}/merge-preview?target={rainy.pk}"))["both"] == 1
    answer: Any = post(
        w.max, call(w, f"classes/{w.sunny.pk}/merge"), {"target": str(rainy.pk), "role": "media"}
    )
    assert Tag.all_objects.count() == 2
    post(w.max, answer.json()["undo"]["url"])
    assert set(Tag.all_objects.values_list("media_id", "concept_id")) == {
        (w.images[0].pk, w.sunny.pk),
        (w.images[0].pk, rainy.pk),
        (w.images[1].pk, w.sunny.pk),
    }


@pytest.mark.parametrize("target", ["self", "x", "", "other", "00000000-0000-4000-8000-000000000000"])
def test_wrong_targets(w: World, target: str) -> None:
    other = cast.make_class(w.other_project(), "theirs", 1)
    sent = {"self": str(w.car.pk), "other": str(other.pk)}.get(target, target)
    assert post(w.max, call(w, f"classes/{w.car.pk}/merge"), {"target": sent}).status_code == 400
    assert names(w) == ["car", "person"]


@override_settings(JOB_RUNNER="tests.web.test_classes.nothing")
def test_large_merges_run_as_jobs_and_so_does_their_undo(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merges, "AT_ONCE", 2)
    monkeypatch.setattr(merges, "CHUNK", 2)
    boxes = [cast.make_box(w.images[0], w.car, (1, 2, 3, 4 + n)) for n in range(5)]
    answer: Any = post(w.max, call(w, f"classes/{w.car.pk}/merge"), {"target": str(w.person.pk)})
    job = answer.json()["job"]
    assert Label.all_objects.filter(concept=w.car).count() == 5
    run_jobs()
    assert Label.all_objects.filter(concept=w.person).count() == 5
    state = json(w.max, f"/web/jobs/{job}")
    assert (state["state"], state["text"], state["download"]) == ("DONE", "5 objects", None)
    assert post(w.max, state["undo"]["url"]).status_code == 200
    run_jobs()
    assert set(Label.all_objects.filter(concept=w.car.pk).values_list("pk", flat=True)) == {
        box.pk for box in boxes
    }


def test_undo_after_a_class_of_that_name_came_again(w: World) -> None:
    answer: Any = post(w.max, call(w, f"classes/{w.car.pk}/merge"), {"target": str(w.person.pk)})
    post(w.max, call(w, "classes/new"), {"names": "Car"})
    again: Any = post(w.max, answer.json()["undo"]["url"])
    assert again.status_code == 409
    assert "Rename it first" in again.json()["message"]


# -- deleting


def test_an_unused_class_is_deleted_at_once_with_undo(w: World) -> None:
    answer: Any = post(w.max, call(w, f"classes/{w.car.pk}/delete"), {"count": 0})
    assert names(w) == ["person"]
    post(w.max, answer.json()["undo"]["url"])
    assert names(w) == ["car", "person"]
    assert Concept.objects.get(pk=w.car.pk).color == w.car.color


def test_a_used_class_is_deleted_only_with_its_count(w: World) -> None:
    cast.make_box(w.images[0], w.car, (1, 2, 3, 4))
    for count in (0, 2, "", "x"):
        assert post(w.max, call(w, f"classes/{w.car.pk}/delete"), {"count": count}).status_code in (400, 409)
    assert names(w) == ["car", "person"]
    answer: Any = post(w.max, call(w, f"classes/{w.car.pk}/delete"), {"count": 1})
    assert (answer.status_code, answer.json()["undo"]) == (200, None)
    assert Label.all_objects.count() == 0


@override_settings(JOB_RUNNER="tests.web.test_classes.nothing")
def test_many_annotations_are_deleted_by_a_job(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merges, "AT_ONCE", 2)
    monkeypatch.setattr(merges, "CHUNK", 2)
    for n in range(5):
        cast.make_box(w.images[0], w.car, (1, 2, 3, 4 + n))
    kept = cast.make_box(w.images[0], w.person, (1, 2, 3, 4))
    answer: Any = post(w.max, call(w, f"classes/{w.car.pk}/delete"), {"count": 5})
    assert answer.json()["job"]
    run_jobs()
    assert list(Label.all_objects.values_list("pk", flat=True)) == [kept.pk]
    assert names(w) == ["person"]


def test_a_concept_with_two_roles_keeps_the_other(w: World) -> None:
    Concept.objects.filter(pk=w.car.pk).update(on_media=True, media_order=1.0)
    post(w.max, call(w, f"classes/{w.car.pk}/delete"), {"count": 0, "role": "region"})
    assert names(w) == ["person"]
    assert "car" in names(w, "media")


# -- tag groups


def test_tag_groups(w: World) -> None:
    assert post(w.max, call(w, "tag-groups/new"), {"name": "Light", "kind": "SELECTION"}).status_code == 200
    group = TagGroup.objects.get(project=w.project, name="Light")
    post(w.max, call(w, f"classes/{w.sunny.pk}"), {"role": "media", "group": str(group.pk)})
    page = get(w.max, f"/projects/{w.project.pk}/classes/?kind=tags").content.decode()
    assert "Light" in page
    assert "one per image" in page
    assert (
        post(w.max, call(w, f"tag-groups/{group.pk}"), {"name": "Weather", "is_required": True}).status_code
        == 200
    )
    answer: Any = post(w.max, call(w, f"tag-groups/{group.pk}/delete"))
    w.sunny.refresh_from_db()
    assert w.sunny.tag_group.is_default
    undo = answer.json()["undo"]
    assert post(w.max, undo["url"], undo["body"]).status_code == 200
    w.sunny.refresh_from_db()
    assert (w.sunny.tag_group.name, w.sunny.tag_group.is_required) == ("Weather", True)


def test_tag_groups_are_ordered_and_come_back_to_their_place(w: World) -> None:
    for name in ("Light", "Weather"):
        post(w.max, call(w, "tag-groups/new"), {"name": name})
    rows = TagGroup.objects.filter(project=w.project).order_by("order")
    default, light, weather = rows
    ids = [str(one.pk) for one in (weather, default, light)]
    assert post(w.max, call(w, "tag-groups/order"), {"ids": ids[1:]}).json()["field"] == "ids"
    assert post(w.ann, call(w, "tag-groups/order"), {"ids": ids}).status_code == 403
    assert post(w.max, call(w, "tag-groups/order"), {"ids": ids}).status_code == 200
    page = get(w.vera, f"/projects/{w.project.pk}/classes/?kind=tags").content.decode()
    places = [page.index(f'id="g-{key}"') for key in ids]
    assert places == sorted(places)
    undo = post(w.max, call(w, f"tag-groups/{weather.pk}/delete")).json()["undo"]
    for status in (200, 409):
        assert post(w.max, undo["url"], undo["body"]).status_code == status
    assert [str(one.pk) for one in rows.all()] == ids


def test_the_default_group_stays(w: World) -> None:
    default = TagGroup.objects.get(project=w.project, is_default=True)
    assert post(w.max, call(w, f"tag-groups/{default.pk}/delete")).status_code == 400
    other = TagGroup.objects.create(project=w.other_project(), name="X", name_key="x", sort_key="x")
    assert post(w.max, call(w, f"tag-groups/{other.pk}/delete")).status_code == 404
