"""Housekeeping of storage, called by the worker once an hour: trash that is over, unused bytes, what killed processes left."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from annotator.models import Dataset, Job, Media, Project, Upload
from annotator.services import blobs
from annotator.services.media import uploads
from annotator.services.projects import datasets, purging

_ROWS = 500
_SLOT_KEPT = timedelta(days=7)


def purge_trash(now: datetime | None = None) -> int:
    """Remove for good what has been in the trash for TRASH_DAYS: media, datasets, projects. Return how many media went."""
    before = (now or timezone.now()) - timedelta(days=settings.TRASH_DAYS)
    for dataset in Dataset.all_objects.filter(trashed_at__isnull=False):
        datasets.trash_media(dataset)  # what a killed server did not get to
    projects = list(Project.all_objects.filter(trashed_at__lt=before))
    expired = purging.expired_datasets(before)
    gone = purging.purge_media(lambda: Media.all_objects.filter(trashed_at__lt=before))
    gone += purging.purge_media(lambda: purging.media_at_home_in(expired))
    for project in projects:
        gone += purging.purge_media(lambda project=project: Media.all_objects.filter(project=project))  # type: ignore[misc]
        purging.purge_project(project)
    purging.delete_empty(expired.all())
    return gone


def forget_exports(now: datetime | None = None) -> int:
    """Let go of files that jobs made and whose time is over; the rows stay, the bytes go with the collector."""
    due = Job.all_objects.filter(expires_at__lt=now or timezone.now(), artifact__isnull=False)
    return due.update(artifact=None)


def forget_uploads(now: datetime | None = None) -> int:
    """Let go of the bytes of upload slots a week after they opened, used or not; else they would outlive the deleted image.

    A slot that waits for its job keeps them.
    """
    before = (now or timezone.now()) - (_SLOT_KEPT - uploads.SLOT_LIFE)
    due = Upload.all_objects.filter(blob__isnull=False, expires_at__lt=before, state__in=("stored", "used"))
    gone = 0
    while ids := list(due.values_list("pk", flat=True)[:_ROWS]):
        gone += Upload.all_objects.filter(pk__in=ids).update(blob=None)
    return gone


def collect_blobs() -> int:
    """Remove bytes that no row refers to and that are older than a day, and forgotten temporary files."""
    blobs.store().clean_scratch(older_than=blobs.KEEP.total_seconds() * 2)
    return blobs.collect()
