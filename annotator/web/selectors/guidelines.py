"""Read-only query for the guidelines of a class on the labeling page: its instructions, and examples as parts of images."""

from __future__ import annotations

import uuid
from typing import Any

from annotator import policy
from annotator.domain.errors import Missing
from annotator.models import Concept, Label, Project
from annotator.services.media import urls as media_urls
from annotator.services.vocabulary import examples

#: Examples that are shown, the chosen ones first.
SHOWN = 12
#: Labels that are looked through for some on finished images.
_LOOKED_AT = 300
#: The surroundings of an object, as a share of its longer side.
_MARGIN = 0.15


def of_class(project: Project, concept_id: uuid.UUID) -> dict[str, Any]:
    """Return instructions and examples of a class: those chosen by curators, then objects of finished images. Three queries."""
    concept = Concept.all_objects.filter(project=project, pk=concept_id).first()
    if concept is None:
        raise Missing("There is no such class.")
    keys = examples.chosen(concept)
    rows = (
        Label.objects.listed()
        .filter(project=project, concept=concept)
        .select_related("media__blob", "media__status")
    )
    known = {row.pk: row for row in rows.filter(pk__in=keys)}
    shown = [known[key] for key in keys if key in known]
    if len(shown) < SHOWN:
        some = rows.order_by("z", "created_at", "id")[:_LOOKED_AT]
        finished = [row for row in some if row.media.status.base in policy.FINISHED and row.pk not in known]
        shown += _one_of_each_image(finished)
    return {
        "description": concept.description,
        "examples": [
            {"label": row.pk, "media": row.media_id, "url": _crop(row), "is_chosen": row.pk in known}
            for row in shown[:SHOWN]
        ],
    }


def _one_of_each_image(rows: list[Label]) -> list[Label]:
    """Return the labels so that those of different images come first."""
    first = list({row.media_id: row for row in reversed(rows)}.values())[::-1]
    chosen = {row.pk for row in first}
    return first + [row for row in rows if row.pk not in chosen]


def _crop(row: Label) -> str | None:
    margin = max(row.x1 - row.x0, row.y1 - row.y0, 8.0) * _MARGIN
    box = (
        max(0.0, row.x0 - margin), max(0.0, row.y0 - margin),
        min(float(row.media.width), row.x1 + margin), min(float(row.media.height), row.y1 + margin),
    )  # fmt: skip
    return media_urls.crop(row.media, box)
