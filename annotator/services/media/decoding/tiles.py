"""Which images wait for tiles, and the start of the job that makes them; how it does is in services.tiling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q

from annotator import policy
from annotator.domain.actor import Actor
from annotator.models import Job, JobState, Media, MediaKind, Project, QualityIssue, Rendition
from annotator.models.media import MediaQuerySet
from annotator.services import blobs
from annotator.services.jobs import jobs
from annotator.services.media import urls as media_urls
from annotator.storage import imaging
from annotator.storage.pyramids import rules

JOB = "tiles"
#: The finding on an image of which no tiles could be made.
PROBLEM = "no_tiles"
MISSING = (
    "This server cannot make tiles of images, so a preview of 2,048 pixels is shown. Ask your administrator to install "
    "the extra “tiles” (pip install pyvips pyvips-binary)."
)
# What cannot be shown in full without tiles, as `urls.needs_tiles` says it of one image.
_NEEDS = (
    Q(width__gt=rules.LARGE_SIDE)
    | Q(height__gt=rules.LARGE_SIDE)
    | Q(width__gt=rules.LARGE_PIXELS / F("height"))
    | Q(display_range__isnull=False)
    | Q(mode__contains="-bit")
    | ~Q(format__in=sorted(imaging.WEB_FORMATS))
    & (Q(width__gt=imaging.FIT["preview"]) | Q(height__gt=imaging.FIT["preview"]))
)


def waiting(project: Project) -> MediaQuerySet[Any]:
    """Return the images of a project that need tiles and have none, without those of which none could be made."""
    rows = (
        Media.live_in(project.pk)
        .filter(kind=MediaKind.IMAGE, width__gt=0, height__gt=0)
        .exclude(health="ERROR")
    )
    rows = rows.filter(Q(blob__isnull=False) | Q(bucket__isnull=False)).filter(_NEEDS)
    made = Rendition.all_objects.filter(media__project=project, variant__startswith=rules.COLOR)
    failed = QualityIssue.all_objects.filter(project=project, code=PROBLEM, media__isnull=False)
    found: MediaQuerySet[Any] = rows.exclude(pk__in=made.values("media")).exclude(
        pk__in=failed.values("media")
    )
    return found


def start_for(project: Project, media: Iterable[Media], actor: Actor | None) -> None:
    """Start the job for new images of a project where one of them needs tiles; one that waits to begin serves them too."""
    if any(map(media_urls.needs_tiles, media)) and rules.is_available():
        start(project=project, actor=actor)


def start(*, project: Project, actor: Actor | None) -> Job | None:
    """Start the job that makes all missing tiles of a project, None when one waits already."""
    queued = Job.all_objects.filter(project=project, kind=JOB, state=JobState.QUEUED, begun_at__isnull=True)
    if queued.filter(params={}).exists():
        return None
    return jobs.start(actor=actor, project=project, kind=JOB)


def request(*, actor: Actor, media: Media) -> bool:
    """Start the job for one image that is shown without its tiles; return whether they are to come.

    Allowed with `project.read`: they are the server's own work. Tiles that were lost from the store are made again.
    """
    policy.require(actor, media.project, "project.read")
    if not rules.is_available() or not media_urls.needs_tiles(media) or problem_of(media):
        return False
    held = layers_of(media)
    if held and all(blobs.store().stat(row.blob.sha256) == row.blob.size for row in held):
        return True
    Rendition.all_objects.filter(pk__in=[row.pk for row in held]).delete()
    params = {"media": str(media.pk)}
    if not Job.all_objects.filter(
        project=media.project, kind=JOB, state__in=jobs.OPEN, params=params
    ).exists():
        jobs.start(actor=actor, project=media.project, kind=JOB, params=params)
    return True


def layers_of(media: Media) -> list[Rendition]:
    """Return the layers of the tiles of an image, in order; none while they are made. One query."""
    rows = Rendition.all_objects.filter(media=media, variant__startswith=rules.COLOR).select_related("blob")
    if media.blob_id is not None:
        rows = rows.filter(source=media.blob_id)
    return sorted(rows, key=lambda row: (len(row.variant), row.variant))


def problem_of(media: Media) -> str:
    """Return in words why no tiles could be made of an image, empty when nothing is known against it. One query."""
    rows = QualityIssue.all_objects.filter(media=media, code=PROBLEM)
    return rows.values_list("message", flat=True).first() or ""
