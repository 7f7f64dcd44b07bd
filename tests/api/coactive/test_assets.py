"""Assets of v1: added from buckets by path and by prefix, read back, found by path, described, deleted."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings

from annotator.jobs import engine
from annotator.models import Bucket, DatasetItem, Event, Job, Media
from annotator.services.buckets import buckets
from annotator.services.exchange import assets
from annotator.services.jobs import jobs
from tests.api.coactive.conftest import ANY, Callers, caller
from tests.api.hasty.conftest import caller as hasty_caller
from tests.api.queries import counted
from tests.storage import pictures
from tests.world import World, actor, make_dataset, make_images, make_project, make_video


@pytest.fixture
def folder() -> Path:
    """A folder of the server with two images, a web page and a text."""
    path: Path = django_settings.BUCKET_ROOT / uuid.uuid4().hex
    path.mkdir(parents=True)
    for name, content in (
        ("a, b.jpg", pictures.jpeg(16, 12)), ("sub/c.jpg", pictures.jpeg(12, 16)), ("page.jpg", pictures.HTML),
    ):  # fmt: skip
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(content)
    return path


@pytest.fixture
def bucket(w: World, folder: Path) -> Bucket:
    return buckets.create(
        actor=w.actor(w.olga), workspace=w.workspace, provider="dummy", description="f", fields={"secret": folder.name}
    )  # fmt: skip


@pytest.fixture
def dataset(by: Callers, bucket: Bucket) -> str:
    """The path of an empty dataset with the bucket as credentials."""
    made = by.max.post("/datasets", {"name": "Cats", "credentialsId": str(bucket.pk)})
    return f"/datasets/{made['datasetId']}"


def statuses(v0: Callers, dataset: str, *paths: str) -> list[tuple[Any, ...]]:
    query = "&".join(f"paths={quote(path)}" for path in paths)
    rows = v0.vera.get(f"{dataset}/images/statuses", query)["data"]
    return [(row["status"], row["errorCode"]) for row in rows]


def test_images_by_path_from_request_to_ready(
    w: World, by: Callers, v0: Callers, bucket: Bucket, dataset: str, folder: Path
) -> None:
    root = f"bucket://{bucket.pk}"
    good, broken, gone = f"{root}/a, b.jpg", f"{root}/page.jpg", f"{root}/nothing.jpg"
    foreign, odd = "s3://nobody/x.jpg", "ftp://example.org/x.jpg"
    wanted = [
        {"path": good, "id": "A-7", "metadata": {"place": "Bern", "n": [1, {"x": None}]}},
        {"path": broken}, {"path": gone}, {"path": foreign}, {"path": odd}, {"path": good, "id": "again"},
    ]  # fmt: skip
    with counted("coactive assets create"):
        made = by.max.post(f"{dataset}/assets", {"images": wanted})
    first = made["images"][0]
    assert (first["path"], first["id"], first["metadata"]) == (
        good,
        "A-7",
        {"place": "Bern", "n": [1, {"x": None}]},
    )
    assert [row["path"] for row in made["images"]] == [row["path"] for row in wanted]
    assert made["images"][5] == first and made["videos"] == []
    assert len({row["coactiveImageId"] for row in made["images"]}) == 5
    job = Job.all_objects.get(pk=made["requestGroupId"])
    assert (job.kind, by.vera.get(dataset)["status"]) == ("add_assets", "Waiting")
    assert statuses(v0, dataset, good, broken, "s3://other") == [
        ("queued", None),
        ("queued", None),
        ("not_found", None),
    ]
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("DONE", {"images": 5, "broken": 4})
    assert statuses(v0, dataset, good, broken, gone, foreign, odd) == [
        ("completed", None), ("error", "unknown_content_type"), ("error", "file_not_found"),
        ("error", "unsupported_source_type"), ("error", "unsupported_uri_scheme"),
    ]  # fmt: skip
    found = by.vera.get(dataset)
    assert (found["status"], found["imageCount"]) == ("Ready", 1)
    media = Media.objects.get(pk=first["coactiveImageId"])
    assert (media.width, media.height, media.is_prepared, media.external_id) == (16, 12, True, "A-7")
    project = str(media.project_id)
    shown = hasty_caller(w.token(w.vera)).get(f"/projects/{project}/images/{media.pk}")
    assert (shown["width"], shown["name"]) == (16, "a, b.jpg")
    before = Media.objects.count()
    again = by.max.post(f"{dataset}/assets", {"images": [{"path": good, "id": "other"}]})
    assert (
        again["images"][0]["coactiveImageId"] == first["coactiveImageId"]
        and again["images"][0]["id"] == "A-7"
    )
    assert Media.objects.count() == before


def test_images_of_a_cancelled_job_say_so_until_it_is_tried_again(
    w: World, by: Callers, v0: Callers, bucket: Bucket, dataset: str
) -> None:
    path = f"bucket://{bucket.pk}/a, b.jpg"
    made = by.max.post(f"{dataset}/assets", {"images": [{"path": path}]})
    job = Job.all_objects.get(pk=made["requestGroupId"])
    jobs.cancel(actor=actor(w.max), job=job)
    assert engine.run(job.pk)
    job.refresh_from_db()
    media = Media.objects.get(import_job=job)
    assert (job.state, media.health, media.health_reason) == ("CANCELLED", "ERROR", assets.STOPPED)
    assert statuses(v0, dataset, path) == [("error", "unknown")]
    assert by.vera.get(dataset)["status"] == "Error"
    jobs.retry(actor=actor(w.max), job=job)
    assert engine.run(job.pk)
    assert statuses(v0, dataset, path) == [("completed", None)]
    assert by.vera.get(dataset)["status"] == "Ready"


def test_all_below_a_prefix(w: World, by: Callers, v0: Callers, bucket: Bucket, dataset: str) -> None:
    root = f"bucket://{bucket.pk}"
    made = by.max.post(f"{dataset}/assets", {"dataPath": f"{root}/"})
    assert made["images"] == []
    assert engine.run(Job.all_objects.get(pk=made["requestGroupId"]).pk)
    page = by.vera.get(f"{dataset}/images")
    assert {row["path"] for row in page["data"]} == {
        f"{root}/{key}" for key in ("a, b.jpg", "sub/c.jpg", "page.jpg")
    }
    assert statuses(v0, dataset, f"{root}/sub/c.jpg", f"{root}/page.jpg") == [
        ("completed", None), ("error", "unknown_content_type"),
    ]  # fmt: skip
    detail = by.vera.get(
        "/assets/image-detail", f"dataset_id={dataset[10:]}&path={quote(f'{root}/a, b.jpg')}"
    )
    assert detail in page["data"]


def test_images_in_pages(w: World, by: Callers) -> None:
    path = f"/datasets/{w.dataset.pk}/images"
    make_video(w.dataset)
    with counted("coactive images list"):
        page = by.vera.get(path, "limit=2&offset=1")
    assert [row["coactiveImageId"] for row in page["data"]] == [str(media.pk) for media in w.images[1:]]
    assert page["meta"]["page"]["total"] == 3
    by.otto.refused("GET", path, 404)
    by.vera.refused("GET", f"/datasets/{ANY}/images", 404)


def test_details(w: World, by: Callers) -> None:
    one = w.images[0]
    by_id = by.vera.get("/assets/image-detail", f"coactive_image_id={one.pk}")
    for name in ("path", "image_path"):
        assert by.vera.get("/assets/image-detail", f"dataset_id={w.dataset.pk}&{name}=img%201.jpg") == by_id
    video = make_video(w.dataset)
    shown = by.vera.get("/assets/video-detail", f"coactive_video_id={video.pk}")
    assert (shown["coactiveVideoId"], shown["path"]) == (str(video.pk), "clip.mp4")
    assert by.vera.get("/assets/video-detail", f"dataset_id={w.dataset.pk}&path=clip.mp4") == shown
    assert by.vera.get(f"/datasets/{w.dataset.pk}/videos")["data"] == [shown]
    for noun, other in (("image", video), ("video", one)):
        path, name = f"/assets/{noun}-detail", f"coactive_{noun}_id"
        for query in (
            f"{name}={other.pk}",
            f"{name}={ANY}",
            f"dataset_id={ANY}&path=x",
            f"dataset_id={w.dataset.pk}&path=x",
        ):
            by.vera.refused("GET", path, 404, query=query)
        by.otto.refused("GET", path, 404, query=f"{name}={one.pk}")
        for query in ("", f"dataset_id={w.dataset.pk}", "path=img 1.jpg"):
            assert by.vera.invalid("GET", path, query=query) == {("query", name): "value_error.missing"}
        assert by.vera.invalid("GET", path, query=f"{name}=x") == {("query", name): "value_error"}


def test_metadata_is_replaced(w: World, by: Callers) -> None:
    one, two, _ = w.images
    Media.objects.filter(pk=one.pk).update(metadata={"old": "x", "coco": {"id": 4}})
    path = f"/datasets/{w.dataset.pk}/assets-metadata"
    body = {
        "images": [
            {"coactiveImageId": str(one.pk), "metadata": {"new": 1.5}},
            {"path": "img 2.jpg", "metadata": {"a": "b"}},
        ]
    }
    with counted("coactive metadata replace"):
        said = by.max.put(path, body)
    assert [(row["coactiveImageId"], row["metadata"]) for row in said["images"]] == [
        (str(one.pk), {"new": 1.5}), (str(two.pk), {"a": "b"}),
    ]  # fmt: skip
    assert Media.objects.get(pk=one.pk).metadata == {"new": 1.5, "coco": {"id": 4}}
    assert (
        by.max.put(f"/datasets/{w.dataset.pk}/assets_metadata", {"images": [{"path": "img 2.jpg"}]})[
            "images"
        ][0]["metadata"]
        is None
    )
    assert [kind for kind, _ in w.recorded()] == ["media.metadata", "media.metadata"]
    video = make_video(w.dataset)
    said = by.max.put(path, {"videos": [{"coactiveVideoId": str(video.pk), "metadata": {"a": 1}}]})
    assert said["videos"][0]["metadata"] == {"a": 1} and said["images"] == []


def test_deletion(w: World, by: Callers) -> None:
    one, video = w.images[0], make_video(w.dataset)
    path = f"/datasets/{w.dataset.pk}"
    by.ann.refused("DELETE", f"{path}/image/{one.pk}", 403)
    by.max.refused("DELETE", f"{path}/video/{one.pk}", 404)
    other = make_dataset(w.project, "Evening")
    by.max.refused("DELETE", f"/datasets/{other.pk}/image/{one.pk}", 404)
    assert by.max.delete(f"{path}/image/{one.pk}", status=200) == {}
    assert by.max.delete(f"{path}/video/{video.pk}", status=200) == {}
    by.max.refused("DELETE", f"{path}/image/{one.pk}", 404)
    assert Media.all_objects.get(pk=one.pk).trashed_at and Media.all_objects.get(pk=video.pk).trashed_at
    assert by.max.invalid("DELETE", f"{path}/image/x") == {("path", "coactive_image_id"): "value_error"}


def test_who_may(w: World, by: Callers) -> None:
    path = f"/datasets/{w.dataset.pk}"
    for reader in (by.vera, by.ann, by.rosa):
        reader.refused("POST", f"{path}/assets", 403, {"images": [{"path": "https://example.org/a.jpg"}]})
        reader.refused("PUT", f"{path}/assets-metadata", 403, {"images": []})
    by.otto.refused("POST", f"{path}/assets", 404, {"images": []})
    by.otto.refused("PUT", f"{path}/assets-metadata", 404, {})


BAD_ASSETS = [
    ({}, ("body", "images"), "invalid"),
    ({"images": []}, ("body", "images"), "invalid"),
    ({"images": "x"}, ("body", "images"), ""),
    ({"images": [5]}, ("body", "images", 0), ""),
    ({"images": [{}]}, ("body", "images", 0, "path"), "missing"),
    ({"images": [{"path": "https://a/b.jpg"}, {"path": ""}]}, ("body", "images", 1, "path"), ""),
    (
        {"images": [{"path": "https://a/b.jpg"}, {"path": "a\u0007b"}]},
        ("body", "images", 1, "path"),
        "invalid",
    ),
    ({"images": [{"path": "https://a/.."}]}, ("body", "images", 0, "path"), "invalid"),
    ({"images": [{"path": "s3://" + "é" * 1_500}]}, ("body", "images", 0, "path"), "invalid"),
    ({"images": [{"path": "s3://" + "a" * 2_000}]}, ("body", "images", 0, "path"), ""),
    ({"images": [{"path": "a.jpg", "id": 5}]}, ("body", "images", 0, "id"), ""),
    ({"images": [{"path": "a.jpg", "metadata": []}]}, ("body", "images", 0, "metadata"), ""),
    ({"images": [{"path": "a.jpg", "metadata": {"coco": 1}}]}, ("body", "images", 0, "metadata"), "invalid"),
    (
        {"images": [{"path": "a.jpg", "metadata": {"a": "x" * 40_000}}]},
        ("body", "images", 0, "metadata"),
        "invalid",
    ),
    ({"images": [{"path": "a.jpg"}] * 1_001}, ("body", "images"), ""),
    ({"images": [{"path": "a.jpg"}], "dataPath": "s3://a/"}, ("body", "dataPath"), "invalid"),
    ({"dataPath": "s3://nobody/"}, ("body", "dataPath"), "unknown_bucket"),
    ({"dataPath": "/etc"}, ("body", "dataPath"), "unknown_bucket"),
    ({"csvPath": "s3://a/b.csv"}, ("body", "csvPath"), "unknown_bucket"),
    ({"csvPath": "http://127.0.0.1/b.csv"}, ("body", "csvPath"), "not_public"),
    ({"csvPath": "https://a/b.csv", "dataPath": "s3://a/"}, ("body", "dataPath"), "invalid"),
    ({"videos": [{"path": "s3://a/b.mp4"}]}, ("body", "videos", 0, "path"), "unknown_bucket"),
    ({"videos": [{"path": "http://169.254.169.254/b.mp4"}]}, ("body", "videos", 0, "path"), "not_public"),
]


@pytest.mark.parametrize(("body", "loc", "kind"), BAD_ASSETS)
def test_assets_that_are_refused(w: World, by: Callers, body: Any, loc: tuple[Any, ...], kind: str) -> None:
    before = (Media.objects.count(), Job.all_objects.count(), Event.all_objects.count())
    found = by.max.invalid("POST", f"/datasets/{w.dataset.pk}/assets", body)
    assert found == {loc: f"value_error.{kind}".rstrip(".")}
    assert (Media.objects.count(), Job.all_objects.count(), Event.all_objects.count()) == before


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        ({"images": [{"metadata": {}}]}, ("body", "images", 0)),
        ({"images": [{"path": "img 1.jpg", "coactiveImageId": ANY}]}, ("body", "images", 0)),
        ({"images": [{"path": "img 1.jpg"}, {"path": "nothing"}]}, ("body", "images", 1)),
        ({"images": [{"coactiveImageId": ANY}]}, ("body", "images", 0)),
        ({"images": [{"coactiveImageId": "x"}]}, ("body", "images", 0, "coactiveImageId")),
        ({"videos": [{"path": "img 1.jpg"}]}, ("body", "videos", 0)),
        ({"images": [{"path": "img 1.jpg", "metadata": {"coco": 1}}]}, ("body", "metadata")),
    ],
)
def test_metadata_that_is_refused(w: World, by: Callers, body: Any, loc: tuple[Any, ...]) -> None:
    assert set(by.max.invalid("PUT", f"/datasets/{w.dataset.pk}/assets-metadata", body)) == {loc}
    assert w.recorded() == []


def test_a_bucket_and_an_image_of_another_workspace(w: World, by: Callers, bucket: Bucket) -> None:
    theirs = make_dataset(w.other_project(), "Theirs")
    (image,) = make_images(theirs, 1)
    otto = caller(w.token(w.otto))
    path = f"bucket://{bucket.pk}/"
    assert otto.invalid("POST", f"/datasets/{theirs.pk}/assets", {"dataPath": path}) == {
        ("body", "dataPath"): "value_error.unknown_bucket"
    }
    body = {"images": [{"coactiveImageId": str(image.pk)}]}
    assert by.max.invalid("PUT", f"/datasets/{w.dataset.pk}/assets-metadata", body)


def test_a_dataset_of_videos_holds_no_images(w: World, by: Callers) -> None:
    clips = make_dataset(make_project(w.workspace, "Clips", content_type="VIDEOS"), "Monday")
    body = {"images": [{"path": "https://example.org/a.jpg"}]}
    assert set(by.max.invalid("POST", f"/datasets/{clips.pk}/assets", body)) == {("body", "images")}
    assert not DatasetItem.objects.filter(dataset=clips).exists()
