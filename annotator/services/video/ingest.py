"""What a job does with a new video: read it, keep its frame table and tell how it is."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from annotator import events
from annotator.domain.errors import Missing
from annotator.events import kinds, payloads
from annotator.models import Blob, Media, QualityIssue, VideoFacts
from annotator.services import blobs
from annotator.services.jobs.steps import Steps
from annotator.services.video import processes
from annotator.services.video.processes import Unreadable

Progress = Callable[[float, str], None]


def run(
    *, media_id: uuid.UUID, name: str, steps: Steps, progress: Progress, check: Callable[[], None]
) -> dict[str, Any]:
    """Read a video and keep what is found; for the job behind `videos.create`, and harmless to repeat.

    Continues after the last step that is done. A file that cannot be read is no failure of the job: its health says so.
    `progress` and `check` may raise to stop.
    """
    media, blob = _find(media_id)
    progress(0.0, f"Reading {name}")
    if media.health == "ERROR" and not steps.done:
        with steps.step():
            set_health(media, "PROCESSING", "")
    with _local(blob) as (path, folder):
        if "index" not in steps.done:
            _index(media, name, path, folder, steps, progress, check)
        progress(0.3, f"Reading {name}")
    return {"health": Media.all_objects.values_list("health", flat=True).get(pk=media_id)}


def _find(media_id: uuid.UUID) -> tuple[Media, Blob]:
    media = Media.objects.select_related("blob", "project").filter(pk=media_id).first()
    if media is None or media.blob is None:
        raise Missing("The video is no longer there.")
    return media, media.blob


@contextmanager
def _local(blob: Blob) -> Iterator[tuple[Path, Path]]:
    """Give the file of a blob and an empty folder for what is made of it."""
    held = blobs.store()
    with (
        tempfile.TemporaryDirectory(prefix="video-", dir=held.scratch()) as folder,
        held.as_file(blob.sha256) as path,
    ):
        yield path, Path(folder)


def _index(
    media: Media,
    name: str,
    path: Path,
    folder: Path,
    steps: Steps,
    progress: Progress,
    check: Callable[[], None],
) -> None:
    limits = {
        "pixels": settings.MAX_VIDEO_PIXELS,
        "seconds": settings.MAX_VIDEO_SECONDS,
        "frames": settings.MAX_VIDEO_FRAMES,
    }
    try:
        found = processes.call(
            "index",
            progress=lambda part: progress(0.3 * part, f"Reading {name}"),
            check=check,
            path=str(path),
            folder=str(folder),
            limits=limits,
        )
    except Unreadable as refusal:
        with steps.step():
            _write_refusal(media, name, refusal)
            steps.save(index=False)
        return
    with steps.step():
        _write_facts(media, name, found, folder)
        steps.save(index=True)


def _write_facts(media: Media, name: str, found: dict[str, Any], folder: Path) -> None:
    facts = found["facts"]
    frames = (folder / "frames").read_bytes() if found["frames"] else b""
    columns = {
        "codec": facts["codec"], "pixel_format": facts["pixel_format"], "audio": facts["audio"],
        "rotation": facts["rotation"], "is_variable": facts["is_variable"], "is_played": facts["is_played"],
        "key_gap": found.get("key_gap", 0), "frames": frames,
    }  # fmt: skip
    VideoFacts.objects.update_or_create(media=media, defaults=columns)
    Media.all_objects.filter(pk=media.pk).update(
        width=facts["width"], height=facts["height"], format=facts["container"], frame_rate=facts["frame_rate"] or None,
        duration_ms=found.get("duration_ms"), frame_count=found["frames"],
    )  # fmt: skip
    if facts["problem"]:
        _add_issue(media, name, "warning", "video_damaged", facts["problem"])
    set_health(media, "UNHEALTHY" if facts["problem"] else "OK", facts["problem"])


def _write_refusal(media: Media, name: str, refusal: Unreadable) -> None:
    _add_issue(media, name, "error", refusal.code, refusal.message)
    set_health(media, "ERROR", refusal.message)


def _add_issue(media: Media, name: str, severity: str, code: str, message: str) -> None:
    QualityIssue.objects.filter(media=media).delete()
    QualityIssue.objects.create(
        project_id=media.project_id,
        media=media,
        severity=severity,
        code=code,
        source=name,
        message=message[:1000],
    )


def set_health(media: Media, health: str, reason: str) -> None:
    """Write the health of a video and record it, so that pages follow; in the caller's transaction."""
    Media.all_objects.filter(pk=media.pk).update(
        health=health, health_reason=reason[:500], updated_at=timezone.now()
    )
    media.health, media.health_reason = health, reason[:500]
    after: payloads.MediaHealth = {"media": [str(media.pk)], "health": health, "reason": media.health_reason}
    events.record(
        actor=None, kind=kinds.MEDIA_HEALTH, project_id=media.project_id, media_id=media.pk, after=after
    )


def give_up(media_id: uuid.UUID, reason: str) -> None:
    """Say on a video that was still being read that nobody reads it any more. Harmless otherwise."""
    media = Media.objects.filter(pk=media_id, health="PROCESSING").first()
    if media is not None:
        set_health(media, "ERROR", reason)
