"""Removal of rows for good: media, datasets and projects in the trash, a few at a time. Who may, and when, is decided by the callers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from annotator.models import (
    AttributeValue,
    AugmentationSample,
    Comment,
    Concept,
    Dataset,
    DatasetItem,
    Event,
    Issue,
    Label,
    Media,
    Prediction,
    Project,
    QualityIssue,
    Rendition,
    Segment,
    SegmentConcept,
    Tag,
    Upload,
    VideoFacts,
)

# The time in the trash of what is to go at once: it is over, whatever the setting says, so nothing can be restored.
EXPIRED = datetime(2000, 1, 1, tzinfo=UTC)
# Media of one transaction: with their labels these are some thousand rows.
_MEDIA = 10
_ROWS = 500
#: What goes with a medium besides its labels and their values; a test compares this with the foreign keys.
CHILDREN: tuple[type[Any], ...] = (
    Tag,
    Rendition,
    QualityIssue,
    DatasetItem,
    VideoFacts,
    AugmentationSample,
    Prediction,
    Comment,
    Issue,
)
Rows = Callable[[], QuerySet[Any]]
Step = Callable[[], AbstractContextManager[None]]


def purge_media(
    rows: Rows, *, step: Step = transaction.atomic, on_step: Callable[[int], None] | None = None
) -> int:
    """Delete media with all that hangs on them and return how many; plain statements, children first.

    Each `step` is a transaction, `on_step` is called in it with the number so far. What is restored meanwhile stays:
    the rows are locked before anything of them goes.
    """
    gone = 0
    while True:
        with step():
            ids = list(rows().select_for_update(of=("self",)).values_list("pk", flat=True)[:_MEDIA])
            if not ids:
                return gone
            labels = Label.all_objects.filter(media__in=ids)
            AttributeValue.all_objects.filter(label__in=labels.values("pk")).delete()
            AttributeValue.all_objects.filter(media__in=ids).delete()
            labels._raw_delete("default")
            segments = Segment.all_objects.filter(media__in=ids)
            AttributeValue.all_objects.filter(segment__in=segments.values("pk")).delete()
            SegmentConcept.all_objects.filter(segment__in=segments.values("pk"))._raw_delete("default")
            segments._raw_delete("default")
            for model in CHILDREN:
                model.all_objects.filter(media__in=ids)._raw_delete("default")
            gone += Media.all_objects.filter(pk__in=ids)._raw_delete("default")
            if on_step is not None:
                on_step(gone)


def media_at_home_in(datasets: QuerySet[Any]) -> QuerySet[Any]:
    """Return the media whose home is one of the datasets, also those in the trash."""
    homes = DatasetItem.all_objects.filter(is_home=True, dataset__in=datasets)
    return Media.all_objects.filter(pk__in=homes.values("media"))


def delete_empty(datasets: QuerySet[Any]) -> None:
    """Delete those of the datasets that are the home of nothing."""
    for dataset in datasets:
        with transaction.atomic():
            if not DatasetItem.all_objects.filter(dataset=dataset, is_home=True).exists():
                dataset.delete()


def expired_datasets(before: datetime) -> QuerySet[Any]:
    """Return the datasets that went into the trash before a time."""
    found: QuerySet[Any] = Dataset.all_objects.filter(trashed_at__lt=before)
    return found


def purge_project(project: Project) -> None:
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
