"""Read-only queries for the page of classes and tags."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count, F

from annotator.domain import palette
from annotator.models import Concept, Label, Project, Tag, TagGroup

# The number keys of the first ten classes.
DIGITS = "1234567890"


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """A class or tag in its order; `depth` is the number of its ancestors in this list."""

    concept: Concept
    count: int
    digit: str
    depth: int
    share: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    group: TagGroup
    tags: list[ConceptRow]


def label_counts(project_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return the number of labels per class. One index-only query."""
    return dict(
        Label.all_objects.filter(concept__project=project_id)
        .order_by()
        .values_list("concept")
        .annotate(Count("id"))
    )


def tag_counts(project_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return the number of images per tag. One query."""
    return dict(
        Tag.all_objects.filter(project_id=project_id).order_by().values_list("concept").annotate(Count("id"))
    )


def classes(project: Project) -> list[ConceptRow]:
    """Return the classes of regions in their order. Two queries."""
    rows = list(
        Concept.all_objects.filter(project=project, on_region=True).order_by("region_order", "sort_key", "id")
    )
    return _rows(rows, label_counts(project.pk), has_digits=True)


def tags(project: Project) -> list[ConceptRow]:
    """Return the tags of images in their order. Two queries."""
    rows = list(
        Concept.all_objects.filter(project=project, on_media=True).order_by("media_order", "sort_key", "id")
    )
    return _rows(rows, tag_counts(project.pk), has_digits=False)


def groups(project: Project, rows: list[ConceptRow]) -> list[GroupRow]:
    """Return the tag groups in order with their tags; tags without a group are in the default group. One query."""
    found = list(
        TagGroup.all_objects.filter(project=project).order_by(
            F("order").asc(nulls_last=True), "sort_key", "id"
        )
    )
    default = next((group.pk for group in found if group.is_default), None)
    by_group: dict[uuid.UUID | None, list[ConceptRow]] = {group.pk: [] for group in found}
    for row in rows:
        by_group.setdefault(row.concept.tag_group_id or default, []).append(row)
    return [GroupRow(group, by_group[group.pk]) for group in found]


def colors() -> list[tuple[int, str]]:
    """Return the palette as (slot, color) choices."""
    return [(slot, color.upper()) for slot, color in enumerate(palette.LABEL_COLORS, start=1)]


def _rows(concepts: list[Concept], counts: dict[uuid.UUID, int], *, has_digits: bool) -> list[ConceptRow]:
    parents = {concept.pk: concept.parent_id for concept in concepts}
    maximum = max((counts.get(concept.pk, 0) for concept in concepts), default=0)
    return [
        ConceptRow(
            concept=concept,
            count=counts.get(concept.pk, 0),
            digit=DIGITS[index] if has_digits and index < len(DIGITS) else "",
            depth=_depth(concept.pk, parents),
            share=f"{100 * counts.get(concept.pk, 0) / maximum:.1f}" if maximum else "0",
        )
        for index, concept in enumerate(concepts)
    ]


def _depth(key: uuid.UUID, parents: dict[uuid.UUID, uuid.UUID | None]) -> int:
    depth = 0
    parent = parents.get(key)
    while parent is not None and parent in parents and depth < 6:
        depth += 1
        parent = parents[parent]
    return depth
