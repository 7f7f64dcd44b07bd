"""Numbers that are unique in a project: of media, concepts and jobs; handed out by counters beside its clock."""

from __future__ import annotations

import uuid

from annotator.db import counters
from annotator.models import ProjectClock


def next_number(project_id: uuid.UUID, column: str, count: int = 1) -> int:
    """Reserve `count` numbers of the project's counter and return the first. Locks the clock row until commit."""
    return counters.increment(ProjectClock, project_id, column, count) - count + 1


def keep_number(project_id: uuid.UUID, column: str, number: int) -> None:
    """Note that an import has used `number`, so that the counter hands out only larger ones."""
    ProjectClock.objects.filter(pk=project_id, **{f"{column}__lt": number}).update(**{column: number})
