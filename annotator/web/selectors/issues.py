"""Read-only queries for the issues of one image."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.models import Comment, Issue, User
from annotator.services.annotations.label_rows import iso


def of_media(media_id: uuid.UUID) -> list[dict[str, Any]]:
    """Return the issues of a medium with their comments, oldest first. Two queries."""
    rows = Issue.all_objects.filter(media=media_id).select_related("created_by", "resolved_by")
    comments: dict[uuid.UUID, list[dict[str, Any]]] = {}
    said = Comment.all_objects.filter(media=media_id).select_related("created_by")
    for one in said.order_by("created_at", "id"):
        comments.setdefault(one.issue_id, []).append(
            {
                "id": one.pk,
                "text": one.text,
                "mentions": one.mentions,
                "by": _person(one.created_by),
                "at": iso(one.created_at),
            }
        )
    return [
        {
            "id": one.pk, "x": one.x, "y": one.y, "is_resolved": one.is_resolved, "by": _person(one.created_by),
            "resolved_by": _person(one.resolved_by), "at": iso(one.created_at), "comments": comments.get(one.pk, []),
        }
        for one in rows.order_by("created_at", "id")
    ]  # fmt: skip


def _person(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.shown_name} if user else None
