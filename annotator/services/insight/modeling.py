"""Writes of what the images of a project are to predict."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.models import (
    Attribute,
    Concept,
    Job,
    Media,
    ModelingSetup,
    Project,
    TagGroup,
    TargetSource,
    TargetType,
)
from annotator.services.insight import features, targets
from annotator.services.insight.features import Feature
from annotator.services.insight.target_kinds import ClassTarget
from annotator.services.jobs import jobs

SET_TARGET = "set_target"
_MODELS: dict[str, Any] = {
    TargetSource.TAG_GROUP: TagGroup,
    TargetSource.ATTRIBUTE: Attribute,
    TargetSource.COUNT: Concept,
}


@transaction.atomic
def set_target(
    *,
    actor: Actor,
    project: Project,
    feature: str,
    target_type: str | None = None,
    positive_class: str = "",
    options: dict[str, Any] | None = None,
) -> Job:
    """Make a feature the target of the project, in place of the one it had, and return the finished job that did it.

    Without a type it is what the values of the feature are. Allowed with `project.manage`. Raises Invalid for a project
    without images, an unknown feature, one whose values cannot be a target or are of another type, and one with fewer
    than two classes or without any number.
    """
    policy.require(actor, project, "project.manage")
    if not Media.live_in(project.pk).filter(kind="image").exists():
        raise Invalid("This project has no images yet, so it can have no target.", field="target")
    found = features.find(project, feature)
    if found is None:
        raise Invalid(f"There is no feature called “{feature}” in this project.", field="target")
    columns = _check(found, target_type, positive_class) | {"options": options or {}}
    ModelingSetup.all_objects.update_or_create(project=project, defaults=columns)
    params = {"target": feature, "target_type": columns["target_type"]}
    return jobs.record_done(actor=actor, project=project, kind=SET_TARGET, params=params)


def _check(feature: Feature, wanted: str | None, positive_class: str) -> dict[str, Any]:
    """Return the columns of the setup with a feature as target."""
    if feature.kind in (features.IMAGE, features.TEXT):
        raise Invalid(f"“{feature.name}” cannot be a target: it holds {feature.kind}s.", field="target")
    word = _MODELS[feature.source].all_objects.get(pk=feature.key)
    is_number = feature.kind == features.NUMBER
    target = targets.make(word, TargetType.REGRESSION if is_number else TargetType.MULTICLASS)
    count = len(target.bins())
    if count < (1 if is_number else 2):
        least = "a value" if is_number else "two values"
        raise Invalid(
            f"“{feature.name}” cannot be a target: its images need {least} at least.", field="target"
        )
    allowed = _types(feature.kind, count)
    target_type = wanted or allowed[0]
    if target_type not in allowed:
        message = f"“{feature.name}” is a target of the type {' or '.join(allowed)}, not {target_type}."
        raise Invalid(message, field="target_type")
    is_class = isinstance(target, ClassTarget) and positive_class in target.classes
    if positive_class and not (target_type == TargetType.BINARY and is_class):
        raise Invalid(
            "The positive class must be one of the two values of the target.", field="positive_class"
        )
    return {
        "source": feature.source,
        "target_id": feature.key,
        "target_type": target_type,
        "positive_class": positive_class,
    }


def _types(kind: str, count: int) -> list[str]:
    """Return the types that a target can have, the one that it has by itself first."""
    if kind == features.NUMBER:
        return [TargetType.REGRESSION]
    if kind == features.CATEGORIES:
        return [TargetType.MULTILABEL]
    return [TargetType.BINARY, TargetType.MULTICLASS] if count == 2 else [TargetType.MULTICLASS]
