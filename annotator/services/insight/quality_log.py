"""The quality log: what is known of the files of a project or a dataset, one line a finding, after a line that counts them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotator.models import Dataset, DatasetItem, Media, Project, QualityIssue

SEVERITIES = ("error", "warning", "info")
#: The name of the column that holds the images.
COLUMN = "image"
_PORTION = 1000
_COLUMNS = ("media_id", "id", "severity", "code", "message", "row", "file")


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows there are and how many findings of each severity."""

    rows: int
    errors: int
    warnings: int
    infos: int

    @property
    def findings(self) -> int:
        return self.errors + self.warnings + self.infos

    def __str__(self) -> str:
        return (
            f"SUMMARY rows={self.rows} findings={self.findings} "
            f"errors={self.errors} warnings={self.warnings} infos={self.infos}"
        )


def findings(*, project: Project, dataset: Dataset | None = None) -> QuerySet[QualityIssue]:
    """Return the findings of a project, or of one of its datasets, in row order: as the images were added.

    Each has `file`, its present name, and `row`, the number of its image. Files that became no image come last, with
    the row null. Images in the trash are left out, and so is a finding of equal bytes when no other image has them now.
    """
    twins = Media.all_objects.filter(
        project=project, trashed_at=None, blob=OuterRef("media__blob"), blob__isnull=False
    ).exclude(pk=OuterRef("media_id"))
    rows: QuerySet[QualityIssue] = QualityIssue.objects.filter(project=project, media__trashed_at=None)
    rows = rows.filter(~Q(code="duplicate_of") | Exists(twins))
    if dataset is not None:
        homes = DatasetItem.all_objects.filter(media=OuterRef("media_id"), dataset=dataset, is_home=True)
        rows = rows.filter(Q(media=None, dataset=dataset) | Exists(homes))
    home = DatasetItem.all_objects.filter(media=OuterRef("media_id"), is_home=True).order_by()
    named = rows.annotate(row=F("media__number"), file=Coalesce(Subquery(home.values("name")[:1]), "source"))
    return named.order_by(F("media_id").asc(nulls_last=True), "id")


class QualityLog:
    """The lines of a log, sliced and counted like a list: the summary, then the findings. Asks three times at most."""

    def __init__(self, *, project: Project, dataset: Dataset | None = None) -> None:
        self._project, self._dataset = project, dataset
        self._rows = findings(project=project, dataset=dataset)

    @cached_property
    def summary(self) -> Summary:
        media = Media.objects.filter(project=self._project)
        if self._dataset is not None:
            media = media.filter(items__dataset=self._dataset, items__is_home=True)
        grouped = self._rows.order_by().values("severity").annotate(number=Count("pk"))
        counts = dict(grouped.values_list("severity", "number"))
        return Summary(media.count(), *(counts.get(severity, 0) for severity in SEVERITIES))

    def count(self) -> int:
        """Return the number of lines."""
        return self.summary.findings + 1

    def __getitem__(self, page: slice) -> list[str]:
        start, stop = page.start or 0, page.stop
        head = [str(self.summary)] if start == 0 and stop > 0 else []
        found = self._rows.values_list(*_COLUMNS, named=True)[max(0, start - 1) : max(0, stop - 1)]
        return head + [line_of(row) for row in found]

    def __iter__(self) -> Iterator[str]:
        """Yield all lines, read a portion at a time so that a slow reader holds nothing open."""
        yield str(self.summary)
        rows = self._rows.values_list(*_COLUMNS, named=True)
        portion = list(rows[:_PORTION])
        while portion:
            yield from map(line_of, portion)
            last = portion[-1]
            portion = list(rows.filter(_after(last.media_id, last.id))[:_PORTION])


def _after(media_id: uuid.UUID | None, issue_id: uuid.UUID) -> Q:
    """Return the condition of the findings behind one."""
    if media_id is None:
        return Q(media=None, id__gt=issue_id)
    return Q(media_id__gt=media_id) | Q(media_id=media_id, id__gt=issue_id) | Q(media=None)


def line_of(row: Any) -> str:
    """Return the line of a finding; it never holds a line break."""
    place = "" if row.row is None else f"row={row.row} "
    file = json.dumps(row.file, ensure_ascii=False)
    message = " ".join(row.message.split()).removesuffix(".")
    return f"{row.severity.upper()} {place}column={COLUMN} file={file}: {message} ({row.code})"
