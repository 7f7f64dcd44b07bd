"""The three operations of v0: what they give, in what order, to whom, and how they refuse."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from annotator.models import DatasetItem, Job, JobState, Media, QualityIssue
from tests.api.coactive.conftest import ANY, MALFORMED, Callers, caller, pair
from tests.api.queries import counted
from tests.world import World, make_dataset, make_images, make_video

REQUIRED = "value_error.missing"


def ids(*rows: Any) -> str:
    return "&".join(f"coactive_image_ids={row.pk}" for row in rows)


def paths(*values: str) -> str:
    return "&".join(f"paths={quote(value)}" for value in values)


def theirs(w: World) -> Media:
    return make_images(make_dataset(w.other_project(), "Theirs"), 1)[0]


def test_an_image_with_all_it_has(w: World, v0: Callers) -> None:
    media = w.images[0]
    Media.objects.filter(pk=media.pk).update(
        metadata={"place": "Bern", "coco": {"file_name": "a"}, "size": {"m": [5]}},
        external_id="A-7",
        created_by=w.max,
        updated_by=w.ann,
    )
    DatasetItem.objects.filter(media=media).update(source_path="s3://acme/a,b.jpg")
    found = v0.vera.get(f"/images/{media.pk}/metadata")
    assert found == {
        "createdUserId": str(w.max.pk), "createdDt": found["createdDt"], "updatedUserId": str(w.ann.pk), "updatedDt": found["updatedDt"],
        "coactiveImageId": str(media.pk), "path": "s3://acme/a,b.jpg", "id": "A-7", "metadata": {"place": "Bern", "size": {"m": [5]}},
        "datasetId": str(w.dataset.pk), "assetType": "image", "width": 640, "height": 480,
    }  # fmt: skip
    assert found["createdDt"].endswith("Z") and found["updatedDt"].endswith("Z")
    other = v0.vera.get(f"/images/{w.images[1].pk}/metadata")
    assert (other["createdUserId"], other["path"], other["id"], other["metadata"]) == (
        "",
        "img 2.jpg",
        None,
        None,
    )


def test_images_in_the_order_of_the_request_each_once(w: World, v0: Callers) -> None:
    one, two, three = w.images
    for query in (
        ids(three, one, three, two),
        "coactive_image_ids=" + ",".join(str(m.pk) for m in (three, one, two)),
    ):
        found = v0.vera.get("/images/metadata", query)
        assert [row["coactiveImageId"] for row in found["data"]] == [str(m.pk) for m in (three, one, two)]
    assert found["data"][0] == v0.vera.get(f"/images/{three.pk}/metadata")


@pytest.mark.parametrize("unknown", ["unknown", "foreign", "trashed", "video"])
def test_an_id_that_names_no_image_is_named(w: World, v0: Callers, unknown: str) -> None:
    key: Any = ANY
    if unknown == "foreign":
        key = theirs(w).pk
    elif unknown == "trashed":
        key = w.images[1].pk
        Media.objects.filter(pk=key).update(trashed_at=w.images[1].created_at)
    elif unknown == "video":
        key = make_video(w.dataset).pk
    query = f"{ids(w.images[0])}&coactive_image_ids={key}"
    assert str(key) in v0.vera.refused("GET", "/images/metadata", 404, query=query)
    v0.vera.refused("GET", f"/images/{key}/metadata", 404)


def test_states_in_the_order_of_the_paths(w: World, v0: Callers) -> None:
    one, two, three = w.images
    job = Job.all_objects.create(
        workspace=w.workspace, project=w.project, kind="add_assets", state=JobState.QUEUED
    )
    DatasetItem.objects.filter(media=two).update(source_path="s3://acme/a,b.jpg")
    Media.objects.filter(pk=two.pk).update(health="ERROR", health_reason="It is a web page.")
    QualityIssue.objects.create(project=w.project, media=two, severity="error", code="not_an_image")
    Media.objects.filter(pk=three.pk).update(health="PROCESSING", import_job=job)
    wanted = (
        "img 3.jpg",
        "s3://acme/a,b.jpg",
        "s3://acme/missing.jpg",
        "img 1.jpg",
        "img 2.jpg",
        "img 3.jpg",
    )

    def states() -> list[tuple[Any, ...]]:
        with counted("coactive v0 statuses"):
            rows = v0.vera.get(f"/datasets/{w.dataset.pk}/images/statuses", paths(*wanted))["data"]
        assert tuple(row["path"] for row in rows) == wanted
        assert [row["coactiveImageId"] for row in rows] == [
            str(three.pk), str(two.pk), None, str(one.pk), None, str(three.pk),
        ]  # fmt: skip
        assert all((row["updatedDt"] is None) == (row["coactiveImageId"] is None) for row in rows)
        return [(row["status"], row["errorCode"], row["errorReason"]) for row in rows]

    broken = ("error", "unknown_content_type", "It is a web page.")
    missing, good = ("not_found", None, None), ("completed", None, None)
    words = {
        JobState.QUEUED: ("queued", None, None),
        JobState.RUNNING: ("in_progress", None, None),
        JobState.FAILED: ("error", "unknown", "It could not be read."),
    }
    for state, word in words.items():
        Job.all_objects.filter(pk=job.pk).update(state=state)
        assert states() == [word, broken, missing, good, missing, word]


def test_query_counts(w: World, v0: Callers) -> None:
    v0.vera.get(f"/images/{w.images[0].pk}/metadata")
    with counted("coactive v0 image"):
        v0.vera.get(f"/images/{w.images[0].pk}/metadata")
    with counted("coactive v0 images"):
        v0.vera.get("/images/metadata", ids(*w.images))


def test_who_may(w: World, v0: Callers) -> None:
    image, dataset = w.images[0].pk, w.dataset.pk
    for user in (v0.olga, v0.max, v0.rosa, v0.ann, v0.vera):
        assert user.get(f"/images/{image}/metadata")["coactiveImageId"] == str(image)
        assert user.get("/images/metadata", ids(w.images[0]))["data"]
        assert user.get(f"/datasets/{dataset}/images/statuses", "paths=img 1.jpg")["data"]
    limited = caller(w.token(w.olga, project=w.project, workspace=w.workspace), "v0")
    assert limited.get(f"/images/{image}/metadata")
    elsewhere = caller(w.token(w.otto, workspace=w.other_workspace), "v0")
    for stranger in (v0.otto, elsewhere):
        stranger.refused("GET", f"/images/{image}/metadata", 404)
        stranger.refused("GET", "/images/metadata", 404, query=ids(w.images[0]))
        stranger.refused("GET", f"/datasets/{dataset}/images/statuses", 404)
    narrow = caller(w.token(w.olga, scopes=["label.write"]), "v0")
    narrow.refused("GET", f"/images/{image}/metadata", 403)


@pytest.mark.parametrize(
    ("method", "path", "query", "expected"),
    [
        *(("GET", f"/images/{key}/metadata", "", {("path", "coactive_image_id"): "value_error"}) for key in MALFORMED),
        *(("GET", f"/datasets/{key}/images/statuses", "paths=a", {("path", "dataset_id"): "value_error"}) for key in MALFORMED),
        ("GET", "/images/metadata", "", {("query", "coactive_image_ids"): REQUIRED}),
        ("GET", "/images/metadata", "coactive_image_ids=", {("query", "coactive_image_ids"): REQUIRED}),
        ("GET", "/images/metadata", f"coactive_image_ids={ANY}&coactive_image_ids=x", {("query", "coactive_image_ids"): "value_error"}),
        ("GET", "/images/metadata", "coactive_image_ids=%00", {("query", "coactive_image_ids"): "value_error"}),
        ("GET", "/images/metadata", "coactive_image_ids=" + ",".join([ANY] * 1001), {("query", "coactive_image_ids"): "value_error"}),
        ("GET", "/datasets/D/images/statuses", "", {("query", "paths"): REQUIRED}),
        ("GET", "/datasets/D/images/statuses", "path=a", {("query", "paths"): REQUIRED}),
        ("GET", "/datasets/D/images/statuses", "paths=a%00b", {("query", "paths"): "value_error"}),
        ("GET", "/datasets/D/images/statuses", "paths=" + "a" * 2001, {("query", "paths"): "value_error"}),
    ],
)  # fmt: skip
def test_input_that_is_refused(
    w: World, v0: Callers, method: str, path: str, query: str, expected: dict[Any, str]
) -> None:
    assert v0.vera.invalid(method, path.replace("/D/", f"/{w.dataset.pk}/"), query=query) == expected


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 403), ("", 403), ("Basic abc", 403), ("Bearer", 403), ("Bearer ", 403), ("{token}", 403),
        ("Bearer nonsense", 401), ("Bearer a:b", 401), ("Bearer {id}:wrong", 401), ("Bearer {id}:", 401), (f"Bearer {ANY}:x", 401),
        ("Bearer {token}", 401), ("Bearer \u00e9:\u00e9", 401), ("bearer {pair}", 404), ("Bearer {pair}", 404),
    ],
)  # fmt: skip
def test_credentials(w: World, header: str | None, status: int) -> None:
    token = w.token(w.vera)
    stranger = caller(None, "v0")
    if header is not None:
        stranger.headers["Authorization"] = header.format(
            token=token, id=token.partition(".")[0], pair=pair(token)
        )
    for path in (f"/images/{ANY}/metadata", f"/datasets/{ANY}/images/statuses"):
        words = stranger.refused("GET", path, status)
        assert words


def test_only_its_own_header_counts(w: World) -> None:
    token = w.token(w.olga)
    path = f"/api/v0/images/{w.images[0].pk}/metadata"
    client = Client()
    client.force_login(w.olga)
    for name, value in (("X-Api-Key", token), ("Training-Key", token), ("X-Api-Key", pair(token))):
        assert client.get(path, headers={name: value}).status_code == 403


def test_other_methods_and_addresses(w: World, v0: Callers) -> None:
    path = f"/images/{w.images[0].pk}/metadata"
    v0.olga.refused("POST", path, 405)
    assert v0.olga.raw("DELETE", path)["Allow"].startswith("GET")
    for unknown in ("", "/", "/images", f"/images/{ANY}", "/nothing/here"):
        v0.olga.refused("GET", unknown, 404)
        caller(None, "v0").refused("GET", unknown, 403)


def test_who_asks_too_often_waits(v0: Callers, settings: Any) -> None:
    settings.RATE_API_PER_SECOND, settings.RATE_API_BURST = 0.001, 1
    v0.vera.refused("GET", f"/images/{uuid.uuid4()}/metadata", 404)
    v0.vera.refused("GET", f"/images/{uuid.uuid4()}/metadata", 429)
    assert int(v0.vera.raw("GET", f"/images/{ANY}/metadata")["Retry-After"]) >= 1
