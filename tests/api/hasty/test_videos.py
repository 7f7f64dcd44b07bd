"""Videos: created from uploads and addresses, listed by filters, renamed, moved, with statuses, deleted."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from annotator.jobs import engine
from annotator.models import Dataset, Job, Media, MediaStatus, Project, Tag, Upload, UploadBatch
from annotator.services import blobs
from annotator.services.annotations import attribute_values, segments
from annotator.services.media import statuses, url_import
from annotator.services.video import videos
from annotator.services.vocabulary import attributes, concepts
from tests import videos as made
from tests.api.hasty.conftest import ANY, Callers, send
from tests.api.queries import counted
from tests.world import World, make_box, make_class, make_dataset, make_project, make_video

FIELDS = {
    "id", "name", "dataset_id", "width", "height", "format", "frame_rate", "public_url", "uploaded_at", "url", "duration_ms",
    "duration_frames", "status", "status_id", "health_status", "dataset_name", "queue_ids",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _read_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    made.read_in_process(monkeypatch)


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
    def fetch(url: object, **options: Any) -> url_import.Fetched:
        return url_import.Fetched(blob=blobs.put_bytes(made.h264()), name="far.mp4")

    monkeypatch.setattr(url_import, "look", lambda url, *, limit: "far.mp4")
    monkeypatch.setattr(url_import, "fetch", fetch)
    body = {"dataset_id": str(monday.pk), "url": "https://example.org/far.mp4?key=1"}
    first = by.max.post(f"{v}/videos", body)
    assert (first["name"], first["health_status"], first["public_url"]) == (
        "far.mp4",
        "PROCESSING",
        body["url"],
    )
    assert by.max.post(f"{v}/videos", body | {"filename": "b.mp4"})["name"] == "b.mp4"
    assert by.max.post(f"{v}/videos", body, status=400)["code"] == "name_taken"
    run_jobs()
    read = by.vera.get(f"{v}/videos/{first['id']}")
    assert (read["health_status"], read["duration_frames"]) == ("OK", 50)
    assert "/original/" in read["public_url"] and "example.org" not in read["public_url"]


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
    with counted("hasty videos partial_update"):
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
    with counted("hasty videos set_status"):
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


def test_a_project_of_videos_is_exported_with_its_segments(
    w: World, by: Callers, p: str, v: str, clips: Project, monday: Dataset
) -> None:
    video = make_video(monday, "a.mp4", blob=blobs.put_bytes(made.h264()))
    types = [
        by.max.post(f"{v}/activity_types", body)["id"]
        for body in ({"name": "walk", "color": "#00FF00FF", "prefix": "w"}, {"name": "run"})
    ]
    segment = by.ann.post(
        f"{v}/videos/{video.pk}/segments",
        {"start_time_ms": 5, "end_time_ms": 900, "activities": types[::-1]},
    )
    actor = w.actor(w.max)
    place, speed = (
        attributes.create(actor=actor, project=clips, changes={"name": name, "subject": subject} | more)
        for name, subject, more in (
            ("place", "VIDEO", {"kind": "TEXT"}), ("speed", "SEGMENT", {"kind": "SELECTION", "options": [{"value": "slow"}, {"value": "fast"}]}),
        )
    )  # fmt: skip
    attribute_values.put_many(
        actor=actor,
        media=video,
        changes=[
            attribute_values.Change(place.pk, None, "Bern"),
            attribute_values.Change(speed.pk, None, "fast", segment_id=uuid.UUID(segment["id"])),
        ],
    )
    files, meta = exported(
        by, v, "json_v1.1", video_status=["NEW"], dataset_id=[str(monday.pk)], sign_urls=True
    )
    data = json.loads(files["export.json"])
    assert (meta["num_videos"], meta["num_segments"], meta["losses"]) == (1, 1, [])
    assert data["project_name"] == "Clips" and "images" not in data
    assert [(one["name"], one["subject_type"]) for one in data["attributes"]] == [
        ("place", "VIDEO"),
        ("speed", "SEGMENT"),
    ]
    link = by.vera.get(f"{v}/videos/{video.pk}")["public_url"]
    assert data["videos"][0].pop("public_url").split("?")[0] == link.split("?")[0]
    assert data["activity_types"] == [
        {"name": "walk", "color": "#00FF00FF", "prefix": "w"},
        {"name": "run", "color": None, "prefix": None},
    ]
    assert data["videos"] == [
        {
            "video_id": str(video.pk), "video_name": "a.mp4", "dataset_name": "Monday", "width": 128, "height": 96, "frame_rate": 25.0,
            "duration_ms": 10_000, "duration_frames": 250, "video_status": "NEW", "attributes": {"place": "Bern"},
            "segments": [{
                "id": segment["id"], "start_time_ms": 5, "end_time_ms": 900, "activities": ["run", "walk"], "attributes": {"speed": "fast"},
            }],
        }
    ]  # fmt: skip
    assert exported(by, v, "videos")[0] == {"Monday/a.mp4": made.h264()}
    files, _ = exported(by, v, "json_v1.1", video_status=["DONE"])
    assert json.loads(files["export.json"])["videos"] == []
    for path, format_name in ((v, "images"), (v, "json_coco"), (p, "videos")):
        assert "format" in json.dumps(by.rosa.post(f"{path}/exports", {"format": format_name}, status=400))


def exported(
    by: Callers, path: str, format_name: str, **options: Any
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Run an export and return the files of its zip, and what its job says."""
    key = by.rosa.post(f"{path}/exports", {"format": format_name} | options)["id"]
    engine.run(uuid.UUID(key))
    done = by.rosa.get(f"{path}/exports/{key}")
    assert done["status"] == "DONE", done["meta"]
    artifact = Job.objects.get(pk=key).artifact
    assert artifact is not None
    with blobs.store().open(artifact.sha256) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, done["meta"]


def test_what_the_file_of_videos_cannot_hold_is_reported(
    w: World, by: Callers, v: str, clips: Project, monday: Dataset
) -> None:
    video = make_video(monday, "a.mp4")
    activity = by.max.post(f"{v}/activity_types", {"name": "walk"})["id"]
    body = {"start_time_ms": 5, "end_time_ms": 900, "activities": [activity], "prediction_id": "mine"}
    by.ann.post(f"{v}/videos/{video.pk}/segments", body)
    make_box(video, make_class(clips, "car", 11), (1, 1, 5, 5))
    Tag.all_objects.create(
        project=clips, media=video, concept=make_class(clips, "sunny", 12, on_media=True, on_region=False)
    )
    files, meta = exported(by, v, "json_v1.1")
    assert {line["field"]: line["count"] for line in meta["losses"]} == {
        "labels": 1, "tags": 1, "segments.prediction_id": 1,
    }  # fmt: skip
    assert files.keys() == {"export.json", "loss_report.json"}
    _, meta = exported(by, v, "videos")
    assert [line["reason"] for line in meta["losses"]] == ["the file is not kept here"]
