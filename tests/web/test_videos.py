"""Videos on pages: dropped on the upload page, as tiles, and in their player."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from annotator.jobs import engine
from annotator.models import Dataset, Job, Media, Upload
from annotator.services import blobs
from annotator.services.annotations import segments
from annotator.services.media import uploads
from annotator.services.video import videos
from annotator.services.vocabulary import concepts
from annotator.storage.base import put_bytes
from tests import videos as made
from tests.web.client import get, send
from tests.world import World, actor, make_dataset, make_project, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    made.read_in_process(monkeypatch)


@pytest.fixture
def clips(w: World) -> Dataset:
    return make_dataset(make_project(w.workspace, "Clips", content_type="VIDEOS", owner=w.olga), "Monday")


def as_(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def drop(w: World, clips: Dataset, files: dict[str, bytes], **options: str) -> dict[str, Any]:
    """Send files as the upload page does, run the jobs, and return the report of the drop."""
    batch = uploads.open_batch(actor=actor(w.max), project=clips.project, dataset=clips)
    items = []
    for name, content in files.items():
        slot = uploads.create_slots(actor=actor(w.max), project=clips.project, count=1, batch=batch)[0]
        uploads.store(slot.pk, put_bytes(blobs.store(), content), "application/octet-stream")
        items.append({"upload": str(slot.pk), "name": name})
    client, project = as_(w.max), clips.project_id
    sent = client.post(
        f"/web/projects/{project}/uploads/finish",
        json.dumps({"batch": str(batch.pk), "items": items, **options}),
        "application/json",
    )
    assert sent.status_code == 202, sent.content
    for key in sent.json()["jobs"]:
        engine.run(key)
    for job in Job.objects.filter(kind=videos.JOB, state="QUEUED"):
        engine.run(job.pk)
    report: dict[str, Any] = client.get(f"/web/projects/{project}/uploads/{batch.pk}").json()
    return report


def test_dropped_videos_are_read_and_other_files_are_refused(w: World, clips: Dataset) -> None:
    files = {"a.mp4": made.h264(), "notes.txt": b"hello", "b.zip": b"PK\3\4" + bytes(40)}
    report = drop(w, clips, files)
    assert (report["refused"], report["skipped"], report["used"]) == (2, 0, 3)
    words = {one["name"]: one["message"] for one in report["problems"]}
    assert "not a video" in words["notes.txt"] and "ZIP" in words["b.zip"]
    again = drop(w, clips, {"a.mp4": made.h264()})
    assert again["skipped"] == 1
    drop(w, clips, {"a.mp4": made.h264()}, on_clash="number")
    rows = Media.objects.filter(project=clips.project).with_home().order_by("number")
    assert [(one.name, one.health) for one in rows] == [("a.mp4", "OK"), ("a (2).mp4", "OK")]
    assert not Upload.objects.filter(project=clips.project).exclude(state="used").exists()


def test_a_tile_tells_the_length_and_leads_to_the_player(w: World, clips: Dataset) -> None:
    new = videos.create(actor=actor(w.max), dataset=clips, name="a.mp4", source=blobs.put_bytes(made.h264()))
    url = f"/web/projects/{clips.project_id}/tiles"
    client = as_(w.vera)
    waiting = client.get(url).json()["items"][0]
    assert (waiting["d"], waiting["t"], "x" in waiting) == ("", None, False)
    assert "is being processed" in client.get(f"/video/{new.pk}/").content.decode()
    engine.run(Job.objects.get(kind=videos.JOB).pk)
    tile = client.get(url).json()["items"][0]
    assert tile["d"] == "0:02" and "/thumbnail/" in tile["t"] and "x" not in tile
    assert client.get(f"/label/{new.pk}/").headers["Location"] == f"/video/{new.pk}/"
    page = client.get(f"/video/{new.pk}/").content.decode()
    assert '<source src="/m/' in page and 'type="video/mp4"' in page and "128 × 96" in page
    assert as_(w.otto).get(f"/video/{new.pk}/").status_code == 404
    assert client.get(f"/video/{w.images[0].pk}/").status_code == 404


def test_a_video_that_cannot_be_read_says_why_on_its_page(w: World, clips: Dataset) -> None:
    new = videos.create(actor=actor(w.max), dataset=clips, name="a.mp4", source=blobs.put_bytes(b"hello"))
    engine.run(Job.objects.get(kind=videos.JOB).pk)
    client = as_(w.vera)
    assert "It is not a video." in client.get(f"/video/{new.pk}/").content.decode()
    assert (
        "It is not a video." in client.get(f"/web/projects/{clips.project_id}/tiles").json()["items"][0]["x"]
    )


def test_the_pages_speak_of_videos(w: World, clips: Dataset) -> None:
    client = as_(w.max)
    page = client.get(f"/projects/{clips.project_id}/upload/").content.decode()
    assert (
        "Drop videos here" in page
        and "WebM" in page
        and "TIFF" not in page
        and "Replace the image" not in page
    )
    videos.create(actor=actor(w.max), dataset=clips, name="a.mp4", source=blobs.put_bytes(b"hello"))
    assert "1 video" in client.get(f"/projects/{clips.project_id}/media/").content.decode()


def test_the_export_page_offers_what_videos_can_be_exported_as(w: World, clips: Dataset) -> None:
    page = f"/projects/{clips.project_id}/exports/"
    assert "No videos to export yet." in get(w.rosa, page).content.decode()
    video = make_video(clips)
    walk = concepts.create(actor=actor(w.max), project=clips.project, name="walk", roles=("segment",))
    segments.create(actor=actor(w.ann), media=video, start_ms=0, end_ms=10, concept_ids=[walk.pk])
    html = get(w.rosa, page).content.decode()
    form = re.search(r'<form class="body stack l" id="export".*?</form>', html, re.DOTALL)
    assert (
        form is not None
        and "Include videos" in form[0]
        and "images" not in form[0].replace("include_images", "")
    )
    assert re.findall(r'<option value="([^"]+)">', form[0]) == ["json_v1.1", "videos"]
    assert "Import COCO" not in html
    answer: Any = send(w.rosa, f"/web{page}preview")
    assert answer.json() == {"text": "1 video, 1 segment"}
    for name, code in (("json_coco", 400), ("videos", 200), ("json_v1.1", 200)):
        assert send(w.rosa, f"/web{page}new", format=name).status_code == code
    assert engine.run(Job.all_objects.latest("pk").pk)
    html = get(w.rosa, page).content.decode()
    assert "1 video, 1 segment" in html and "Export JSON 1.1" in html and "(videos only)" in html
