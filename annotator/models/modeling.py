"""What the images of a project are to predict."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .base import Row, scoped, text
from .projects import Project


class TargetType(models.TextChoices):
    BINARY = "binary"
    MULTICLASS = "multiclass"
    MULTILABEL = "multilabel"
    REGRESSION = "regression"


class TargetSource(models.TextChoices):
    """What the target's values are: a tag of a group, the value of an attribute, the number of labels of a class."""

    TAG_GROUP = "tag_group"
    ATTRIBUTE = "attribute"
    COUNT = "count"


class ModelingSetup(Row):
    """The target of a project. `target_id` is a tag group, attribute or class: when that is deleted, there is no target.

    `options` are what else the caller chose, under the names of its dialect.
    """

    project = models.OneToOneField(Project, models.CASCADE, related_name="modeling")
    source = text(10, choices=TargetSource.choices)
    # No constraint: deleting a word of the vocabulary asks no further table.
    target_id = models.UUIDField()
    target_type = text(10, choices=TargetType.choices)
    positive_class = text(200)
    options = models.JSONField(default=dict, blank=True)
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(source__in=TargetSource.values), name="modeling_source"),
            models.CheckConstraint(
                condition=Q(target_type__in=TargetType.values), name="modeling_target_type"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_type} of {self.source}"
