"""A video from its upload to its health: rows, events, jobs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from annotator.domain.errors import DomainError, Invalid
from annotator.jobs import engine
from annotator.models import Dataset, Event, Job, Media, QualityIssue, Rendition, Upload, VideoFacts
from annotator.services import blobs
from annotator.services.jobs import children, jobs
from annotator.services.media import uploads, url_import, urls as media_urls
from annotator.services.video import playing, processes, videos
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
    rows = Event.all_objects.filter(project=dataset.project).exclude(kind="job.changed").order_by("seq")
    return list(rows.values_list("kind", "after"))


def test_a_video_comes_from_an_address_by_its_job(
    w: World, clips: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that fails is told on the video and fails the job, which fetches it when it is tried again."""
    told: list[dict[str, Any]] = []

    def fetch(url: object, **options: Any) -> url_import.Fetched:
        told.append(options)
        if len(told) == 1:
            raise Invalid("The file cannot be fetched: the host answers too slowly.", field="url")
        options["on_block"](1024**2, 3 * 1024**2)
        return url_import.Fetched(blob=blobs.put_bytes(made.h264()), name="far.mp4")

    monkeypatch.setattr(url_import, "look", lambda url, *, limit: "far.mp4")
    monkeypatch.setattr(url_import, "fetch", fetch)
    address = "https://example.org/far.mp4"
    media = videos.create_from_url(actor=actor(w.max), dataset=clips, url=address)
    assert (media.blob, media.source_url, media.health) == (None, address, "PROCESSING")
    job = Job.objects.get(kind=videos.JOB)
    engine.run(job.pk)
    job.refresh_from_db()
    media.refresh_from_db()
    assert (job.state, media.health) == ("FAILED", "ERROR") and "too slowly" in job.error
    assert media.health_reason == job.error and QualityIssue.objects.get(media=media).severity == "error"
    jobs.retry(actor=actor(w.max), job=job)
    read(media)
    assert (media.health, media.source_url, media.frame_count) == ("OK", "", 50)
    assert (
        media.blob is not None and told[1]["rate"] and not QualityIssue.objects.filter(media=media).exists()
    )


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
    (b"hello, this is no video at all", "It is not a video."),
    (b"", "empty"),
    (b"<!doctype html><html></html>", "HTML"),
]


def test_what_is_no_video_says_so(w: World, clips: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (content, words) in enumerate(REFUSED):
        media = read(create(w, clips, content, f"{number}.mp4"))
        assert media.health == "ERROR" and words in media.health_reason
        assert QualityIssue.objects.filter(media=media, severity="error").count() == 1
        made.read_in_process(monkeypatch)  # the first by the child itself


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


def truncated(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


#: What is sent -> (health, words of the reason, frames).
BROKEN: dict[str, tuple[Callable[[], bytes], str, str, int | None]] = {
    "cut off before its index": (lambda: truncated(made.h264(), 0.5), "ERROR", "cut off", None),
    "cut off behind its index": (lambda: truncated(made.index_first(made.h264()), 0.7), "UNHEALTHY", "cut off", None),
    "cut off WebM": (lambda: truncated(made.vp9(), 0.5), "UNHEALTHY", "cut off", None),
    "no frame": (lambda: made.without_frames(), "ERROR", "no frame", None),
    "sound only": (lambda: made.make("mp4", frames=0, sound="aac"), "UNHEALTHY", "sound only", 0),
    "unknown codec": (lambda: made.renamed_codec(made.h264()), "UNHEALTHY", "codec is unknown", 0),
    "absurd duration": (lambda: made.absurd_header(made.h264()), "OK", "", 50),
    "absurd size": (lambda: made.absurd_size(made.make("avi", "rawvideo", pixels="bgr24", frames=5)), "ERROR", "limit", None),
    "wrong extension": (lambda: made.vp9(), "OK", "", 50),
    "uncompressed AVI": (lambda: made.make("avi", "rawvideo", pixels="bgr24", frames=12), "OK", "", 12),
    "a playlist": (lambda: b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "ERROR", "not a video", None),
    "noise": (lambda: b"\x1aE\xdf\xa3" + bytes(range(256)) * 40, "ERROR", "cut off or damaged", None),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_video_says_what_is_wrong(
    w: World, clips: Dataset, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.read_in_process(monkeypatch)
    content, health, words, frames = BROKEN[what]
    media = read(create(w, clips, content()))
    assert media.health == health and words in media.health_reason, (media.health, media.health_reason)
    if frames is not None:
        assert media.frame_count == frames
    issues = QualityIssue.objects.filter(media=media)
    assert issues.count() == (media.health != "OK")
    if media.health == "ERROR":  # nothing half-written
        assert not Rendition.objects.filter(media=media).exists()
        assert not VideoFacts.objects.filter(media=media).exists()
        assert media.frame_count is None and not media.is_prepared


def test_what_browsers_do_not_play_gets_a_version_that_they_do(
    w: World, clips: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    avi = read(create(w, clips, made.make("avi", "rawvideo", pixels="bgr24", frames=12), "a.avi"))
    made.read_in_process(monkeypatch)
    mp4 = read(create(w, clips, made.h264(), "b.mp4"))
    far = read(create(w, clips, made.far_keys(), "c.mp4"))
    variants = [
        set(Rendition.objects.filter(media=one).values_list("variant", flat=True)) for one in (avi, mp4, far)
    ]
    assert [sorted(one) for one in variants] == [
        ["preview", "proxy", "sprites", "thumbnail"], ["preview", "sprites", "thumbnail"], ["preview", "proxy", "sprites", "thumbnail"]
    ]  # fmt: skip
    avi.refresh_from_db()
    played = playing.playable(avi, name="a.avi")
    assert played.url and "/proxy/" in played.url and played.mime == "video/mp4"
    assert (played.tiles, played.columns, played.tile_width, played.tile_height) == (12, 10, 128, 96)
    original = playing.playable(mp4, name="b.mp4")
    assert original.url and "/original/" in original.url and original.poster and original.filmstrip


def test_a_decoder_that_crashes_hangs_or_eats_takes_nothing_down(
    w: World, clips: Dataset, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """The child is the real one, told to misbehave by a module that it imports first."""
    settings.VIDEO_STALL_SECONDS = 1
    ways = {
        "import os; os.abort()": "decoder failed",
        "import threading; threading.Event().wait()": "hung",
        "bytearray(1 << 36)": "memory",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "memory",
    }
    real = processes.command
    for number, (code, words) in enumerate(ways.items()):
        script = f"import annotator.services.video.child as child\ndef call(**args):\n    {code}\nchild.CALLS = {{'index': call}}\nimport sys\nchild.main(*(int(one) for one in sys.argv[1:4]))"
        monkeypatch.setattr(
            processes, "command", lambda script=script: [real()[0], "-c", script, *real()[3:]]
        )
        media = read(create(w, clips, made.h264(), f"{number}.mp4"))
        assert media.health == "ERROR" and words in media.health_reason, (code, media.health_reason)


def test_stopping_ends_the_child(w: World, clips: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(BaseException):
        pass

    started: list[Any] = []
    start = children._start
    monkeypatch.setattr(children, "_start", lambda command: started.append(start(command)) or started[-1])

    def check() -> None:
        raise Stop

    with pytest.raises(Stop):
        processes.call(
            "index", progress=lambda share: None, check=check, path="/dev/null", folder="/", limits={}
        )
    assert started[0].returncode is not None


def test_a_cancelled_video_says_so_and_is_read_again(
    w: World, clips: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.read_in_process(monkeypatch)
    media = create(w, clips, made.h264())
    job = Job.objects.get(kind=videos.JOB, params__media=str(media.pk))
    jobs.cancel(actor=actor(w.max), job=job)
    engine.run(job.pk)
    job.refresh_from_db()
    media.refresh_from_db()
    assert job.state == "CANCELLED" and media.health == "ERROR" and "page Jobs" in media.health_reason
    jobs.retry(actor=actor(w.max), job=job)
    assert (read(media).health, media.health_reason) == ("OK", "")
    healths = [json.loads(after)["health"] for kind, after in events_of(clips) if kind == "media.health"]
    assert healths == ["ERROR", "PROCESSING", "OK", "OK"]


def test_many_videos_do_not_use_up_the_jobs_of_a_workspace(w: World, clips: Dataset, settings: Any) -> None:
    settings.QUOTA_JOBS = 1
    for number in range(3):
        create(w, clips, b"x", f"{number}.mp4")
    jobs.start(actor=actor(w.max), workspace=w.workspace, project=clips.project, kind="export")
    with pytest.raises(DomainError, match="limit"):
        jobs.start(actor=actor(w.max), workspace=w.workspace, project=clips.project, kind="export")
    create(w, clips, b"x", "4.mp4")
