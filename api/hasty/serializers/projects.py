"""Projects as Hasty names them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal, TypedDict

from annotator.models import ContentType, Project
from api.common.shapes import choice_field, id_field, shape, text_field

from .plain import or_none

PROJECT = shape(
    "ProjectIn",
    name=text_field(required=True),
    workspace_id=id_field(doc="The workspace of the key; another one is refused."),
    description=text_field(null=True),
    content_type=choice_field(
        tuple(ContentType.values), doc="Default IMAGES; can change only while the project is empty."
    ),
)


class ProjectOut(TypedDict):
    id: uuid.UUID
    name: str
    last_opened_on: datetime | None
    owner_id: uuid.UUID | None
    workspace_id: uuid.UUID
    description: str | None
    created_on: datetime
    content_type: Literal["IMAGES", "VIDEOS", "URLDATA"]


def out(row: Project, view: Any) -> ProjectOut:
    """Return a project."""
    return {
        "id": row.pk,
        "name": row.name,
        "last_opened_on": row.last_opened_at,
        "owner_id": row.owner_id,
        "workspace_id": row.workspace_id,
        "description": or_none(row.description),
        "created_on": row.created_at,
        "content_type": row.content_type,
    }
