"""Lists and counts of images, their deletion, and the metadata beside them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from annotator.jobs import engine
from annotator.models import Concept, Event, Job, Media, Tag
from tests.api.customvision.conftest import ANY, Callers
from tests.world import World, make_dataset, make_images


def names(rows: list[dict[str, Any]], w: World) -> list[int]:
    """Return the numbers of images in the order of an answer."""
    number_of = {str(media.pk): media.number for media in Media.all_objects.filter(project=w.project)}
    return [number_of[row["id"]] for row in rows]


@pytest.fixture
def lists(w: World) -> World:
    """Image 1 has a car, 2 is sunny, 3 has nothing; each was made a minute after the one before."""
    for place, media in enumerate(w.images):
        Media.objects.filter(pk=media.pk).update(created_at=media.created_at + timedelta(minutes=place))
    w.box(w.images[0], w.car)
    Tag.all_objects.create(project=w.project, media=w.images[1], concept=w.sunny)
    return w


def test_filters_and_counts(lists: World, by: Callers, p: str) -> None:
    w = lists
    make_images(make_dataset(w.other_project(), "Theirs"), 1)
    both = f"tagIds={w.car.pk},{w.sunny.pk}"
    for path, query, expected in (
        ("", "", [3, 2, 1]),
        ("", "taggingStatus=All&orderBy=Oldest", [1, 2, 3]),
        ("", "taggingStatus=Tagged", [2, 1]),
        ("", "taggingStatus=Untagged", [3]),
        ("", f"tagIds={w.car.pk}", [1]),
        ("", both, [2, 1]),
        ("", f"{both}&taggingStatus=Tagged", [2, 1]),
        ("", f"{both}&taggingStatus=Untagged", []),
        ("", f"tagIds={ANY}", []),
        ("", f"tagIds={w.person.pk}", []),
        ("/tagged", "", [2, 1]),
        ("/tagged", f"tagIds={w.sunny.pk}", [2]),
        ("/untagged", "", [3]),
    ):
        assert names(by.vera.get(f"{p}/images{path}", query), w) == expected, (path, query)
        counting = "&".join(part for part in query.split("&") if not part.startswith("orderBy"))
        assert by.vera.get(f"{p}/images{path}/count", counting) == len(expected)
    assert by.vera.xml(f"{p}/images/tagged/count").text == "2"
    (first, *_) = by.vera.get(f"{p}/images/tagged")
    assert by.vera.get(f"{p}/images/id", f"imageIds={first['id']}") == [first]


def test_pages(lists: World, by: Callers, p: str) -> None:
    w = lists
    make_images(w.dataset, 60, start=4)
    everything = names(by.vera.get(f"{p}/images", "take=256"), w)
    assert len(everything) == 63
    assert names(by.vera.get(f"{p}/images"), w) == everything[:50]
    assert names(by.vera.get(f"{p}/images", "take=10&skip=58"), w) == everything[58:]
    assert by.vera.get(f"{p}/images", "take=0") == by.vera.get(f"{p}/images", "skip=2147483647") == []
    assert names(by.vera.get(f"{p}/images", "take=256&orderBy=Oldest"), w) == everything[::-1]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("take=257", "BadRequest"),
        ("take=-1", "BadRequest"),
        ("take=x", "BadRequest"),
        ("skip=-1", "BadRequest"),
        ("skip=99999999999999999999", "BadRequest"),
        ("taggingStatus=Some", "BadRequest"),
        ("orderBy=Suggested", "BadRequest"),
        ("tagIds=x", "BadRequestInvalidIds"),
        ("tagIds=" + ",".join([ANY] * 21), "BadRequestExceededBatchSize"),
        ("$filter=a%20eq%20%27b%27", "BadRequestNotSupported"),
    ],
)
def test_malformed_questions(by: Callers, p: str, query: str, code: str) -> None:
    by.vera.refused("GET", f"{p}/images", 400, code, query=query)


@pytest.mark.parametrize("path", ["", "/count", "/tagged", "/tagged/count", "/untagged", "/untagged/count"])
def test_iterations_and_strangers(by: Callers, p: str, path: str) -> None:
    by.vera.refused("GET", f"{p}/images{path}", 404, "NotFoundIteration", query=f"iterationId={ANY}")
    by.otto.refused("GET", f"{p}/images{path}", 404, "NotFoundProject", query="take=x")


def test_queries(w: World, by: Callers, p: str, django_assert_num_queries: Any) -> None:
    for media in make_images(w.dataset, 30, start=4):
        w.box(media)
    with django_assert_num_queries(6):  # key, project, ids of images, images, labels, tags
        assert len(by.vera.get(f"{p}/images/tagged")) == 30
    with django_assert_num_queries(3):
        assert by.vera.get(f"{p}/images/untagged/count") == 3


def test_images_are_deleted(w: World, by: Callers, p: str) -> None:
    one, two, three = w.images
    theirs = make_images(make_dataset(w.other_project(), "Theirs"), 1)[0]
    query = f"imageIds={one.pk},{theirs.pk},{ANY}&imageIds={two.pk}"
    assert by.max.ask("DELETE", f"{p}/images", status=204, query=query) is None
    assert [row.pk for row in Media.objects.filter(project=w.project)] == [three.pk]
    assert Media.objects.filter(pk=theirs.pk).exists()
    assert Media.all_objects.get(pk=one.pk).trashed_at is not None
    assert Event.all_objects.filter(kind="media.trashed").exists()
    assert by.vera.get(f"{p}/images/count") == 1


def test_all_images_are_deleted_by_a_job(w: World, by: Callers, p: str) -> None:
    assert by.max.ask("DELETE", f"{p}/images", status=202, query="allImages=true&allIterations=true") is None
    job = Job.all_objects.get()
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert (job.state, by.vera.get(f"{p}/images")) == ("DONE", [])
    assert Media.all_objects.filter(project=w.project).count() == 3


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "BadRequestInvalidIds"),
        ("allImages=false", "BadRequestInvalidIds"),
        (f"imageIds={ANY}&allImages=true", "BadRequestInvalidIds"),
        ("imageIds=x", "BadRequestInvalidIds"),
        ("allImages=maybe", "BadRequest"),
        ("imageIds=" + ",".join([ANY] * 257), "BadRequestExceededBatchSize"),
    ],
)
def test_deletions_that_are_not_clear(w: World, by: Callers, p: str, query: str, code: str) -> None:
    by.max.refused("DELETE", f"{p}/images", 400, code, query=query)
    assert Media.objects.count() == 3


def test_metadata_is_added(w: World, by: Callers, p: str) -> None:
    one, two, _ = w.images
    Media.objects.filter(pk=one.pk).update(metadata={"coco": {"file_name": "x"}, "place": "Bern"})
    body = {"weather": "rain\nand wind", "place": "Basel"}
    ids = f"imageIds={one.pk},{two.pk},{one.pk}"
    summary = by.max.post(f"{p}/images/metadata", body, query=ids)
    assert summary == {
        "isBatchSuccessful": True,
        "images": [{"imageId": str(row.pk), "status": "OK", "metadata": body} for row in (one, two)],
    }
    assert [image["metadata"] for image in by.vera.get(f"{p}/images/id", ids)] == [body, body]
    assert Media.objects.get(pk=one.pk).metadata == {"coco": {"file_name": "x"}, **body}
    event = Event.all_objects.get(kind="media.metadata")
    assert str(one.pk) in (event.after or "")


def test_metadata_that_went_in_part(w: World, by: Callers, p: str) -> None:
    one, two, _ = w.images
    Media.objects.filter(pk=one.pk).update(metadata={f"k{n}": "v" for n in range(50)})
    query = f"imageIds={two.pk},{ANY},{one.pk}"
    summary = by.max.post(f"{p}/images/metadata", {"new": ""}, query=query, status=207)
    assert [(row["status"], row["metadata"]) for row in summary["images"]] == [
        ("OK", {"new": ""}), ("ErrorImageNotFound", None), ("ErrorLimitExceed", None),
    ]  # fmt: skip
    assert "new" not in Media.objects.get(pk=one.pk).metadata
    assert by.max.post(f"{p}/images/metadata", {"k1": "w"}, query=f"imageIds={one.pk}")["isBatchSuccessful"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"": "x"}, "BadRequestImageMetadataKey"),
        ({"coco": "x"}, "BadRequestImageMetadataKey"),
        ({"k" * 257: "x"}, "BadRequestImageMetadataKey"),
        ({"a\nb": "x"}, "BadRequestImageMetadataKey"),
        ({"k": "x" * 513}, "BadRequestImageMetadataValue"),
        ({"k": 5}, "BadRequestImageMetadataValue"),
        ({"k": None}, "BadRequestImageMetadataValue"),
        ({"k": {"deep": "x"}}, "BadRequestImageMetadataValue"),
        ({"k": "\u0007"}, "BadRequestImageMetadataValue"),
        ({f"k{n}": "" for n in range(51)}, "BadRequestExceededBatchSize"),
        ([], "BadRequest"),
        (b"", "BadRequest"),
    ],
)
def test_what_cannot_be_noted(w: World, by: Callers, p: str, body: Any, code: str) -> None:
    by.max.refused("POST", f"{p}/images/metadata", 400, code, body, query=f"imageIds={w.images[0].pk}")
    assert Media.objects.get(pk=w.images[0].pk).metadata == {}


def test_who_may(w: World, by: Callers, p: str) -> None:
    no = "ForbiddenUserInsufficientCapability"
    for user in (by.vera, by.ann, by.rosa):
        user.refused("POST", f"{p}/images/metadata", 403, no, b"{")
        user.refused("DELETE", f"{p}/images", 403, no)
        user.refused("POST", f"{p}/images", 403, no)
        user.refused("POST", f"{p}/images/files", 403, no, b"{")
    for method, path in (("POST", "/metadata"), ("DELETE", ""), ("POST", ""), ("POST", "/files")):
        by.otto.refused(method, f"{p}/images{path}", 404, "NotFoundProject", b"{")
    by.max.refused("POST", f"{p}/images/metadata", 400, "BadRequestInvalidIds", {})
    many = ",".join(str(uuid.uuid4()) for _ in range(257))
    by.max.refused(
        "POST", f"{p}/images/metadata", 400, "BadRequestExceededBatchSize", {}, query=f"imageIds={many}"
    )


def test_videos_are_no_images(w: World, by: Callers, p: str) -> None:
    Media.objects.filter(pk=w.images[0].pk).update(kind="video")
    assert by.vera.get(f"{p}/images/count") == 2
    assert by.vera.get(f"{p}/images/id", f"imageIds={w.images[0].pk}") == []
    by.max.ask("DELETE", f"{p}/images", status=204, query=f"imageIds={w.images[0].pk}")
    assert Media.objects.filter(pk=w.images[0].pk).exists()
    w.box(w.images[0])
    assert Concept.all_objects.get(pk=w.car.pk) and by.vera.get(f"{p}/tags/{w.car.pk}")["imageCount"] == 0
