"""The published `hasty` package: projects of videos, their files, statuses, activity types and segments."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hasty import Client
from hasty.constants import VALID_VIDEO_STATUSES
from hasty.exception import AuthorisationException, NotFound, ValidationException

from tests import videos as made
from tests.sdk.hasty_cast import Cast
from tests.servers import wait_until

pytestmark = pytest.mark.sdk


@pytest.fixture
def clips(cast: Cast) -> Any:
    """A project of videos."""
    project = cast.client.create_project(
        cast.project.workspace_id, f"Clips {uuid.uuid4().hex[:6]}", "of a street", content_type="VIDEOS"
    )
    return cast.client.get_project(project.id)


def sent(clips: Any, folder: Path, dataset: Any, name: str, content: bytes | None = None) -> Any:
    """Upload a video under a name."""
    file = folder / name
    file.write_bytes(made.h264() if content is None else content)
    return clips.upload_from_file(dataset, str(file))


def wait_for(video: Any, health: str) -> None:
    wait_until(lambda: video.check_health() != "PROCESSING", f"the reading of {video.name}")
    assert video.check_health() == health


def test_projects_of_videos(cast: Cast, clips: Any) -> None:
    assert (type(clips).__name__, clips.description) == ("VideoProject", "of a street")
    assert cast.row("project", clips.id, "content_type") == ("VIDEOS",)
    for part in (
        clips.get_videos(),
        clips.get_activity_types(),
        clips.get_datasets(),
        clips.get_attributes(),
    ):
        assert len(part) == 0
    clips.edit("Films", None)
    assert cast.row("project", clips.id, "name", "content_type") == ("Films", "VIDEOS")
    shown = clips.create_attribute("weather", "TEXT", "VIDEO", values=[])
    speed = clips.create_attribute("speed", "SELECTION", "SEGMENT", None, 2, ["slow", "fast"])
    assert cast.row("attribute", shown.id, "subject") == ("VIDEO",)
    assert cast.row("attribute", speed.id, "subject") == ("SEGMENT",)
    assert [one.subject_type for one in clips.get_attributes()] == ["VIDEO", "SEGMENT"]
    assert clips.export("Films", "json_v1.1") is None  # this version of the package does nothing here
    clips.delete()
    with pytest.raises(NotFound):
        clips.get_videos()
    assert cast.row("project", clips.id, "trashed_at") != (None,)


def test_videos(cast: Cast, clips: Any, tmp_path: Path) -> None:
    first, second = clips.create_dataset("A"), clips.create_dataset("B")
    video = sent(clips, tmp_path, first, "a.mp4")
    assert (len(video.id), video.name, video.dataset_id, video.status) == (36, "a.mp4", first.id, "NEW")
    assert video.public_url.startswith(cast.server.url)
    fetched = clips.upload_from_url(second.id, "b.mp4", video.public_url)
    with pytest.raises(ValidationException, match="404"):
        clips.upload_from_url(second, "c.mp4", f"{cast.server.url}/nothing.mp4")
    broken = sent(clips, tmp_path, first, "z.mp4", b"no video")
    wait_for(video, "OK")
    wait_for(fetched, "OK")
    wait_for(broken, "ERROR")
    read = clips.get_video(video.id)
    assert (read.width, read.height, read.format, read.duration_ms, read.duration_frames, read.health_status) == (
        made.WIDTH, made.HEIGHT, "MP4", 2000, 50, "OK",
    )  # fmt: skip
    columns = ("kind", "width", "duration_ms", "frame_count")
    assert cast.row("media", video.id, *columns) == ("video", made.WIDTH, 2000, 50)
    for one in (video, fetched):  # with the address of its first answer
        one.download(str(tmp_path / "copy"))
        assert (tmp_path / "copy").read_bytes() == made.h264()
    with pytest.raises(ValidationException, match="2,000 ms"):
        video.create_activity(1900, 2001, [clips.create_activity_type("walk", None)])
    with pytest.raises(ValidationException, match="not ready"):
        broken.download(str(tmp_path / "copy"))
    with pytest.raises(ValidationException, match=r"a\.mp4"):
        sent(clips, tmp_path, first, "a.mp4")
    assert [one.name for one in clips.get_videos()] == ["a.mp4", "z.mp4", "b.mp4"]
    video.rename("x.mp4")
    video.move(second)
    assert (video.name, video.dataset_id) == ("x.mp4", second.id)
    item = "SELECT name, dataset_id FROM annotator_datasetitem WHERE media_id = %s"
    ((name, dataset),) = cast.server.query(item, cast.key(video.id))
    assert (name, str(uuid.UUID(str(dataset)))) == ("x.mp4", second.id)
    with pytest.raises(ValidationException, match=r"b\.mp4"):
        video.rename("b.mp4")
    broken.delete()
    with pytest.raises(NotFound):
        clips.get_video(broken.id)
    assert cast.row("media", broken.id, "trashed_at") != (None,)
    assert [one.name for one in clips.get_videos(second.id)] == ["b.mp4", "x.mp4"]


def test_statuses_of_videos(cast: Cast, clips: Any, tmp_path: Path) -> None:
    first, second = clips.create_dataset("A"), clips.create_dataset("B")
    one, other = sent(clips, tmp_path, first, "a.mp4"), sent(clips, tmp_path, second, "b.mp4")
    for status in VALID_VIDEO_STATUSES:
        one.set_status(status)
        (stored,) = cast.row("media", one.id, "status_id") or (None,)
        assert cast.row("mediastatus", str(uuid.UUID(str(stored))), "name") == (status,)
        assert [each.id for each in clips.get_videos(video_status=status)] == (
            [one.id, other.id] if status == "NEW" else [one.id]
        )
    assert clips.get_video(one.id).status == "COMPLETED"
    assert [each.id for each in clips.get_videos([first, second.id], ["NEW", "COMPLETED"])] == [
        one.id,
        other.id,
    ]
    assert [each.id for each in clips.get_videos([first, second], ["NEW", "DONE"])] == [other.id]
    assert [each.id for each in clips.get_videos(second, "COMPLETED")] == []
    with pytest.raises(ValidationException):
        one.set_status("AUTO-LABELLED")
    theirs = cast.member("annotator").get_project(clips.id).get_video(one.id)
    with pytest.raises(AuthorisationException):
        theirs.set_status("DONE")
    stranger = Client(cast.server.token(f"w{uuid.uuid4().hex[:8]}"), base_url=cast.server.url)
    with pytest.raises(NotFound):
        stranger.get_project(clips.id)


def test_activity_types(cast: Cast, clips: Any, tmp_path: Path) -> None:
    walk, run = clips.create_activity_type("walk", "#ff00aa99"), clips.create_activity_type("run", None)
    assert [(one.name, one.color) for one in (walk, run)] == [("walk", "#ff00aa99"), ("run", None)]
    assert cast.row("concept", walk.id, "name", "color", "on_segment") in [
        ("walk", "#ff00aa99", flag) for flag in (True, 1)
    ]
    assert len(clips.get_label_classes()) == len(clips.get_tag_classes()) == 0
    with pytest.raises(ValidationException, match="already an activity type of this name"):
        clips.create_activity_type("run", None)
    video = sent(clips, tmp_path, clips.create_dataset("A"), "a.mp4")
    both = video.create_activity(0, 500, [walk, run])  # while the video may still be read
    only = video.create_activity(500, 900, [run])
    run.edit("sprint", "#00ff00ff")
    assert cast.row("concept", run.id, "name", "color") == ("sprint", "#00ff00ff")
    assert [(one.name, one.color) for one in clips.get_activity_types()] == [
        ("walk", "#ff00aa99"), ("sprint", "#00ff00ff"),
    ]  # fmt: skip
    run.delete()
    assert [one.id for one in clips.get_activity_types()] == [walk.id]
    assert cast.row("concept", run.id, "id") is None
    assert [(one.id, one.activities) for one in video.get_activities()] == [(both.id, [walk.id])]
    assert cast.row("segment", only.id, "id") is None


def test_segments(cast: Cast, clips: Any, tmp_path: Path) -> None:
    walk, run = clips.create_activity_type("walk", None), clips.create_activity_type("run", None)
    video = sent(clips, tmp_path, clips.create_dataset("A"), "a.mp4")
    late = video.create_activity(800, 1200, [run, walk.id])
    early = video.create_activity(0, 1000, [walk])  # beside the other: nothing is replaced
    assert (early.video_id, early.start_time_ms, early.end_time_ms, early.activities) == (
        video.id,
        0,
        1000,
        [walk.id],
    )
    assert cast.row("segment", late.id, "start_ms", "end_ms") == (800, 1200)
    links = "SELECT concept_id FROM annotator_segmentconcept WHERE segment_id = %s ORDER BY id"
    stored = [str(uuid.UUID(str(key))) for (key,) in cast.server.query(links, cast.key(late.id))]
    assert stored == late.activities == [run.id, walk.id]
    assert [one.id for one in video.get_activities()] == [early.id, late.id]
    assert [one.id for one in video.get_activities(run.id)] == [late.id]
    assert [one.id for one in video.get_activities(start_time_ms=1000)] == [late.id]
    assert [one.id for one in video.get_activities(end_time_ms=800)] == [early.id]
    edited = late.edit(1200, 1500, [walk])
    assert (edited.id, edited.start_time_ms, edited.end_time_ms, edited.activities) == (
        late.id,
        1200,
        1500,
        [walk.id],
    )
    assert cast.row("segment", late.id, "start_ms", "end_ms") == (1200, 1500)
    for start, end, activities in (
        (5, 5, [walk]),
        (-1, 5, [walk]),
        (9, 5, [walk]),
        (0, 5, [str(uuid.uuid4())]),
        (0, 5, []),
    ):
        with pytest.raises(ValidationException):
            video.create_activity(start, end, activities)
    new = video.create_activity(900, 1300, [run], replace_overlap=True)
    assert [one.id for one in video.get_activities()] == [new.id]
    assert cast.row("segment", early.id, "id") is None and cast.row("segment", late.id, "id") is None
    seen = cast.member("viewer").get_project(clips.id).get_video(video.id)
    with pytest.raises(AuthorisationException):
        seen.create_activity(0, 10, [run])
    exported = _exported(cast, clips, tmp_path)
    assert [(one["start_time_ms"], one["activities"]) for one in exported["videos"][0]["segments"]] == [
        (900, ["run"])
    ]
    new.delete()
    assert len(video.get_activities()) == 0 and cast.row("segment", new.id, "id") is None


def _exported(cast: Cast, clips: Any, folder: Path) -> Any:
    """Return the JSON of an export; the package asks for those of projects as its lists give them."""
    listed = next(one for one in cast.client.get_projects() if one.id == clips.id)
    job = listed.export("Mine", "json_v1.1", image_status=["NEW"], sign_urls=True)
    wait_until(lambda: job.check_status() not in ("INIT", "RUNNING"), "the export")
    assert job.status == "DONE", job.meta
    job.download(str(folder))
    with zipfile.ZipFile(io.BytesIO((folder / "Mine.zip").read_bytes())) as archive:
        return json.loads(archive.read("Mine.json"))
