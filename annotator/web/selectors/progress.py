"""Read-only queries for progress: media per status, as shares of a bar."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from annotator import policy
from annotator.models import Media, MediaStatus

# The order of statuses in a bar: finished ones first, skipped last.
ORDER = ("DONE", "COMPLETED", "TO REVIEW", "IN PROGRESS", "AUTO-LABELLED", "NEW", "SKIPPED")


@dataclass(frozen=True, slots=True)
class Part:
    """One status of a project and its number of media."""

    status: MediaStatus
    count: int
    total: int

    @property
    def width(self) -> str:
        """The share as a CSS length, with a decimal point in every language."""
        return f"{100 * self.count / self.total:.2f}%" if self.total else "0%"


@dataclass(frozen=True, slots=True)
class Progress:
    """All statuses of a project in the order of the bar."""

    parts: tuple[Part, ...]
    total: int
    finished: int

    @property
    def share(self) -> float:
        return self.finished / self.total if self.total else 0.0

    @property
    def shown(self) -> list[Part]:
        """The statuses with media, which are shown in the bar."""
        return [part for part in self.parts if part.count]

    def count_of(self, *bases: str) -> int:
        """Return the number of media in statuses with these bases."""
        return sum(part.count for part in self.parts if part.status.base in bases)

    @property
    def to_review(self) -> int:
        return self.count_of("TO REVIEW")

    @property
    def to_label(self) -> int:
        return self.count_of("NEW", "IN PROGRESS", "AUTO-LABELLED")


def of_projects(project_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Progress]:
    """Return the progress of each project. Two queries, however many projects."""
    ids = list(project_ids)
    # Grouped by project too, so that the query only scans the index of statuses: a quarter of the time with 100,000 media.
    counted = (
        Media.all_objects.filter(project__in=ids, trashed_at=None)
        .values_list("project", "status")
        .annotate(Count("id"))
    )
    counts: dict[uuid.UUID, int] = {status: count for _, status, count in counted.order_by()}
    statuses: dict[uuid.UUID, list[MediaStatus]] = {key: [] for key in ids}
    for status in MediaStatus.all_objects.filter(project__in=ids):
        statuses[status.project_id].append(status)
    return {key: _progress(rows, counts) for key, rows in statuses.items()}


def of_project(project_id: uuid.UUID) -> Progress:
    """Return the progress of one project. Two queries."""
    return of_projects([project_id])[project_id]


def _progress(statuses: list[MediaStatus], counts: dict[uuid.UUID, int]) -> Progress:
    total = sum(counts.get(status.pk, 0) for status in statuses)
    ordered = sorted(statuses, key=lambda status: (ORDER.index(status.base), status.order))
    parts = tuple(Part(status, counts.get(status.pk, 0), total) for status in ordered)
    return Progress(parts, total, sum(part.count for part in parts if part.status.base in policy.FINISHED))
