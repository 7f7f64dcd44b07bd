"""Housekeeping of storage, called by the worker once an hour: trash that is over, unused bytes, what killed processes left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotator.models import (
    AttributeValue,
    Concept,
    Dataset,
    DatasetItem,
    Event,
    Job,
    Label,
    Media,
    Project,
    QualityIssue,
    Rendition,
    Tag,
    Upload,
)
from annotator.services import blobs
from annotator.services.media import uploads
from annotator.services.projects import datasets

# Media of one transaction: with their labels these are some thousand rows.
_MEDIA = 10
_ROWS = 500
_SLOT_KEPT = timedelta(days=7)


def purge_trash(now: datetime | None = None) -> int:
    """Remove for good what has been in the trash for TRASH_DAYS: media, datasets, projects. Return how many media went."""
    before = (now or timezone.now()) - timedelta(days=settings.TRASH_DAYS)
    for dataset in Dataset.all_objects.filter(trashed_at__isnull=False):
        datasets.trash_media(dataset)  # what a killed server did not get to
    projects = list(Project.all_objects.filter(trashed_at__lt=before))
    gone = _purge_media(lambda: Media.all_objects.filter(trashed_at__lt=before))
    for project in projects:
        gone += _purge_media(lambda project=project: Media.all_objects.filter(project=project))  # type: ignore[misc]
        _purge_project(project)
    for dataset in Dataset.all_objects.filter(trashed_at__lt=before):
        if not DatasetItem.all_objects.filter(dataset=dataset, is_home=True).exists():
            dataset.delete()
    return gone


def _purge_media(rows: Callable[[], QuerySet[Any]]) -> int:
    """Delete media with all that hangs on them, a few at a time; plain statements, children first."""
    gone = 0
    while ids := list(rows().values_list("pk", flat=True)[:_MEDIA]):
        labels = Label.all_objects.filter(media__in=ids)
        with transaction.atomic():
            AttributeValue.all_objects.filter(label__in=labels.values("pk")).delete()
            AttributeValue.all_objects.filter(media__in=ids).delete()
            labels._raw_delete("default")
            for model in (Tag, Rendition, QualityIssue, DatasetItem):
                model.all_objects.filter(media__in=ids)._raw_delete("default")
            gone += Media.all_objects.filter(pk__in=ids)._raw_delete("default")
    return gone


def _purge_project(project: Project) -> None:
    """Delete a project whose media are gone: the long tables in chunks, then what is left in one go."""
    for rows in (
        Event.all_objects.filter(project=project),
        Upload.all_objects.filter(project=project),
        QualityIssue.all_objects.filter(project=project),
    ):
        while ids := list(rows.values_list("pk", flat=True)[:_ROWS]):
            rows.filter(pk__in=[str(key) for key in ids]).delete()
    with transaction.atomic():
        Concept.all_objects.filter(project=project).delete()
        project.delete()


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
