"""Read-only queries for the page of activity types."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from annotator.models import Concept, Project, SegmentConcept


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity type with how many segments have it."""

    concept: Concept
    count: int


def rows(project: Project) -> list[ActivityRow]:
    """Return the activity types of a project in order. Two queries."""
    found = list(
        Concept.all_objects.filter(project=project, on_segment=True).order_by(
            "segment_order", "sort_key", "id"
        )
    )
    links = SegmentConcept.all_objects.filter(concept__in=[one.pk for one in found]).order_by()
    counts = dict(links.values_list("concept").annotate(Count("id")))
    return [ActivityRow(one, counts.get(one.pk, 0)) for one in found]
