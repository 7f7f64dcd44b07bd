"""What the job does: the tiles of one image after the other, each in a child process, kept with the image."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from annotator import events
from annotator.domain.errors import Invalid, Missing
from annotator.events import kinds, payloads
from annotator.models import Blob, DatasetItem, Media, Project, QualityIssue, Rendition
from annotator.services import blobs
from annotator.services.jobs import children
from annotator.services.jobs.children import Limits, Unreadable
from annotator.services.jobs.steps import Steps
from annotator.services.media import urls as media_urls
from annotator.services.media.decoding import renditions, tiles as media_tiles
from annotator.services.media.decoding.pool import Part
from annotator.storage.pyramids import rules

Progress = Callable[[float, str], None]
_MODULE = "annotator.services.tiling.child"


def run(
    *,
    project: Project,
    media_id: uuid.UUID | None,
    steps: Steps,
    progress: Progress,
    check: Callable[[], None],
) -> dict[str, Any]:
    """Make the missing tiles of a project, or of one of its images. Harmless to repeat; continues after the last image.

    Raises Invalid at the end when some could not be made: these have a finding that says why, and are tried again when the
    job is. `progress` and `check` may raise to stop: the child is ended and nothing is kept of its image.
    """
    if not rules.is_available():
        raise Invalid(media_tiles.MISSING, code=media_tiles.PROBLEM)
    _forget_failures(steps)
    rows = media_tiles.waiting(project).order_by("pk")
    if media_id is not None:
        rows = rows.filter(pk=media_id)
    done, last = int(steps.done.get("images", 0)), uuid.UUID(int=0)
    total = done + rows.count()
    failed: dict[str, str] = {}
    while (media := rows.filter(pk__gt=last).select_related("blob", "project", "bucket").first()) is not None:
        last = media.pk
        name = (
            DatasetItem.all_objects.filter(media=media, is_home=True).values_list("name", flat=True).first()
            or ""
        )
        words = f"{name} ({done + 1:,} of {max(total, done + 1):,})" if total > 1 else name
        share = max(total, done + 1)

        def report(part: float, at: int = done, words: str = words, share: int = share) -> None:
            progress((at + part) / share, words)

        report(0.0)
        try:
            _make(media, steps, report, check, done + 1)
        except (Unreadable, Missing) as refusal:
            failed[str(media.pk)] = f"{name}: {refusal.message}"
            _note(media, name, refusal.message, steps, {"failed": list(failed), "images": done + 1})
        done += 1
    if failed:
        told = "; ".join(list(failed.values())[:5])
        raise Invalid(
            f"No tiles could be made of {len(failed):,} of {done:,} images. {told}", code=media_tiles.PROBLEM
        )
    return {"images": done}


def _forget_failures(steps: Steps) -> None:
    """Delete the findings of earlier attempts at this job: it was asked to try again."""
    known = [uuid.UUID(key) for key in steps.done.get("failed", ())]
    if known:
        with steps.step():
            QualityIssue.all_objects.filter(media__in=known, code=media_tiles.PROBLEM).delete()
            steps.save(failed=[], images=0)


def _make(
    media: Media, steps: Steps, report: Callable[[float], None], check: Callable[[], None], done: int
) -> None:
    limits = Limits(settings.DECODE_MEMORY_MB, settings.TILE_SECONDS, settings.TILE_SECONDS)
    with (
        tempfile.TemporaryDirectory(prefix="tiles-", dir=blobs.store().scratch()) as folder,
        renditions.open_source(media) as (path, _),
    ):
        found = children.call(
            children.command(_MODULE, limits), "make", limits=limits, progress=report, check=check,
            args={"path": str(path), "folder": folder, "max_pixels": settings.MAX_IMAGE_PIXELS},
        )  # fmt: skip
        if (found["width"], found["height"]) != (media.width, media.height):
            raise Unreadable("Its size is not that of its preview.", code=media_tiles.PROBLEM)
        parts = [_stored(Path(folder) / f"{layer}.zip", layer, found) for layer in found["layers"]]
    with steps.step():
        # The bytes may have been replaced meanwhile: then these are tiles of the old ones.
        current = Media.all_objects.filter(pk=media.pk, blob=media.blob_id).select_for_update(of=("self",))
        if current.exists():
            Rendition.all_objects.filter(media=media, variant__startswith=rules.COLOR).delete()
            renditions.write(media.pk, media.blob_id, parts)
            _record(media)
        steps.save(images=done)


def _stored(file: Path, layer: str, found: dict[str, Any]) -> tuple[Part, Blob]:
    with file.open("rb") as stream:
        blob = blobs.put_stream(stream, mime="application/zip")
    file.unlink()
    return Part(layer, found["width"], found["height"], b""), blob


def _note(media: Media, name: str, reason: str, steps: Steps, saved: dict[str, Any]) -> None:
    """Add a finding to an image that says why it has no tiles: none are to be waited for."""
    message = f"No tiles could be made of it, so a preview of 2,048 pixels is shown. {reason}"
    with steps.step():
        QualityIssue.all_objects.filter(media=media, code=media_tiles.PROBLEM).delete()
        QualityIssue.all_objects.create(
            project_id=media.project_id, media=media, severity="warning", code=media_tiles.PROBLEM, source=name, message=message[:1000]
        )  # fmt: skip
        steps.save(**saved)
        _record(media)


def _record(media: Media) -> None:
    """Tell pages that show the image to fetch it again."""
    after: payloads.MediaPayload = {"media": [str(media.pk)]}
    events.record(
        actor=None, kind=kinds.MEDIA_TILES, project_id=media.project_id, media_id=media.pk, after=after
    )


def addresses(media: Media) -> dict[str, Any] | None:
    """Return {"layers": addresses (see `urls.tiles`), "problem"} of an image that needs tiles, None for any other.

    Without layers and problem they are still to be made. One query for an image with tiles, two without, none for others.
    """
    if not media_urls.needs_tiles(media):
        return None
    layers = [row.variant for row in media_tiles.layers_of(media)]
    if layers:
        return {"layers": media_urls.tiles(media, layers), "problem": ""}
    return {
        "layers": [],
        "problem": media_tiles.problem_of(media) if rules.is_available() else media_tiles.MISSING,
    }
