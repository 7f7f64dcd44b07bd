"""Workspaces as Hasty names them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from annotator.models import Role, Workspace
from api.common.shapes import bool_field, shape, text_field

from .plain import or_none

ROLES = {
    Role.OWNER: "Owner",
    Role.ADMIN: "Admin",
    Role.MANAGER: "Manager",
    Role.REVIEWER: "Reviewer",
    Role.ANNOTATOR: "Labeler",
    Role.VIEWER: "Viewer",
}

WORKSPACE = shape(
    "WorkspaceIn",
    name=text_field(required=True),
    unique_name=text_field(null=True),
    description=text_field(null=True),
    logo_url=text_field(null=True, doc="An http or https address; shown as a picture only."),
    is_public=bool_field(doc="Stored and shown; grants nothing."),
    background_color=text_field(null=True),
    allow_support=bool_field(),
    support_email=text_field(null=True),
    feature_mounting_buckets=bool_field(),
)


class WorkspaceOut(TypedDict):
    id: uuid.UUID
    name: str
    unique_name: str | None
    description: str | None
    logo_url: str | None
    is_public: bool
    is_default: bool
    background_color: str | None
    subscription: str
    parked_on: datetime | None
    user_role: str
    allow_support: bool
    support_email: str | None
    feature_mounting_buckets: bool


def out(row: Workspace, view: Any) -> WorkspaceOut:
    """Return a workspace that was read with the actor's role."""
    return {
        "id": row.pk,
        "name": row.name,
        "unique_name": or_none(row.unique_name),
        "description": or_none(row.description),
        "logo_url": or_none(row.logo_url),
        "is_public": row.is_public,
        "is_default": view.who.workspace_id == row.pk,
        "background_color": or_none(row.background_color),
        "subscription": "basic",
        "parked_on": None,
        "user_role": ROLES[Role(row.role_of_actor)],  # type: ignore[attr-defined]
        "allow_support": row.allow_support,
        "support_email": or_none(row.support_email),
        "feature_mounting_buckets": bool(row.settings.get("feature_mounting_buckets", False)),
    }


def changes(body: dict[str, Any]) -> dict[str, Any]:
    """Return what the service takes."""
    wanted = dict(body)
    if "feature_mounting_buckets" in wanted:
        wanted["settings"] = {"feature_mounting_buckets": wanted.pop("feature_mounting_buckets")}
    return wanted
