"""Read-only query for the suggestions of one image, in the format of docs/editor-protocol.md."""

from __future__ import annotations

from typing import Any

import orjson

from annotator.domain import masks
from annotator.models import Media, Prediction

#: The surest are shown, whatever the number of models.
LIMIT = 3000


def of_media(media: Media) -> list[dict[str, Any]]:
    """Return the predictions of a medium that lie in it, the surest first, those that people rejected too. One query."""
    rows = Prediction.all_objects.filter(
        media=media, x0__gte=0, y0__gte=0, x1__lte=media.width, y1__lte=media.height
    ).order_by("-score", "id")
    return [
        {
            "id": row.pk,
            "concept": row.concept_id,
            "box": (row.x0, row.y0, row.x1, row.y1),
            "shape": row.shape,
            "points": None if row.points is None else orjson.Fragment(row.points),
            "mask": None if row.mask is None else masks.unpack_runs(bytes(row.mask)),
            "score": row.score,
            "model": row.model,
            "is_rejected": row.is_rejected,
        }
        for row in rows[:LIMIT]
    ]
