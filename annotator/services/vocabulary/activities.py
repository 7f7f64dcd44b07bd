"""Writes of the activities of segments that follow from writes of the vocabulary: no policy and no events of their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from annotator.models import Concept, Segment, SegmentConcept


def remove(concept: Concept, *, most: int | None = None) -> int:
    """Take an activity from its segments (from `most` at once) and return from how many.

    Segments left without an activity are deleted with their values.
    """
    links = SegmentConcept.all_objects.filter(concept=concept).order_by("pk")
    rows = list(links.values_list("pk", "segment_id")[:most])
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        SegmentConcept.all_objects.filter(pk__in=[link for link, _ in some]).delete()
        others = SegmentConcept.all_objects.filter(segment=OuterRef("pk"))
        segments = Segment.all_objects.filter(pk__in=[segment for _, segment in some])
        segments.filter(~Exists(others)).delete()
    return len(rows)


def reverse(source: Concept, target: Concept) -> list[dict[str, Any]]:
    """Return what `move` does, for `move_back`: each link, and whether its segment has the target already."""
    links = SegmentConcept.all_objects.filter(concept=source).annotate(kept=_has(target.pk))
    return [
        {"id": link, "segment": segment, "kept": kept}
        for link, segment, kept in links.order_by("pk").values_list("pk", "segment_id", "kept")
    ]


def move(source: Concept, target: Concept) -> None:
    """Give the segments of one activity the other one, once."""
    links = SegmentConcept.all_objects.filter(concept=source)
    links.filter(_has(target.pk)).delete()
    links.update(concept=target)


def move_back(*, rows: Iterable[Mapping[str, Any]], concept: Concept, target: uuid.UUID | str) -> None:
    """Undo `move` by what `reverse` returned, for segments that are still there and links that still have the target."""
    rows = list(rows)
    moved = [row["id"] for row in rows if not row["kept"]]
    SegmentConcept.all_objects.filter(pk__in=moved, concept_id=target).update(concept=concept)
    wanted = {str(row["segment"]): row["id"] for row in rows if row["kept"]}
    there = Segment.all_objects.filter(pk__in=list(wanted)).values_list("pk", flat=True)
    SegmentConcept.all_objects.bulk_create(
        SegmentConcept(pk=wanted[str(key)], segment_id=key, concept=concept) for key in there
    )


def _has(concept_id: uuid.UUID) -> Exists:
    return Exists(SegmentConcept.all_objects.filter(segment=OuterRef("segment"), concept=concept_id))
