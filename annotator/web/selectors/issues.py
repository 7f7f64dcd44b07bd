"""Read-only queries for the issues of one image."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.models import Comment, Issue
from annotator.services.annotations.label_rows import iso
from annotator.web.selectors.image_history import person


def of_media(media_id: uuid.UUID) -> list[dict[str, Any]]:
    """Return the issues of a medium with their comments, oldest first. Two queries."""
    rows = Issue.all_objects.filter(media=media_id).select_related("created_by", "resolved_by")
    comments: dict[uuid.UUID, list[dict[str, Any]]] = {}
    written = Comment.all_objects.filter(media=media_id).select_related("created_by")
    for one in written.order_by("created_at", "id"):
        comments.setdefault(one.issue_id, []).append(
            {
                "id": one.pk,
                "text": one.text,
                "mentions": one.mentions,
                "by": person(one.created_by),
                "at": iso(one.created_at),
            }
        )
    return [
        {
            "id": one.pk, "x": one.x, "y": one.y, "is_resolved": one.is_resolved, "by": person(one.created_by),
            "resolved_by": person(one.resolved_by), "at": iso(one.created_at), "comments": comments.get(one.pk, []),
        }
        for one in rows.order_by("created_at", "id")
    ]  # fmt: skip
