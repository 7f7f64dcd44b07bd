"""Tags: concepts of both roles, their types, how many images have them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from annotator.models import Concept, Event, Label, Media, Tag
from annotator.services.exchange.imports import coco as coco_imports
from tests.api.customvision.conftest import ANY, MALFORMED, Callers
from tests.world import World, make_class, make_dataset, make_images


def test_create_read_change_delete(w: World, by: Callers, p: str) -> None:
    made = by.max.post(f"{p}/tags", query="name=Caf%C3%A9&description=one%20cup&type=Regular")
    assert made == {
        "id": made["id"], "name": "Café", "description": "one cup", "type": "Regular", "imageCount": 0,
    }  # fmt: skip
    row = Concept.all_objects.get(pk=made["id"])
    assert (row.on_region, row.on_media, row.project_id, row.tag_group.name) == (
        True,
        True,
        w.project.pk,
        "Default",
    )
    assert by.vera.get(f"{p}/tags/{row.pk}") == made
    changed = by.max.patch(f"{p}/tags/{row.pk}", {"name": "Tea", "description": None, "imageCount": 9})
    assert changed == made | {"name": "Tea", "description": ""}
    assert by.max.patch(f"{p}/tags/{row.pk}", {}) == changed
    w.box(concept=row)
    Tag.all_objects.create(project=w.project, media=w.images[1], concept=row)
    assert by.max.delete(f"{p}/tags/{row.pk}") is None
    assert not Concept.all_objects.filter(pk=row.pk).exists()
    assert not Label.all_objects.exists() and not Tag.all_objects.exists()
    by.max.refused("GET", f"{p}/tags/{row.pk}", 404, "NotFoundTag")


def test_all_concepts_of_pictures_are_listed_with_the_number_of_their_images(
    w: World, by: Callers, p: str
) -> None:
    one, two, three = w.images
    make_class(w.project, "walking", 4, on_region=False, on_segment=True)
    for media in (one, one, two):
        w.box(media, w.car)
    Concept.all_objects.filter(pk=w.car.pk).update(on_media=True)
    for media in (two, three):
        Tag.all_objects.create(project=w.project, media=media, concept=w.car)
    Tag.all_objects.create(project=w.project, media=one, concept=w.sunny)
    found = {tag["name"]: tag for tag in by.vera.get(f"{p}/tags")}
    assert {name: tag["imageCount"] for name, tag in found.items()} == {"car": 3, "person": 0, "sunny": 1}
    assert by.vera.get(f"{p}/tags/{w.car.pk}") == found["car"]
    Media.objects.filter(pk__in=[one.pk, three.pk]).update(trashed_at=one.created_at)
    assert {tag["name"]: tag["imageCount"] for tag in by.vera.get(f"{p}/tags")} == {
        "car": 1,
        "person": 0,
        "sunny": 0,
    }


def test_types(w: World, by: Callers, p: str) -> None:
    negative = by.max.post(f"{p}/tags", query="name=none&type=Negative")
    product = by.max.post(f"{p}/tags", query="name=thing&type=GeneralProduct")
    assert (negative["type"], product["type"]) == ("Negative", "GeneralProduct")
    row = Concept.all_objects.get(pk=negative["id"])
    assert row.is_negative and not row.on_region
    assert by.vera.get(p)["settings"]["useNegativeSet"] is True
    by.max.refused("POST", f"{p}/tags", 400, "BadRequestMultipleNegativeTag", query="name=x&type=Negative")
    by.max.refused(
        "POST", f"{p}/tags", 400, "BadRequestMultipleGeneralProductTag", query="name=x&type=GeneralProduct"
    )
    by.max.refused(
        "PATCH", f"{p}/tags/{w.car.pk}", 400, "BadRequestMultipleNegativeTag", {"type": "Negative"}
    )
    assert by.max.patch(f"{p}/tags/{negative['id']}", {"type": "Negative"})["type"] == "Negative"
    assert by.max.patch(f"{p}/tags/{negative['id']}", {"type": "Regular"})["type"] == "Regular"
    assert by.vera.get(p)["settings"]["useNegativeSet"] is False


def test_a_change_of_type_keeps_what_an_import_said(w: World, by: Callers, p: str) -> None:
    text = b'{"images": [], "categories": [{"id": 8, "name": "lamp", "supercategory": "street"}], "annotations": []}'
    coco_imports.run(
        actor=w.actor(w.max),
        project=w.project,
        dataset=w.dataset,
        file=io.BytesIO(text),
    )
    lamp = Concept.all_objects.get(name="lamp")
    by.max.patch(f"{p}/tags/{lamp.pk}", {"type": "GeneralProduct"})
    lamp.refresh_from_db()
    assert lamp.extra["coco"]["supercategory"] == "street"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "BadRequestTagName"),
        ("name=%20", "BadRequestTagName"),
        ("name=car", "BadRequestTagNameNotUnique"),
        ("name=SUNNY", "BadRequestTagNameNotUnique"),
        ("name=a%00b", "BadRequestTagName"),
        ("name=a%0Ab", "BadRequestTagName"),
        ("name=" + "x" * 201, "BadRequestTagName"),
        ("name=x&type=Odd", "BadRequestTagType"),
        ("name=x&description=" + "y" * 2001, "BadRequestTagDescription"),
    ],
)
def test_what_no_tag_may_be(by: Callers, p: str, query: str, code: str) -> None:
    before = Concept.all_objects.count()
    by.max.refused("POST", f"{p}/tags", 400, code, query=query)
    assert Concept.all_objects.count() == before


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"3", b'{"name": 5}', b'{"name": "\\ud800"}', b'{"name": "\\u0000"}', b"\xff"]
)
def test_malformed_changes(w: World, by: Callers, p: str, body: bytes) -> None:
    answer = by.max.raw("PATCH", f"{p}/tags/{w.car.pk}", body)
    assert answer.status_code == 400 and answer.json()["code"] in ("BadRequest", "BadRequestTagName")
    w.car.refresh_from_db()
    assert w.car.name == "car"


def test_who_may(w: World, by: Callers, p: str) -> None:
    tag = f"{p}/tags/{w.car.pk}"
    for method, path, body in (("POST", f"{p}/tags", b""), ("PATCH", tag, b"{"), ("DELETE", tag, b"")):
        for user in (by.vera, by.ann, by.rosa):
            user.refused(method, path, 403, "ForbiddenUserInsufficientCapability", body)
        by.otto.refused(method, path, 404, "NotFoundProject", body)
    by.otto.refused("GET", f"{p}/tags", 404, "NotFoundProject")
    by.otto.refused("GET", tag, 404, "NotFoundProject")
    assert len(by.vera.get(f"{p}/tags")) == 3


@pytest.mark.parametrize("key", [*MALFORMED, ANY])
def test_a_tag_that_is_not_there(w: World, by: Callers, p: str, key: str) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        by.max.refused(method, f"{p}/tags/{key}", 404, "NotFoundTag")


def test_another_projects_tag(w: World, by: Callers, p: str) -> None:
    theirs = make_class(w.other_project(), "ship", 1)
    by.max.refused("GET", f"{p}/tags/{theirs.pk}", 404, "NotFoundTag")
    by.max.refused("DELETE", f"/projects/{w.other_project().pk}/tags/{theirs.pk}", 404, "NotFoundProject")


def test_iterations(by: Callers, w: World, p: str) -> None:
    by.vera.refused("GET", f"{p}/tags", 404, "NotFoundIteration", query=f"iterationId={ANY}")
    by.vera.refused("GET", f"{p}/tags/{w.car.pk}", 404, "NotFoundIteration", query=f"iterationId={ANY}")


def test_in_xml(w: World, by: Callers, p: str) -> None:
    root = by.vera.xml(f"{p}/tags")
    assert (root.tag, [tag.findtext("Name") for tag in root]) == ("ArrayOfTag", ["car", "person", "sunny"])
    assert by.vera.xml(f"{p}/tags/{w.car.pk}").findtext("ImageCount") == "0"


def test_pages_are_told(w: World, by: Callers, p: str) -> None:
    made = by.max.post(f"{p}/tags", query="name=new")
    assert Event.all_objects.filter(kind="concepts.changed", object_id=made["id"]).count() == 1


def test_queries(w: World, by: Callers, p: str, django_assert_num_queries: Any) -> None:
    """Key, project with role, counts of labels, of tags and of what is in the trash, the concepts."""
    for number in range(10, 30):
        make_class(w.project, f"c {number}", number)
    for media in make_images(make_dataset(w.project, "More"), 10, start=10):
        w.box(media, w.car)
    with django_assert_num_queries(6):
        assert len(by.vera.get(f"{p}/tags")) == 23
    with django_assert_num_queries(5):  # the tag comes with its project
        by.vera.get(f"{p}/tags/{w.car.pk}")
