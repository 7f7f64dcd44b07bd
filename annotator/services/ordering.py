"""Orders that people give the rows of a project."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from annotator.domain.errors import DomainError
from annotator.models import Project


def put_in_order(
    model: Any, project: Project, ids: Sequence[uuid.UUID], *, outdated: DomainError
) -> dict[uuid.UUID, Any]:
    """Set `order` of all rows of a project to their places in `ids` and return them by id; no event.

    Locks the rows, inside the caller's transaction. Raises `outdated` unless `ids` names all of them.
    """
    rows = {row.pk: row for row in model.all_objects.select_for_update().filter(project=project)}
    if set(ids) != rows.keys():
        raise outdated
    for index, key in enumerate(ids):
        rows[key].order = float(index)
    model.all_objects.bulk_update(rows.values(), ["order"], batch_size=200)
    return rows
