"""Work states as Hasty names them."""

from __future__ import annotations

import uuid
from typing import Any, TypedDict

from annotator.models import MediaStatus
from api.common.shapes import id_field, number_field, shape, text_field

from .plain import or_none

STATUS = shape(
    "StatusIn",
    name=text_field(required=True),
    color=text_field(null=True),
    norder=number_field(to="order"),
)
MOVE = shape(
    "ImageStatusIn",
    status=text_field(doc="The name of a status; one of status and status_id is needed."),
    status_id=id_field(),
)


class StatusOut(TypedDict):
    id: uuid.UUID
    name: str
    is_default: bool
    color: str | None
    norder: float


def out(row: MediaStatus, view: Any) -> StatusOut:
    """Return a status."""
    return {
        "id": row.pk,
        "name": row.name,
        "is_default": row.is_default,
        "color": or_none(row.color),
        "norder": row.order,
    }
