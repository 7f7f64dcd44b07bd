"""A video from its upload to its health: rows, events, jobs."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.domain.errors import DomainError, Invalid
from annotator.jobs import engine
from annotator.models import Dataset, Job, Media, QualityIssue, Upload
from annotator.services import blobs
from annotator.services.media import uploads, urls as media_urls
from annotator.services.video import videos
from annotator.storage.base import put_bytes
from tests import videos as made
from tests.world import World, actor, make_dataset, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def clips(w: World) -> Dataset:
    """A dataset of a project of videos."""
    return make_dataset(make_project(w.workspace, "Clips", content_type="VIDEOS", owner=w.olga), "Monday")


def sent(w: World, dataset: Dataset, content: bytes) -> Upload:
    slot = uploads.create_slots(actor=actor(w.max), project=dataset.project, count=1)[0]
    uploads.store(slot.pk, put_bytes(blobs.store(), content), "application/octet-stream")
    return uploads.find(project=dataset.project, upload_id=slot.pk)


def create(w: World, dataset: Dataset, content: bytes, name: str = "a.mp4") -> Media:
    return videos.create(actor=actor(w.max), dataset=dataset, name=name, source=sent(w, dataset, content))


def read(media: Media) -> Media:
    """Run the job of a new video and return its row."""
    job = Job.objects.filter(kind=videos.JOB, params__media=str(media.pk)).get()
    engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == "DONE", job.error
    media.refresh_from_db()
    return media


def events_of(dataset: Dataset) -> list[tuple[str, Any]]:
    from annotator.models import Event

    rows = Event.all_objects.filter(project=dataset.project).exclude(kind="job.changed").order_by("seq")
    return list(rows.values_list("kind", "after"))


def test_a_video_is_there_at_once_and_read_by_a_job(w: World, clips: Dataset) -> None:
    media = create(w, clips, made.h264())
    assert (media.kind, media.health, media.frame_count) == ("video", "PROCESSING", None)
    assert media_urls.addresses(media, name="a.mp4").original
    read(media)
    assert (media.health, media.health_reason, media.format) == ("OK", "", "MP4")
    assert (media.width, media.height, media.frame_count, media.duration_ms, media.frame_rate) == (
        128,
        96,
        50,
        2000,
        25.0,
    )
    assert [kind for kind, _ in events_of(clips)][:2] == ["media.created", "media.health"]
    assert not QualityIssue.objects.filter(media=media).exists()
    table = videos.frame_table(media.pk)
    assert table is not None and len(table) == 50


REFUSED = [
    ("a text", b"hello, this is no video at all", "ERROR", "It is not a video."),
    ("nothing", b"", "ERROR", "empty"),
    ("an HTML page", b"<!doctype html><html></html>", "ERROR", "HTML"),
]


@pytest.mark.parametrize(("what", "content", "health", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_no_video_says_so(
    w: World, clips: Dataset, what: str, content: bytes, health: str, words: str
) -> None:
    media = read(create(w, clips, content))
    assert media.health == health and words in media.health_reason
    assert QualityIssue.objects.filter(media=media, severity="error").count() == 1


def test_what_cannot_be_created_leaves_nothing(
    w: World, clips: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(w, clips, made.h264())
    before = Media.all_objects.count(), Job.all_objects.count()

    def refusal(who: Any = w.max, dataset: Dataset = clips, **options: Any) -> str:
        upload = sent(w, dataset, b"x")
        arguments: Any = {"name": "b.mp4", "source": upload} | options
        with pytest.raises(DomainError) as caught:
            videos.create(actor=actor(who), dataset=dataset, **arguments)
        upload.refresh_from_db()
        assert upload.state == "stored"
        return caught.value.code

    assert refusal(name="a.mp4") == "name_taken"
    assert refusal(dataset=w.dataset) == "content_type"
    assert refusal(who=w.vera)
    monkeypatch.setattr("annotator.storage.video.containers.find_spec", lambda name: None)
    with pytest.raises(Invalid, match="extra “video”"):
        videos.create(actor=actor(w.max), dataset=clips, name="b.mp4", source=sent(w, clips, b"x"))
    assert (Media.all_objects.count(), Job.all_objects.count()) == before
