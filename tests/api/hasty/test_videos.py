"""Videos: created from uploads and addresses, listed by filters, renamed, moved, with statuses, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from annotator.jobs import engine
from annotator.models import Dataset, Job, Media, MediaStatus, Project, Upload, UploadBatch
from annotator.services import blobs
from annotator.services.annotations import segments
from annotator.services.media import statuses, url_import
from annotator.services.video import videos
from annotator.services.vocabulary import concepts
from tests import videos as made
from tests.api.hasty.conftest import ANY, Callers, send
from tests.api.queries import counted
from tests.world import World, make_dataset, make_project, make_video

FIELDS = {
    "id", "name", "dataset_id", "width", "height", "format", "frame_rate", "public_url", "uploaded_at", "url", "duration_ms",
    "duration_frames", "status", "status_id", "health_status", "dataset_name", "queue_ids",
}  # fmt: skip


@pytest.fixture
def clips(w: World) -> Project:
    """A project of videos."""
    return make_project(w.workspace, "Clips", content_type="VIDEOS", owner=w.olga)


@pytest.fixture
def monday(clips: Project) -> Dataset:
    """A dataset for videos."""
    return make_dataset(clips, "Monday")


@pytest.fixture
def v(clips: Project) -> str:
    """The path of the project of videos."""
    return f"/projects/{clips.pk}"


@pytest.fixture
def sent(by: Callers, v: str) -> Callable[[bytes], str]:
    """Make an upload slot with bytes and return its id."""

    def make(content: bytes) -> str:
        key = str(by.max.get(f"{v}/uploads", "count=1")["items"][0]["id"])
        send(key, content)
        return key

    return make


def run_jobs() -> None:
    for key in Job.objects.filter(kind=videos.JOB, state="QUEUED").values_list("pk", flat=True):
        engine.run(key)


def names(page: dict[str, Any]) -> list[str]:
    assert page["meta"]["total"] == len(page["items"])
    return [one["name"] for one in page["items"]]


def test_a_video_is_there_at_once_and_known_when_its_job_is_done(
    by: Callers, v: str, monday: Dataset, sent: Callable[[bytes], str]
) -> None:
    body = {"dataset_id": str(monday.pk), "filename": "a.mp4", "upload_id": sent(made.h264())}
    with counted("hasty videos create"):
        first = by.max.post(f"{v}/videos", body)
    assert first.keys() == FIELDS
    assert (first["health_status"], first["status"], first["queue_ids"]) == ("PROCESSING", "NEW", [])
    assert [first[name] for name in ("width", "height", "frame_rate", "duration_ms", "duration_frames")] == [
        0
    ] * 5
    assert first["public_url"].startswith("http://") and first["url"] == first["public_url"]
    run_jobs()
    with counted("hasty videos retrieve"):
        read = by.vera.get(f"{v}/videos/{first['id']}")
    assert read | {"public_url": "", "url": ""} == first | {
        "health_status": "OK", "format": "MP4", "width": made.WIDTH, "height": made.HEIGHT, "frame_rate": 25.0,
        "duration_ms": 2000, "duration_frames": 50, "public_url": "", "url": "",
    }  # fmt: skip
    assert by.max.post(f"{v}/videos", body, status=400)["message"]  # the upload is used up
    again = body | {"upload_id": sent(made.h264())}
    assert by.max.post(f"{v}/videos", again, status=400)["code"] == "name_taken"
    assert Upload.objects.get(pk=again["upload_id"]).state == "stored"


def test_a_file_without_a_video_says_so(
    by: Callers, v: str, monday: Dataset, sent: Callable[[bytes], str]
) -> None:
    body = {"dataset_id": str(monday.pk), "filename": "a.mp4", "upload_id": sent(b"no video at all")}
    key = by.max.post(f"{v}/videos", body)["id"]
    run_jobs()
    assert by.vera.get(f"{v}/videos/{key}")["health_status"] == "ERROR"
    assert names(by.vera.get(f"{v}/videos", "health_status=ERROR,UNHEALTHY")) == ["a.mp4"]
    assert names(by.vera.get(f"{v}/videos", "health_status=OK")) == []


def test_a_video_is_fetched_from_an_address(
    by: Callers, v: str, monday: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(url: object, *, limit: int) -> url_import.Fetched:
        return url_import.Fetched(blob=blobs.put_bytes(made.h264()), name="far.mp4")

    monkeypatch.setattr(url_import, "fetch", fetch)
    body = {"dataset_id": str(monday.pk), "url": "https://example.org/far.mp4"}
    assert by.max.post(f"{v}/videos", body)["name"] == "far.mp4"
    assert by.max.post(f"{v}/videos", body | {"filename": "b.mp4"})["name"] == "b.mp4"


def test_what_creates_no_video(
    w: World, by: Callers, p: str, v: str, monday: Dataset, sent: Callable[[bytes], str]
) -> None:
    good = {"dataset_id": str(monday.pk), "filename": "a.mp4", "upload_id": sent(made.h264())}
    for wrong, field in (
        ({"dataset_id": None}, "dataset_id"), ({"dataset_id": ANY}, "dataset_id"), ({"dataset_id": "x"}, "dataset_id"),
        ({"dataset_id": str(w.dataset.pk)}, "dataset_id"), ({"filename": None}, "filename"), ({"filename": ""}, "filename"),
        ({"filename": 5}, "filename"), ({"filename": "../a.mp4"}, ""), ({"upload_id": None}, "upload_id"), ({"upload_id": ANY}, "upload"),
        ({"upload_id": 7}, "upload_id"), ({"url": "https://example.org/a.mp4"}, "upload_id"), ({"url": 5}, "url"),
        ({"upload_id": None, "url": "ftp://example.org/a.mp4"}, "url"), ({"external_id": 5}, "external_id"),
    ):  # fmt: skip
        said = by.max.post(f"{v}/videos", good | wrong, status=400)
        assert field in said["message"], (wrong, said)
    slot = by.max.get(f"{p}/uploads", "count=1")["items"][0]["id"]
    send(slot, made.h264())
    in_images = good | {"dataset_id": str(w.dataset.pk), "upload_id": slot}
    assert by.max.post(f"{p}/videos", in_images, status=400)["code"] == "content_type"
    assert by.vera.get(f"{v}/videos")["meta"]["total"] == 0
    by.ann.post(f"{v}/videos", good, status=403)


def test_videos_are_listed_by_every_filter(
    w: World, by: Callers, v: str, clips: Project, monday: Dataset
) -> None:
    tuesday = make_dataset(clips, "Tuesday")
    batch = UploadBatch.objects.create(project=clips)
    odd = statuses.create(actor=w.actor(w.max), project=clips, name="Odd one")
    done = MediaStatus.all_objects.get(project=clips, base="DONE", is_default=True)
    a = make_video(monday, "a Clip.mp4", batch=batch)
    make_video(monday, "b.mp4", status=odd)
    make_video(tuesday, "c clip.mp4", status=done, health="UNHEALTHY")
    walk, run = (
        concepts.create(actor=w.actor(w.max), project=clips, name=name, roles=("segment",))
        for name in ("walk", "run")
    )
    for start in (0, 50):
        segments.create(
            actor=w.actor(w.ann), media=a, start_ms=start, end_ms=start + 50, concept_ids=[walk.pk]
        )
    everything = ["a Clip.mp4", "b.mp4", "c clip.mp4"]
    for query, wanted in (
        ("", "abc"), (f"dataset_id={monday.pk}", "ab"), (f"dataset_id={monday.pk},{tuesday.pk}", "abc"), ("video_name=CLIP", "ac"),
        ("video_status=DONE", "c"), ("video_status=NEW,Odd one", "ab"), ("video_status=SKIPPED", ""), (f"status_id={odd.pk}", "b"),
        (f"status_id={odd.pk}&video_status=DONE", ""), ("health_status=OK", "ab"), ("health_status=UNHEALTHY&health_status=ERROR", "c"),
        (f"activity={walk.pk}", "a"), (f"activity={run.pk}", ""), (f"activity[]={run.pk}&activity[]={walk.pk}", "a"),
        ("queue_id=none", "abc"), (f"queue_id={ANY}", ""), ("batch_id=null", "bc"), (f"batch_id={batch.pk}", "a"),
        (f"batch_id={ANY}", ""), (f"dataset_id={ANY}", ""), ("video_name=", "abc"), (f"dataset_id={monday.pk}&video_name=b", "b"),
    ):  # fmt: skip
        assert names(by.vera.get(f"{v}/videos", query)) == [one for one in everything if one[0] in wanted], (
            query
        )
    with counted("hasty videos list"):
        page = by.vera.get(f"{v}/videos", f"limit=1&offset=1&dataset_id={monday.pk}")
    assert (page["meta"]["total"], [one["name"] for one in page["items"]]) == (2, ["b.mp4"])
    assert page["meta"]["search_parameters"] == {"dataset_id": [str(monday.pk)]}
    for query in (
        "video_status=ODD", "video_status=AUTO-LABELLED", "health_status=GOOD", "dataset_id=x", "status_id=x", "activity=x", "queue_id=x",
        "batch_id=x", "limit=-1", "offset=x",
    ):  # fmt: skip
        assert query.partition("=")[0] in by.vera.get(f"{v}/videos", query, status=400)["message"]


def test_videos_are_renamed_and_moved(by: Callers, v: str, clips: Project, monday: Dataset) -> None:
    tuesday = make_dataset(clips, "Tuesday")
    video, _ = make_video(monday, "a.mp4"), make_video(tuesday, "taken.mp4")
    at = f"{v}/videos/{video.pk}"
    with counted("hasty videos rename"):
        renamed = by.max.patch(at, {"filename": "b.mp4"})
    assert renamed.keys() == FIELDS and renamed["name"] == "b.mp4"
    moved = by.max.patch(at, {"dataset_id": str(tuesday.pk)})
    assert (moved["dataset_id"], moved["dataset_name"], moved["name"]) == (
        str(tuesday.pk),
        "Tuesday",
        "b.mp4",
    )
    assert by.max.patch(at, {}) == by.vera.get(at)
    for wrong in (
        {"filename": "taken.mp4"},
        {"filename": ""},
        {"filename": 5},
        {"dataset_id": ANY},
        {"dataset_id": "x"},
        [],
    ):
        by.max.patch(at, wrong, status=400)
    assert by.vera.get(at)["name"] == "b.mp4"


def test_the_status_is_set_by_name_or_id(
    w: World, by: Callers, v: str, clips: Project, monday: Dataset
) -> None:
    at = f"{v}/videos/{make_video(monday).pk}"
    odd = statuses.create(actor=w.actor(w.max), project=clips, name="Odd")
    with counted("hasty videos set status"):
        by.max.put(f"{at}/status", {"status": "IN PROGRESS"}, status=204)
    assert by.vera.get(at)["status"] == "IN PROGRESS"
    by.max.put(f"{at}/status", {"status_id": str(odd.pk)}, status=204)
    assert (by.vera.get(at)["status"], by.vera.get(at)["status_id"]) == ("Odd", str(odd.pk))
    for wrong in (
        {}, {"status": "AUTO-LABELLED"}, {"status": "FINE"}, {"status": 5}, {"status_id": ANY}, {"status_id": "x"},
        {"status": "DONE", "status_id": str(odd.pk)}, [],
    ):  # fmt: skip
        by.max.put(f"{at}/status", wrong, status=400)
    by.vera.put(f"{at}/status", {"status": "DONE"}, status=403)
    assert by.vera.get(at)["status"] == "Odd"


def test_a_deleted_video_is_gone(w: World, by: Callers, v: str, monday: Dataset) -> None:
    video = make_video(monday)
    by.ann.delete(f"{v}/videos/{video.pk}", status=403)
    with counted("hasty videos destroy"):
        by.max.delete(f"{v}/videos/{video.pk}")
    for method in ("GET", "PATCH", "DELETE"):
        by.max.ask(method, f"{v}/videos/{video.pk}", {} if method == "PATCH" else b"", status=404)
    assert by.vera.get(f"{v}/videos")["meta"]["total"] == 0
    assert Media.all_objects.get(pk=video.pk).trashed_at is not None


def test_an_image_is_no_video_and_a_video_no_image(w: World, by: Callers, p: str) -> None:
    video = make_video(w.dataset)
    by.vera.get(f"{p}/videos/{w.images[0].pk}", status=404)
    by.vera.get(f"{p}/images/{video.pk}", status=404)
    by.vera.get(f"{p}/videos/{uuid.uuid4()}", status=404)
    assert names(by.vera.get(f"{p}/videos")) == ["clip.mp4"]
    assert by.vera.get(f"{p}/images")["meta"]["total"] == 3
