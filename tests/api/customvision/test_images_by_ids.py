"""GetImagesByIds: what it gives, in what order, to whom, in JSON and in XML."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.models import Label, Media, Tag
from tests.api.customvision.conftest import ANY, MALFORMED, Callers, caller
from tests.world import World, make_dataset, make_images


def ids(*rows: Any) -> str:
    return "imageIds=" + ",".join(str(row.pk) for row in rows)


def test_an_image_with_all_it_has(w: World, by: Callers, p: str) -> None:
    media = w.images[0]
    Media.objects.filter(pk=media.pk).update(
        metadata={"place": "Bern", "coco": {"file_name": "a"}, "odd": 5, "empty": ""}
    )
    Tag.all_objects.create(project=w.project, media=media, concept=w.sunny)
    first = w.box(media, w.car, (64, 48, 320, 240))
    w.box(media, w.car, (0, 0, 640, 480), z=1)
    w.box(media, w.car, (700, 10, 720, 20), error="out_of_bounds")
    (image,) = by.vera.get(f"{p}/images/id", ids(media))
    assert (image["id"], image["width"], image["height"]) == (str(media.pk), 640, 480)
    assert image["metadata"] == {"place": "Bern", "empty": ""}
    assert [(tag["tagId"], tag["tagName"]) for tag in image["tags"]] == [
        (str(w.sunny.pk), "sunny"),
        (str(w.car.pk), "car"),
    ]
    region = image["regions"][0]
    assert region == {
        "regionId": str(first.pk), "tagName": "car", "created": region["created"], "tagId": str(w.car.pk),
        "left": 0.1, "top": 0.1, "width": 0.4, "height": 0.4,
    }  # fmt: skip
    assert image["regions"][1]["width"] == 1 and len(image["regions"]) == 2
    assert all(
        stamp.endswith("Z") for stamp in (image["created"], region["created"], image["tags"][0]["created"])
    )
    assert set(image) == {
        "id", "created", "width", "height", "resizedImageUri", "thumbnailUri", "originalImageUri", "tags", "regions", "metadata",
    }  # fmt: skip


def test_order_of_the_request_duplicates_once_unknown_left_out(w: World, by: Callers, p: str) -> None:
    one, two, three = w.images
    theirs = make_images_of(w)
    wanted = f"imageIds={three.pk},{one.pk},{three.pk}&imageIds={ANY}&imageIds={theirs.pk},{two.pk}"
    assert [image["id"] for image in by.vera.get(f"{p}/images/id", wanted)] == [
        str(row.pk) for row in (three, one, two)
    ]
    assert by.vera.get(f"{p}/images/id") == []
    assert by.vera.get(f"{p}/images/id", "imageIds=") == []
    assert by.vera.get(f"{p}/images/id", f"imageIds={ANY}") == []
    Media.objects.filter(pk=one.pk).update(trashed_at=one.created_at)
    assert by.vera.get(f"{p}/images/id", ids(one)) == []


def make_images_of(w: World) -> Media:
    return make_images(make_dataset(w.other_project(), "Theirs"), 1)[0]


def test_limits(w: World, by: Callers, p: str) -> None:
    many = [str(uuid.uuid4()) for _ in range(255)]
    found = by.vera.get(f"{p}/images/id", "imageIds=" + ",".join([*many, str(w.images[0].pk)]))
    assert [image["id"] for image in found] == [str(w.images[0].pk)]
    words = by.vera.refused(
        "GET",
        f"{p}/images/id",
        400,
        "BadRequestExceededBatchSize",
        query="imageIds=" + ",".join([*many, ANY, ANY]),
    )
    assert "256" in words and "257" in words


@pytest.mark.parametrize(
    "value", ["nonsense", "0190b2c4-0000-7000-8000-00000000000g", f"{ANY},x", "%00", "%ff%fe", "NaN"]
)
def test_malformed_ids(by: Callers, p: str, value: str) -> None:
    by.vera.refused("GET", f"{p}/images/id", 400, "BadRequestInvalidIds", query=f"imageIds={value}")


def test_there_are_no_iterations_but_the_live_state(w: World, by: Callers, p: str) -> None:
    query = f"{ids(w.images[0])}&iterationId="
    assert len(by.vera.get(f"{p}/images/id", query)) == 1
    by.vera.refused("GET", f"{p}/images/id", 404, "NotFoundIteration", query=query + ANY)
    by.vera.refused("GET", f"{p}/images/id", 400, "BadRequestInvalidIds", query=query + "x")


@pytest.mark.parametrize("key", MALFORMED)
def test_a_project_that_is_not_there(w: World, by: Callers, key: str) -> None:
    by.olga.refused("GET", f"/projects/{key}/images/id", 404, "NotFoundProject", query="imageIds=bad")


def test_who_may(w: World, by: Callers, p: str) -> None:
    for user in (by.olga, by.max, by.rosa, by.ann, by.vera):
        assert len(user.get(f"{p}/images/id", ids(w.images[0]))) == 1
    by.otto.refused("GET", f"{p}/images/id", 404, "NotFoundProject", query="imageIds=bad")
    limited = caller(w.token(w.olga, project=w.project, workspace=w.workspace))
    assert len(limited.get(f"{p}/images/id", ids(w.images[0]))) == 1
    elsewhere = caller(w.token(w.otto, workspace=w.other_workspace))
    elsewhere.refused("GET", f"{p}/images/id", 404, "NotFoundProject", query=ids(w.images[0]))


@pytest.mark.parametrize("token", [None, "", "nonsense", f"{ANY}.secret", "\u00e9"])
def test_without_a_key(p: str, token: str | None) -> None:
    caller(token).refused("GET", "/projects/nonsense/images/id", 401, "ForbiddenUser", query="imageIds=bad")


def test_only_its_own_header_counts(w: World, by: Callers, p: str) -> None:
    token = by.olga.headers["Training-Key"]
    stranger = caller(None)
    for header in ("X-Api-Key", "Authorization", "Prediction-Key"):
        assert stranger.raw("GET", f"{p}/images/id", headers={header: token}).status_code == 401
    assert stranger.raw("GET", f"{p}/images/id", headers={"training-KEY": token}).status_code == 200
    stranger.client.force_login(w.olga)
    assert stranger.raw("GET", f"{p}/images/id").status_code == 401


@pytest.mark.parametrize("version", ["v3.0", "v3.1", "v3.2", "v3.3", "v3.4-preview"])
def test_every_version_answers_alike(w: World, by: Callers, p: str, version: str) -> None:
    other = caller(by.vera.headers["Training-Key"], version)
    assert other.get(f"{p}/images/id", ids(*w.images)) == by.vera.get(f"{p}/images/id", ids(*w.images))


@pytest.mark.parametrize("version", ["v2.2", "v3.5", "v3x3", "3.3", "v3.3x"])
def test_other_versions_are_no_addresses(w: World, by: Callers, p: str, version: str) -> None:
    caller(by.vera.headers["Training-Key"], version).refused("GET", f"{p}/images/id", 404, "NotFound")
    caller(None, version).refused("GET", f"{p}/images/id", 401, "ForbiddenUser")


def test_who_asks_too_often_waits(by: Callers, p: str, settings: Any) -> None:
    settings.RATE_API_PER_SECOND, settings.RATE_API_BURST = 1, 2
    by.vera.get(f"{p}/images/id")
    by.vera.get(f"{p}/images/id")
    by.vera.refused("GET", f"{p}/images/id", 429, "BadRequestExceededQuota")
    assert int(by.vera.raw("GET", f"{p}/images/id")["Retry-After"]) >= 1


def test_other_methods(by: Callers, p: str) -> None:
    by.vera.refused("POST", f"{p}/images/id", 405, "BadRequestOperationNotSupported")
    assert "GET" in by.vera.raw("DELETE", f"{p}/images/id")["Allow"]


@pytest.mark.parametrize(
    "accept",
    [
        "Application/XML",
        "application/json;q=0.5, application/xml",
        "text/html, application/xml; q=0.9, */*;q=0.8",
        "text/*",
    ],
)
def test_xml_is_sent_when_it_is_wanted_most(by: Callers, p: str, accept: str) -> None:
    answer = by.vera.raw("GET", f"{p}/images/id", headers={"Accept": accept})
    assert "xml" in answer["Content-Type"] and answer.content.startswith(b"<?xml")


def test_the_same_in_xml(w: World, by: Callers, p: str) -> None:
    media = w.images[0]
    Media.objects.filter(pk=media.pk).update(metadata={"a <b> & \u0001 c": "1 < 2 & 3", "\u00e9": ""})
    w.box(media, w.car, (64, 48, 320, 240))
    (image,) = by.vera.get(f"{p}/images/id", ids(media))
    for kind in ("application/xml", "text/xml"):
        root = by.vera.xml(f"{p}/images/id", ids(media, w.images[1]), kind=kind)
        assert root.tag == "ArrayOfImage" and [child.tag for child in root] == ["Image", "Image"]
        said = root[0]
        for name in (
            "id",
            "created",
            "width",
            "height",
            "resizedImageUri",
            "thumbnailUri",
            "originalImageUri",
        ):
            assert said.findtext(name[0].upper() + name[1:]) == str(image[name])
        region = said.find("Regions/ImageRegion")
        assert region is not None
        assert {child.tag: child.text for child in region} == {
            name[0].upper() + name[1:]: str(value) for name, value in image["regions"][0].items()
        }
        assert said.findtext("Tags/ImageTag/TagName") == "car"
        pairs = said.findall("Metadata/KeyValueOfstringstring")
        assert sorted((pair.findtext("Key"), pair.findtext("Value")) for pair in pairs) == [
            ("a <b> & \ufffd c", "1 < 2 & 3"),
            ("\u00e9", ""),
        ]
    assert by.vera.xml(f"{p}/images/id").tag == "ArrayOfImage"


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json, text/xml",
        "text/html",
        "application/json;q=0.5",
        "",
        "text/xml;q=0.9, application/json",
        "application/xml;q=0, */*",
        "application/*;q=0.8, text/xml;q=0.5",
        "text/xml;q=nan, application/json;q=0.1",
    ],
)
def test_json_otherwise(by: Callers, p: str, accept: str) -> None:
    answer = by.vera.raw("GET", f"{p}/images/id", headers={"Accept": accept})
    assert answer["Content-Type"] == "application/json" and answer.content == b"[]"


def test_addresses_are_absolute_and_signed(w: World, by: Callers, p: str) -> None:
    """That they work without a key and give what they promise, is tested with the real server."""
    (image,) = by.vera.get(f"{p}/images/id", ids(w.images[0]))
    for name, variant in (("original", "original"), ("resized", "fit1024"), ("thumb", "fit200")):
        address = next(value for key, value in image.items() if key.startswith(name))
        assert address.startswith(f"http://testserver/m/{w.images[0].pk}/{variant}/") and "&s=" in address
    Media.objects.filter(pk=w.images[0].pk).update(health="ERROR")
    (broken,) = by.vera.get(f"{p}/images/id", ids(w.images[0]))
    assert broken["resizedImageUri"] is broken["thumbnailUri"] is None and broken["originalImageUri"]


def test_queries_do_not_grow_with_images(
    w: World, by: Callers, p: str, django_assert_num_queries: Any
) -> None:
    """Key, project with role, images with bytes and home, labels, tags."""
    for media in make_images(w.dataset, 40, start=4):
        w.box(media, w.person, (1, 1, 5, 5))
    rows = list(Media.objects.all())
    for some in (rows[:1], rows):
        with django_assert_num_queries(5):
            by.vera.get(f"{p}/images/id", ids(*some))


def test_nothing_of_the_shape_is_lost_elsewhere(w: World, by: Callers, p: str) -> None:
    """A polygon is a region by its box; what reaches over the edge is said up to it."""
    media = w.images[0]
    w.box(media, at=(-64, 0, 320, 480), shape="polygon", points="[[[[-64,0],[320,0],[320,480]]]]")
    w.box(media, at=(700, 0, 800, 10))
    (image,) = by.vera.get(f"{p}/images/id", ids(media))
    assert [(r["left"], r["top"], r["width"], r["height"]) for r in image["regions"]] == [(0, 0, 0.5, 1)]
    assert Label.all_objects.order_by("x0")[0].points == "[[[[-64,0],[320,0],[320,480]]]]"
