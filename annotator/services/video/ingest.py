"""What a job does with a new video: read it, keep its frame table and tell how it is."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from annotator import events
from annotator.domain.errors import Invalid, Missing, TooLarge
from annotator.events import kinds, payloads
from annotator.models import Blob, Media, QualityIssue, VideoFacts
from annotator.services import blobs
from annotator.services.buckets import reading
from annotator.services.jobs.steps import Steps
from annotator.services.media import url_import
from annotator.services.media.decoding import renditions
from annotator.services.media.decoding.pool import Part
from annotator.services.video import processes
from annotator.services.video.processes import Unreadable
from annotator.services.workspaces.quotas import quotas
from annotator.storage.video.proxy import KEY_GAP

Progress = Callable[[float, str], None]
_INDEX_SHARE = 0.2
# A file from an address may take as long as so many bytes a second come; less holds a worker up.
_RATE = 64 * 1024
_FILES = {"proxy": (".mp4", "video/mp4")}


def run(
    *, media_id: uuid.UUID, name: str, steps: Steps, progress: Progress, check: Callable[[], None]
) -> dict[str, Any]:
    """Read a video and keep what is found; for the job behind `videos.create`, and harmless to repeat.

    Continues after the last step that is done. A file that cannot be read is no failure of the job: its health says so.
    `progress` and `check` may raise to stop.
    """
    media = _find(media_id)
    progress(0.0, f"Reading {name}")
    if media.health == "ERROR" and not steps.done:
        with steps.step():
            set_health(media, "PROCESSING", "")
    blob = media.blob or _fetch(media, name, steps, progress)
    work = _Work(media, name, steps, progress, check)
    with _local(blob) as (path, folder):
        if "index" not in steps.done:
            work.index(path, folder)
        progress(_INDEX_SHARE, f"Reading {name}")
        if steps.done["index"] and "prepared" not in steps.done:
            work.prepare(path, folder)
    return {"health": Media.all_objects.values_list("health", flat=True).get(pk=media_id)}


def _find(media_id: uuid.UUID) -> Media:
    media = Media.objects.select_related("blob", "project").filter(pk=media_id).first()
    if media is None or not (media.blob or media.source_url):
        raise Missing("The video is no longer there.")
    found: Media = media
    return found


def _fetch(media: Media, name: str, steps: Steps, progress: Progress) -> Blob:
    """Fetch the file of a video from its address. An error is shown on the video and ends the job, which can be retried."""

    def on_block(got: int, size: int | None) -> None:
        amount = f"{got / 1024**2:,.0f} MB" + (f" of {size / 1024**2:,.0f} MB" if size else "")
        progress(0.0, f"Fetching {name}: {amount}")

    workspace = media.project.workspace_id
    file = reading.find_path(workspace, media.source_url)
    try:
        if file is None:
            blob = url_import.fetch(
                media.source_url, limit=settings.MAX_VIDEO_BYTES, rate=_RATE, on_block=on_block
            ).blob
        else:
            stored = reading.copy_into_store(
                file.bucket, file.key, limit=settings.MAX_VIDEO_BYTES, on_chunk=on_block
            )
            blob = blobs.record(stored, mime="application/octet-stream")
        with steps.step():
            quotas.check_bytes(workspace, blob.size)
            quotas.note_bytes(workspace, blob.size)
            Media.all_objects.filter(pk=media.pk).update(blob=blob, source_url="")
    except (Invalid, TooLarge) as refusal:
        with steps.step():
            add_issue(media, name, "error", refusal.code, refusal.message)
            set_health(media, "ERROR", refusal.message)
        raise
    media.blob, media.source_url = blob, ""
    return blob


@contextmanager
def _local(blob: Blob) -> Iterator[tuple[Path, Path]]:
    """Give the file of a blob and an empty folder for what is made of it."""
    held = blobs.store()
    with (
        tempfile.TemporaryDirectory(prefix="video-", dir=held.scratch()) as folder,
        held.as_file(blob.sha256) as path,
    ):
        yield path, Path(folder)


@dataclass(frozen=True, slots=True)
class _Work:
    """The two steps of a job for one video; each runs in a child and is then written at once."""

    media: Media
    name: str
    steps: Steps
    progress: Progress
    check: Callable[[], None]

    def index(self, path: Path, folder: Path) -> None:
        """Read facts, frame table and poster."""
        limits = {"pixels": settings.MAX_VIDEO_PIXELS, "seconds": settings.MAX_VIDEO_SECONDS, "frames": settings.MAX_VIDEO_FRAMES}  # fmt: skip
        try:
            found = self._call(
                "index", 0.0, _INDEX_SHARE, f"Reading {self.name}", path, folder, limits=limits
            )
        except Unreadable as refusal:
            with self.steps.step():
                add_issue(self.media, self.name, "error", refusal.code, refusal.message)
                set_health(self.media, "ERROR", refusal.message)
                self.steps.save(index=None)
            return
        parts = _stored(found["parts"], folder)
        facts = found["facts"]
        is_proxied = not facts["is_played"] or found.get("key_gap", 0) > KEY_GAP
        with self.steps.step():
            _write_facts(self.media, found, folder)
            renditions.write(self.media.pk, _source(self.media), parts)
            if facts["problem"]:
                add_issue(self.media, self.name, "warning", "video_damaged", facts["problem"])
            set_health(self.media, "UNHEALTHY" if facts["problem"] else "OK", facts["problem"])
            plan = {"origin": found.get("origin", 0), "is_proxied": is_proxied}
            self.steps.save(index=plan if facts["is_decodable"] else None)

    def prepare(self, path: Path, folder: Path) -> None:
        """Make the filmstrip, and the version for browsers where the original is not played well."""
        table = VideoFacts.objects.get(media=self.media)
        (folder / "frames").write_bytes(bytes(table.frames))
        plan = self.steps.done["index"]
        words = (
            f"Making {self.name} playable in browsers"
            if plan["is_proxied"]
            else f"Making the filmstrip of {self.name}"
        )
        problem, parts = "", []
        try:
            found = self._call("prepare", _INDEX_SHARE, 1.0, words, path, folder, **plan)
            parts = _stored(found["parts"], folder)
            problem = _undecoded(found["decoded"], self.media)
        except Unreadable as refusal:
            problem = f"No version for browsers could be made of it. {refusal.message}"
        with self.steps.step():
            renditions.write(self.media.pk, _source(self.media), parts)
            if problem:
                add_issue(self.media, self.name, "warning", "video_damaged", problem)
            health, reason = self.media.health, self.media.health_reason
            set_health(self.media, "UNHEALTHY" if problem else health, reason or problem)
            self.steps.save(prepared=True)

    def _call(
        self, call: str, start: float, end: float, words: str, path: Path, folder: Path, **args: Any
    ) -> dict[str, Any]:
        return processes.call(
            call, progress=lambda part: self.progress(start + (end - start) * part, words), check=self.check,
            path=str(path), folder=str(folder), **args,
        )  # fmt: skip


def _undecoded(decoded: int | None, media: Media) -> str:
    """Return in words how many frames cannot be decoded; empty when all can, or not all were tried."""
    frames = media.frame_count or 0
    if decoded is None or decoded >= frames:
        return ""
    return f"The file is damaged: {frames - decoded:,} of its {frames:,} frames cannot be decoded."


def _source(media: Media) -> uuid.UUID:
    assert media.blob_id is not None
    return media.blob_id


def _stored(parts: Sequence[dict[str, Any]], folder: Path) -> list[tuple[Part, Blob]]:
    """Store the files that a child made; the bytes of a part stay on disk."""
    kept = []
    for part in parts:
        suffix, mime = _FILES.get(part["variant"], (".jpg", "image/jpeg"))
        with (folder / f"{part['variant']}{suffix}").open("rb") as file:
            blob = blobs.put_stream(file, mime=mime)
        kept.append((Part(part["variant"], part["width"], part["height"], b""), blob))
    return kept


def _write_facts(media: Media, found: dict[str, Any], folder: Path) -> None:
    facts = found["facts"]
    frames = (folder / "frames").read_bytes() if found["frames"] else b""
    columns = {
        "codec": facts["codec"], "pixel_format": facts["pixel_format"], "audio": facts["audio"],
        "rotation": facts["rotation"], "is_variable": facts["is_variable"], "is_played": facts["is_played"],
        "key_gap": found.get("key_gap", 0), "frames": frames,
    }  # fmt: skip
    QualityIssue.objects.filter(media=media).delete()
    VideoFacts.objects.update_or_create(media=media, defaults=columns)
    media.frame_count = found["frames"]
    Media.all_objects.filter(pk=media.pk).update(
        width=facts["width"], height=facts["height"], format=facts["container"], frame_rate=facts["frame_rate"] or None,
        duration_ms=found.get("duration_ms"), frame_count=found["frames"], is_prepared=bool(found["parts"]),
    )  # fmt: skip


def add_issue(media: Media, name: str, severity: str, code: str, message: str) -> None:
    """Put a finding in the place of earlier ones."""
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
