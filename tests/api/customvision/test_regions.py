"""Regions and tags of images: batches, all or none."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.models import Concept, Event, Label, Media, Tag, TagGroup
from tests.api.customvision.conftest import ANY, Callers
from tests.world import World, make_class, make_dataset, make_images


def entry(media: Any, tag: Any, *box: float) -> dict[str, Any]:
    left, top, width, height = box or (0.1, 0.1, 0.4, 0.4)
    key = getattr(media, "pk", media), getattr(tag, "pk", tag)
    return {
        "imageId": str(key[0]),
        "tagId": str(key[1]),
        "left": left,
        "top": top,
        "width": width,
        "height": height,
    }


def test_regions_of_several_images(w: World, by: Callers, p: str) -> None:
    one, two, _ = w.images
    sent = [entry(two, w.person, 0, 0, 1, 1), entry(one, w.car), entry(two, w.car, 0.25, 0.5, 0.125, 0.5)]
    summary = by.ann.post(f"{p}/images/regions", {"regions": sent})
    assert summary["duplicated"] == summary["exceeded"] == []
    for made, asked in zip(summary["created"], sent, strict=True):
        assert {key: made[key] for key in asked} == asked
        assert made["tagName"] == ("person" if asked["tagId"] == str(w.person.pk) else "car")
    rows = {str(row.pk): row for row in Label.all_objects.all()}
    assert [(rows[r["regionId"]].media_id, rows[r["regionId"]].concept_id) for r in summary["created"]] == [
        (two.pk, w.person.pk), (one.pk, w.car.pk), (two.pk, w.car.pk),
    ]  # fmt: skip
    third = rows[summary["created"][2]["regionId"]]
    assert (third.x0, third.y0, third.x1, third.y1, third.created_by_id) == (160, 240, 240, 480, w.ann.pk)
    events = Event.all_objects.filter(kind="labels.changed")
    assert {event.media_id for event in events} == {one.pk, two.pk} and events.count() == 2


def test_an_equal_region_is_not_made_twice(w: World, by: Callers, p: str) -> None:
    sent = [entry(w.images[0], w.car)]
    first = by.ann.post(f"{p}/images/regions", {"regions": sent})
    again = by.ann.post(f"{p}/images/regions", {"regions": [*sent, entry(w.images[0], w.person)]}, status=207)
    assert again["duplicated"] == sent and len(again["created"]) == 1
    within = by.ann.post(f"{p}/images/regions", {"regions": [entry(w.images[1], w.car)] * 3}, status=207)
    assert (len(within["created"]), len(within["duplicated"])) == (1, 2)
    assert Label.all_objects.count() == 3
    assert Label.all_objects.filter(pk=first["created"][0]["regionId"]).exists()


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ((-0.1, 0, 0.5, 0.5), "BadRequestImageRegions"),
        ((0.6, 0, 0.5, 0.5), "BadRequestImageRegions"),
        ((0, 0, 0, 0.5), "BadRequestImageRegions"),
        ((0, 0, 64, 48), "BadRequestImageRegions"),
        (("0", 0, 0.5, 0.5), "BadRequestImageRegions"),
        ((None, 0, 0.5, 0.5), "BadRequestImageRegions"),
        ((True, 0, 0.5, 0.5), "BadRequestImageRegions"),
        ((10**400, 0, 0.5, 0.5), "BadRequest"),
    ],
)
def test_one_bad_region_spoils_the_batch(w: World, by: Callers, p: str, box: Any, code: str) -> None:
    import json

    sent = json.dumps({"regions": [entry(w.images[0], w.car), entry(w.images[1], w.car, *box)]}).encode()
    by.ann.refused("POST", f"{p}/images/regions", 400, code, sent)
    assert not Label.all_objects.exists() and not Event.all_objects.filter(kind="labels.changed").exists()


def test_what_a_region_may_not_name(w: World, by: Callers, p: str) -> None:
    theirs = make_class(w.other_project(), "ship", 1)
    their_image = make_images(make_dataset(w.other_project(), "Theirs"), 1)[0]
    good = entry(w.images[0], w.car)
    for bad, code in (
        (entry(w.images[0], theirs), "BadRequestImageRegions"),
        (entry(w.images[0], w.sunny), "BadRequestImageRegions"),
        (entry(w.images[0], ANY), "BadRequestImageRegions"),
        (entry(their_image, w.car), "BadRequestInvalidIds"),
        (entry(ANY, w.car), "BadRequestInvalidIds"),
        (entry("nonsense", w.car), "BadRequestImageRegions"),
        ({"imageId": str(w.images[0].pk)}, "BadRequestImageRegions"),
        (5, "BadRequestImageRegions"),
    ):
        by.ann.refused("POST", f"{p}/images/regions", 400, code, {"regions": [good, bad]})
    for body in ({}, {"regions": None}, {"regions": {}}):
        by.ann.refused("POST", f"{p}/images/regions", 400, "BadRequestImageRegions", body)
    for raw in (b"", b"[]", b"{", b'{"regions": [NaN]}'):
        assert by.ann.raw("POST", f"{p}/images/regions", raw).status_code == 400
    many = {"regions": [entry(w.images[0], w.car, 0, 0, 0.01 * n, 1) for n in range(1, 66)]}
    by.ann.refused("POST", f"{p}/images/regions", 400, "BadRequestExceededBatchSize", many)
    assert not Label.all_objects.exists()
    many["regions"].pop()
    assert len(by.ann.post(f"{p}/images/regions", many)["created"]) == 64
    assert by.ann.post(f"{p}/images/regions", {"regions": []})["created"] == []


def test_frozen_images_and_unknown_sizes(w: World, by: Callers, p: str) -> None:
    one, two, _ = w.images
    Media.objects.filter(pk=one.pk).update(is_frozen=True)
    Media.objects.filter(pk=two.pk).update(width=0, height=0, health="ERROR")
    by.ann.refused(
        "POST",
        f"{p}/images/regions",
        409,
        "Conflict",
        {"regions": [entry(w.images[2], w.car), entry(one, w.car)]},
    )
    by.ann.refused(
        "POST", f"{p}/images/regions", 400, "BadRequestImageRegions", {"regions": [entry(two, w.car)]}
    )
    tags = {"tags": [{"imageId": str(one.pk), "tagId": str(w.sunny.pk)}]}
    by.ann.refused("POST", f"{p}/images/tags", 409, "Conflict", tags)
    label = w.box(one)
    by.ann.refused("DELETE", f"{p}/images/regions", 409, "Conflict", query=f"regionIds={label.pk}")
    assert Label.all_objects.count() == 1


def test_regions_are_deleted(w: World, by: Callers, p: str) -> None:
    theirs = w.box(
        make_images(make_dataset(w.other_project(), "Theirs"), 1)[0], make_class(w.other_project(), "ship", 1)
    )
    first, second, kept = w.box(), w.box(w.images[1]), w.box(w.images[1], at=(1, 1, 2, 2))
    query = f"regionIds={first.pk},{second.pk},{ANY}&regionIds={theirs.pk}"
    assert by.ann.ask("DELETE", f"{p}/images/regions", status=204, query=query) is None
    assert set(Label.all_objects.values_list("pk", flat=True)) == {kept.pk, theirs.pk}
    assert Event.all_objects.filter(kind="labels.changed").count() == 2
    assert by.ann.ask("DELETE", f"{p}/images/regions", status=204, query=query) is None
    by.ann.refused("DELETE", f"{p}/images/regions", 400, "BadRequestInvalidIds")
    by.ann.refused("DELETE", f"{p}/images/regions", 400, "BadRequestInvalidIds", query="regionIds=x")
    many = ",".join(str(uuid.uuid4()) for _ in range(65))
    by.ann.refused(
        "DELETE", f"{p}/images/regions", 400, "BadRequestExceededBatchSize", query=f"regionIds={many}"
    )


def test_images_are_tagged_and_untagged(w: World, by: Callers, p: str) -> None:
    one, two, three = w.images
    rain = make_class(w.project, "rain", 5, on_region=False, on_media=True)
    pairs = [
        {"imageId": str(m.pk), "tagId": str(t.pk)} for m, t in ((one, w.sunny), (two, rain), (one, w.sunny))
    ]
    made = by.ann.post(f"{p}/images/tags", {"tags": pairs})
    assert made == {"created": pairs[:2], "duplicated": pairs[2:], "exceeded": []}
    again = by.ann.post(f"{p}/images/tags", {"tags": pairs[1:2]})
    assert again == {"created": [], "duplicated": pairs[1:2], "exceeded": []}
    assert set(Tag.all_objects.values_list("media", "concept", "created_by")) == {
        (one.pk, w.sunny.pk, w.ann.pk), (two.pk, rain.pk, w.ann.pk),
    }  # fmt: skip
    assert Event.all_objects.filter(kind="tags.changed").count() == 2
    query = f"imageIds={one.pk},{two.pk},{ANY}&tagIds={w.sunny.pk},{ANY}"
    assert by.ann.ask("DELETE", f"{p}/images/tags", status=204, query=query) is None
    assert list(Tag.all_objects.values_list("media", "concept")) == [(two.pk, rain.pk)]
    assert Event.all_objects.filter(kind="tags.changed").count() == 3


def test_a_region_keeps_its_tag_at_the_image(w: World, by: Callers, p: str) -> None:
    Concept.all_objects.filter(pk=w.car.pk).update(on_media=True)
    w.box()
    pair = {"imageId": str(w.images[0].pk), "tagId": str(w.car.pk)}
    assert by.ann.post(f"{p}/images/tags", {"tags": [pair]})["created"] == [pair]
    ids = f"imageIds={w.images[0].pk}"
    by.ann.ask("DELETE", f"{p}/images/tags", status=204, query=f"{ids}&tagIds={w.car.pk}")
    (image,) = by.vera.get(f"{p}/images/id", ids)
    assert len(image["tags"]) == len(image["regions"]) == 1 and not Tag.all_objects.exists()


def test_a_group_that_takes_one(w: World, by: Callers, p: str) -> None:
    group = TagGroup.all_objects.get(project=w.project)
    TagGroup.all_objects.update(kind="SELECTION")
    rain = make_class(w.project, "rain", 5, on_region=False, on_media=True, tag_group=group)
    Concept.all_objects.filter(pk=w.sunny.pk).update(tag_group=group)
    for tag in (w.sunny, rain):
        by.ann.post(f"{p}/images/tags", {"tags": [{"imageId": str(w.images[0].pk), "tagId": str(tag.pk)}]})
    assert [tag.concept_id for tag in Tag.all_objects.all()] == [rain.pk]


def test_what_a_tagging_may_not_name(w: World, by: Callers, p: str) -> None:
    good = {"imageId": str(w.images[0].pk), "tagId": str(w.sunny.pk)}
    for bad, code in (
        ({**good, "tagId": str(w.car.pk)}, "BadRequestImageTags"),
        ({**good, "tagId": ANY}, "BadRequestImageTags"),
        ({**good, "imageId": ANY}, "BadRequestInvalidIds"),
        ({**good, "imageId": "x"}, "BadRequestImageTags"),
        ({"imageId": good["imageId"]}, "BadRequestImageTags"),
    ):
        by.ann.refused("POST", f"{p}/images/tags", 400, code, {"tags": [good, bad]})
    by.ann.refused("POST", f"{p}/images/tags", 400, "BadRequestExceededBatchSize", {"tags": [good] * 129})
    assert not Tag.all_objects.exists()
    for query, code in (
        ("", "BadRequestInvalidIds"),
        (f"imageIds={ANY}", "BadRequestInvalidIds"),
        (f"imageIds={ANY}&tagIds=x", "BadRequestInvalidIds"),
        (f"tagIds={ANY}&imageIds=" + ",".join([ANY] * 65), "BadRequestExceededBatchSize"),
        (f"imageIds={ANY}&tagIds=" + ",".join([ANY] * 21), "BadRequestExceededBatchSize"),
    ):
        by.ann.refused("DELETE", f"{p}/images/tags", 400, code, query=query)


def test_who_may(w: World, by: Callers, p: str) -> None:
    for method in ("POST", "DELETE"):
        for noun in ("regions", "tags"):
            by.vera.refused(method, f"{p}/images/{noun}", 403, "ForbiddenUserInsufficientCapability", b"{")
            by.otto.refused(method, f"{p}/images/{noun}", 404, "NotFoundProject", b"{")
            by.olga.refused(method, f"/projects/{ANY}/images/{noun}", 404, "NotFoundProject", b"{")


def test_summaries_in_xml(w: World, by: Callers, p: str) -> None:
    import xml.etree.ElementTree as ET

    body = {"regions": [entry(w.images[0], w.car)]}
    answer = by.ann.raw("POST", f"{p}/images/regions", body, headers={"Accept": "application/xml"})
    root = ET.fromstring(answer.content)
    assert (root.tag, root.findtext("Created/ImageRegionCreateResult/Left")) == (
        "ImageRegionCreateSummary",
        "0.1",
    )
    again = by.ann.raw("POST", f"{p}/images/regions", body, headers={"Accept": "application/xml"})
    assert again.status_code == 207
    assert ET.fromstring(again.content).findtext("Duplicated/ImageRegionCreateEntry/TagId") == str(w.car.pk)
    gone = by.ann.raw(
        "DELETE", f"{p}/images/regions", query=f"regionIds={ANY}", headers={"Accept": "text/xml"}
    )
    assert (gone.status_code, gone.content) == (204, b"")


def test_queries(w: World, by: Callers, p: str, django_assert_num_queries: Any) -> None:
    """A batch on one image costs the same whether it holds one region or many."""
    with django_assert_num_queries(17):
        by.ann.post(f"{p}/images/regions", {"regions": [entry(w.images[0], w.car)]})
    many = [entry(w.images[1], w.car, 0, 0, 0.01 * n, 1) for n in range(1, 60)]
    with django_assert_num_queries(16):
        by.ann.post(f"{p}/images/regions", {"regions": many})
    with django_assert_num_queries(18):
        pairs = [{"imageId": str(media.pk), "tagId": str(w.sunny.pk)} for media in w.images]
        by.ann.post(f"{p}/images/tags", {"tags": pairs})


def test_a_tag_of_regions_alone_is_told_from_one_that_is_not_there(w: World, by: Callers, p: str) -> None:
    entry = {"imageId": str(w.images[0].pk), "tagId": str(w.car.pk)}
    for body, words in (
        ({"tags": [entry]}, "'car' is a class of regions"),
        ({"tags": [{**entry, "tagId": ANY}]}, "There is no such tag"),
    ):
        assert words in by.ann.refused("POST", f"{p}/images/tags", 400, "BadRequestImageTags", body)
    new = {"images": [{"name": "a.jpg", "contents": ""}], "tagIds": [str(w.car.pk)]}
    assert "is a class of regions" in by.max.refused(
        "POST", f"{p}/images/files", 400, "BadRequestImageTags", new
    )
