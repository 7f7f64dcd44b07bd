"""Changes the position of a dataset among the others; datasets.py updates the media's list keys."""

from __future__ import annotations

import uuid

from django.db import transaction

from annotator import policy
from annotator.domain import listing
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.models import Dataset, Project
from annotator.services.projects import datasets


def in_order(project: Project) -> list[Dataset]:
    """Return the live datasets of a project in the order of all lists: numbered ones first, then by name."""
    rows = list(Dataset.objects.filter(project=project).select_related("project"))
    rows.sort(key=lambda row: (listing.dataset_key(row.order, row.name), str(row.pk)))
    return rows


@transaction.atomic
def reorder(
    *, actor: Actor, project: Project, dataset_id: uuid.UUID, before: uuid.UUID | None
) -> list[Dataset]:
    """Put a dataset before another one (None: at the end) and return all in their new order.

    Only as many get a number as need one: those that now stand before it and had none. Allowed with `dataset.write`.
    """
    policy.require(actor, project, "dataset.write")
    rows = in_order(project)
    moved = next((row for row in rows if row.pk == dataset_id), None)
    others = [row for row in rows if row.pk != dataset_id]
    keys = [row.pk for row in others]
    if moved is None or (before is not None and before not in keys):
        raise Invalid("There is no such dataset in this project.", field="dataset")
    at = len(others) if before is None else keys.index(before)
    last = 0.0
    for row in others[:at]:
        if row.order is None or row.order <= last:
            datasets.update(actor=actor, dataset=row, changes={"order": last + 1})
        last = float(row.order or 0.0)
    following = next((row.order for row in others[at:] if row.order is not None), None)
    number = last + 1 if following is None or following > last + 1 else (last + following) / 2
    datasets.update(actor=actor, dataset=moved, changes={"order": number})
    return in_order(project)
