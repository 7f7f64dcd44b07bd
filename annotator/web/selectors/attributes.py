"""Read-only queries for the page of attributes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F

from annotator.domain import attributes as rules
from annotator.models import Attribute, AttributeBinding, AttributeOption, AttributeValue, Concept, Project


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """An attribute in its order; `uses` is the number of labels and media with a value of it."""

    attribute: Attribute
    uses: int
    classes: int


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A value to choose from; `key` is empty for one that is not stored."""

    key: str
    value: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The attribute that is edited, with its options, and its classes before the others."""

    attribute: Attribute
    uses: int
    options: Sequence[OptionRow]
    linked: Sequence[Concept]
    others: Sequence[Concept]
    default: str


def rows(project: Project) -> list[AttributeRow]:
    """Return the attributes of a project in their order. Two queries."""
    found = (
        Attribute.all_objects.filter(project=project)
        .annotate(classes=Count("bindings"))
        .order_by(F("order").asc(nulls_last=True), "name_key", "id")
    )
    values = AttributeValue.all_objects.filter(attribute__project=project).order_by()
    counts = dict(values.values_list("attribute").annotate(Count("id")))
    return [AttributeRow(row, counts.get(row.pk, 0), row.classes) for row in found]


def blank(project: Project) -> Chosen:
    """Return what the form of a new attribute shows. One query."""
    return Chosen(Attribute(project=project, kind=rules.SELECTION), 0, [], [], _classes(project), "")


def chosen(row: AttributeRow) -> Chosen:
    """Return an attribute as the form shows it. Three queries."""
    attribute = row.attribute
    default = attribute.default
    held = set(default) if isinstance(default, list) else {default}
    options = AttributeOption.all_objects.filter(attribute=attribute).order_by("order", "value")
    classes = {one.pk: one for one in _classes(attribute.project)}
    bindings = AttributeBinding.all_objects.filter(attribute=attribute).order_by("concept_order", "pk")
    keys: list[uuid.UUID] = [key for key in bindings.values_list("concept_id", flat=True) if key in classes]
    return Chosen(
        attribute,
        row.uses,
        [OptionRow(str(one.pk), one.value, str(one.pk) in held) for one in options],
        [classes[key] for key in keys],
        [one for key, one in classes.items() if key not in set(keys)],
        "" if default is None or attribute.kind in rules.CHOICES else _text(default),
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _classes(project: Project) -> list[Concept]:
    found = Concept.all_objects.filter(project=project, on_region=True)
    return list(found.order_by("region_order", "sort_key", "id"))
