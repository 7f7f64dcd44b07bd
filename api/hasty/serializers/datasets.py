"""Datasets as Hasty names them."""

from __future__ import annotations

import uuid
from typing import Any, TypedDict

from annotator.models import Dataset
from api.common.shapes import number_field, shape, text_field

DATASET = shape(
    "DatasetIn",
    name=text_field(required=True),
    norder=number_field(
        to="order", null=True, doc="Default after the last one; null: after all that have one."
    ),
)


class DatasetOut(TypedDict):
    id: uuid.UUID
    name: str
    norder: float | None
    project_id: uuid.UUID


def out(row: Dataset, view: Any) -> DatasetOut:
    """Return a dataset."""
    return {"id": row.pk, "name": row.name, "norder": row.order, "project_id": row.project_id}
