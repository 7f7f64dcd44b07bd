"""Projects as DataRobot names them."""

from __future__ import annotations

from typing import Any

from api.common import fields
from api.common.serializers import Serializer

EMPTY, AIM, MODELING = STAGES = ("empty", "aim", "modeling")
TARGET_TYPES = ("Binary", "Multiclass", "Multilabel", "Regression")
#: The metric that the vendor's client shows; nothing is trained, so none is computed.
METRICS = {"Binary": "LogLoss", "Multiclass": "LogLoss", "Multilabel": "LogLoss", "Regression": "RMSE"}


class ProjectSerializer(Serializer):
    """A project in a response."""

    id = fields.UUIDField()
    projectName = fields.TextField()
    projectDescription = fields.TextField(allow_null=True)
    fileName = fields.TextField()
    stage = fields.ChoiceField(STAGES)
    created = fields.DateTimeField()
    target = fields.TextField(allow_null=True)
    targetType = fields.ChoiceField(TARGET_TYPES, allow_null=True)
    metric = fields.TextField(allow_null=True)
    positiveClass = fields.TextField(allow_null=True)
    partition = fields.JSONField(schema={"type": "object"})
    advancedOptions = fields.JSONField(schema={"type": "object"})
    holdoutUnlocked = fields.BooleanField()
    unsupervisedMode = fields.BooleanField()
    useFeatureDiscovery = fields.BooleanField()
    maxTrainPct = fields.NumberField(allow_null=True)
    maxTrainRows = fields.IntegerField(allow_null=True)
    catalogId = fields.UUIDField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return a project that was read with `has_images`, whether it holds an image."""
        return {
            "id": instance.pk,
            "projectName": instance.name,
            "projectDescription": instance.description or None,  # the client refuses an empty text
            "fileName": instance.name,
            "stage": stage_of(instance),
            "created": instance.created_at,
            "target": None,
            "targetType": None,
            "metric": None,
            "positiveClass": None,
            "partition": {},
            "advancedOptions": {},
            "holdoutUnlocked": True,
            "unsupervisedMode": False,
            "useFeatureDiscovery": False,
            "maxTrainPct": None,
            "maxTrainRows": None,
            "catalogId": None,
        }


class ProjectChangeSerializer(Serializer):
    """What changes a project."""

    projectName = fields.NameField(source="name", required=False)
    projectDescription = fields.ParagraphField(source="description", required=False)
    workerCount = fields.IntegerField(
        required=False, low=-1, help_text="Checked and not kept: the server has its own workers."
    )
    holdoutUnlocked = fields.BooleanField(
        required=False, help_text="Checked and not kept: nothing is held out."
    )


def stage_of(project: Any) -> str:
    """Return the stage of a project that was read with `has_images`."""
    return AIM if project.has_images else EMPTY
