"""Read-only queries for the page of quality findings: filters, counts, a page of rows."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from annotator.domain.text import name_key
from annotator.models import Dataset, DatasetItem, MediaKind, Project, QualityIssue
from annotator.services.insight import quality_log
from annotator.services.projects import dataset_order
from annotator.web.display_names import finding_name

PAGE = 50


@dataclass(frozen=True, slots=True)
class QualityFilter:
    """Which findings are shown; empty values leave out nothing."""

    severity: str = ""
    code: str = ""
    dataset: uuid.UUID | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with the page of its image, "" for a file that became none."""

    severity: str
    title: str
    message: str
    file: str
    number: int | None
    dataset: str
    url: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many findings a project has of each severity and code, whatever the filter."""

    severities: tuple[tuple[str, int], ...]
    codes: tuple[tuple[str, str, int], ...]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.severities)


def counts(project: Project) -> Counts:
    """Return the counts of a project. One query."""
    rows = quality_log.findings(project=project).order_by().values("severity", "code")
    severities: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for severity, code, number in rows.annotate(n=Count("pk")).values_list("severity", "code", "n"):
        severities[severity] += number
        codes[code] += number
    named = sorted(
        ((code, finding_name(code), number) for code, number in codes.items()), key=lambda row: row[1]
    )
    return Counts(tuple((one, severities[one]) for one in quality_log.SEVERITIES), tuple(named))


def datasets(project: Project) -> list[Dataset]:
    """Return the datasets that can be chosen, in list order."""
    return list(dataset_order.in_order(project))


def find_dataset(project: Project, dataset_id: uuid.UUID) -> Dataset | None:
    """Return a dataset of the project."""
    found: Dataset | None = Dataset.objects.filter(project=project, pk=dataset_id).first()
    return found


def page(project: Project, chosen: QualityFilter, start: int) -> tuple[list[FindingRow], int]:
    """Return up to PAGE rows from `start` on, in row order, and how many the filter leaves. Three queries at most."""
    found = _findings(project, chosen)
    home = DatasetItem.all_objects.filter(media=OuterRef("media_id"), is_home=True).order_by()
    rows = found.annotate(of=Subquery(home.values("dataset__name")[:1])).select_related("media", "dataset")
    return [_row(one) for one in rows[start : start + PAGE]], found.count()


def _findings(project: Project, chosen: QualityFilter) -> QuerySet[QualityIssue]:
    dataset = find_dataset(project, chosen.dataset) if chosen.dataset else None
    if chosen.dataset and dataset is None:
        return QualityIssue.objects.none()
    rows = quality_log.findings(project=project, dataset=dataset)
    for column in ("severity", "code"):
        if value := getattr(chosen, column):
            rows = rows.filter(**{column: value})
    if chosen.name:
        key = name_key(chosen.name)
        homes = DatasetItem.all_objects.filter(dataset__project=project, is_home=True, name_key__contains=key)
        unnamed = Q(media=None, source__icontains=chosen.name)
        rows = rows.filter(Q(media__in=homes.values("media")) | unnamed)
    return rows


def _row(one: Any) -> FindingRow:
    url = ""
    if one.media is not None:
        page_name = "video" if one.media.kind == MediaKind.VIDEO else "label"
        url = reverse(page_name, args=[one.media.pk])
    return FindingRow(
        severity=one.severity,
        title=finding_name(one.code),
        message=one.message,
        file=one.file,
        number=one.row,
        dataset=one.of or (one.dataset.name if one.dataset else ""),
        url=url,
    )
