"""Features, options, status and target of a project as DataRobot names them."""

from __future__ import annotations

from typing import Any

from annotator.models import TargetType
from annotator.services.insight import features
from api.common import fields
from api.common.serializers import Serializer

#: The vendor's words for kinds of features and for types of targets.
FEATURE_TYPES = {
    features.IMAGE: "Image",
    features.CATEGORY: "Categorical",
    features.CATEGORIES: "Multicategorical",
    features.NUMBER: "Numeric",
    features.BOOLEAN: "Boolean",
    features.TEXT: "Text",
}
TARGET_TYPES: dict[str, str] = {
    TargetType.BINARY: "Binary",
    TargetType.MULTICLASS: "Multiclass",
    TargetType.MULTILABEL: "Multilabel",
    TargetType.REGRESSION: "Regression",
}
_TYPES = {word: each for each, word in TARGET_TYPES.items()}
MODES = ("auto", "manual", "quick", "comprehensive")


class FeatureSerializer(Serializer):
    """A feature in a response."""

    id = fields.IntegerField()
    projectId = fields.UUIDField()
    name = fields.TextField()
    featureType = fields.ChoiceField(tuple(FEATURE_TYPES.values()))
    importance = fields.NumberField(allow_null=True)
    lowInformation = fields.BooleanField(help_text="Fewer than two values occur.")
    targetLeakage = fields.ChoiceField(("FALSE", "SKIPPED_DETECTION"))
    uniqueCount = fields.IntegerField()
    naCount = fields.IntegerField()
    timeSeriesEligible = fields.BooleanField()
    timeSeriesEligibilityReason = fields.TextField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return a pair of a feature and its profile."""
        feature, profile = instance
        return {
            "id": feature.number,
            "projectId": self.context["view"].project.pk,
            "name": feature.name,
            "featureType": FEATURE_TYPES[feature.kind],
            "importance": None,
            "lowInformation": profile.unique < 2,
            "targetLeakage": "SKIPPED_DETECTION",
            "uniqueCount": profile.unique,
            "naCount": profile.missing,
            "timeSeriesEligible": False,
            "timeSeriesEligibilityReason": "notADate",
        }


class ProjectStatusSerializer(Serializer):
    """The status of a project in a response."""

    autopilotDone = fields.BooleanField()
    stage = fields.TextField()
    stageDescription = fields.TextField()


class TargetTypeField(fields.ChoiceField):
    """One of the vendor's types of targets, read as ours."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(tuple(_TYPES), **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return _TYPES[super().to_internal_value(data)]


class AimSerializer(Serializer):
    """The target of a project, and how the vendor would train; the rest of what its client sends is not read."""

    target = fields.NameField(max_length=300)
    targetType = TargetTypeField(source="target_type", required=False)
    positiveClass = fields.JSONField(
        source="positive_class",
        required=False,
        schema={"anyOf": [{"type": "string", "maxLength": 200}, {"type": "number"}, {"type": "boolean"}]},
    )
    mode = fields.ChoiceField(MODES, required=False, help_text="Kept; nothing is trained.")
    metric = fields.TextField(max_length=100, required=False, help_text="Kept; nothing is trained.")
    unsupervisedMode = fields.BooleanField(required=False, help_text="Only false is supported.")
