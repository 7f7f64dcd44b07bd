"""Read-only queries for the page of datasets."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from annotator import policy
from annotator.models import Dataset, DatasetItem, MediaStatus, Project
from annotator.services.projects import dataset_order
from annotator.web.selectors import progress


@dataclass(frozen=True, slots=True)
class DatasetRow:
    dataset: Dataset
    progress: progress.Progress


def datasets(project: Project) -> list[DatasetRow]:
    """Return the datasets of a project in list order, with their progress. Three queries."""
    rows = dataset_order.in_order(project)
    live = DatasetItem.objects.filter(dataset__in=[row.pk for row in rows], is_home=True)
    counted = live.order_by().values_list("dataset", "media__status").annotate(Count("id"))
    counts = {(dataset, status): count for dataset, status, count in counted}
    statuses = sorted(
        MediaStatus.objects.filter(project=project),
        key=lambda one: (progress.ORDER.index(one.base), one.order),
    )
    found = []
    for row in rows:
        total = sum(counts.get((row.pk, one.pk), 0) for one in statuses)
        parts = tuple(progress.Part(one, counts.get((row.pk, one.pk), 0), total) for one in statuses)
        finished = sum(part.count for part in parts if part.status.base in policy.FINISHED)
        found.append(DatasetRow(row, progress.Progress(parts, total, finished)))
    return found
