"""Which target a project has."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from annotator.domain import attributes as rules
from annotator.models import (
    Attribute,
    AttributeOption,
    Concept,
    ModelingSetup,
    Project,
    TagGroup,
    TargetSource,
    TargetType,
)
from annotator.services.insight.class_targets import ChoiceTarget, PresenceTarget, TagTarget
from annotator.services.insight.number_targets import AttributeTarget, CountTarget
from annotator.services.insight.target_kinds import Target

_BOOLEANS = {"true": True, "false": False}


def of(project: Project) -> Target | None:
    """Return the target of a project; None when none is set, or what it was is deleted. Three queries at most."""
    return of_projects([project.pk]).get(project.pk)


def of_projects(projects: Collection[uuid.UUID]) -> dict[uuid.UUID, Target]:
    """Return the targets of projects that have one. One query where none has, seven at most."""
    found = {}
    setups = list(ModelingSetup.all_objects.filter(project__in=list(projects)))
    words = _words(setups)
    for setup in setups:
        target = words.get(setup.target_id) and make(
            words[setup.target_id], setup.target_type, setup.positive_class
        )
        if target:
            found[setup.project_id] = target
    return found


def _words(setups: Sequence[ModelingSetup]) -> dict[uuid.UUID, TagGroup | Attribute | Concept]:
    models = {
        TargetSource.TAG_GROUP: TagGroup,
        TargetSource.ATTRIBUTE: Attribute,
        TargetSource.COUNT: Concept,
    }
    found: dict[uuid.UUID, Any] = {}
    for source, model in models.items():
        keys = [setup.target_id for setup in setups if setup.source == source]
        if keys:
            found |= model.all_objects.in_bulk(keys)  # type: ignore[attr-defined]
    return found


def make(word: TagGroup | Attribute | Concept, target_type: str, positive_class: str = "") -> Target:
    """Return a word of the vocabulary as the target of its project. One query for a classification."""
    common: dict[str, Any] = {
        "project_id": word.project_id,
        "key": word.pk,
        "name": word.name,
        "type": target_type,
        "positive_class": positive_class,
    }
    if isinstance(word, Concept):
        if target_type == TargetType.REGRESSION:
            return CountTarget(**common | {"name": count_name(word.name)})
        return PresenceTarget(**common | {"name": presence_name(word.name)}, classes=_BOOLEANS)
    if isinstance(word, TagGroup):
        concepts = Concept.all_objects.filter(tag_group=word, on_media=True)
        classes = dict(concepts.order_by("media_order", "pk").values_list("name", "pk"))
        return TagTarget(**common, classes=classes, is_plural=word.kind != "SELECTION")
    if word.kind in rules.NUMBERS:
        return AttributeTarget(**common)
    if word.kind == rules.BOOL:
        return ChoiceTarget(**common, classes=_BOOLEANS)
    options = (
        AttributeOption.all_objects.filter(attribute=word).order_by("order", "pk").values_list("value", "pk")
    )
    return ChoiceTarget(
        **common, classes={value: str(key) for value, key in options}, is_plural=word.kind == rules.MULTIPLE
    )


def presence_name(class_name: str) -> str:
    """Return what it is called whether an image has a label of a class."""
    return f"presence of {class_name}"


def count_name(class_name: str) -> str:
    """Return what the number of labels of a class is called."""
    return f"count of {class_name}"
