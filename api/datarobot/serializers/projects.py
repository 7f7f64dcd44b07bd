"""Projects as DataRobot names them."""

from __future__ import annotations

from typing import Any

from api.common import fields
from api.common.serializers import Serializer

from ..stages import DESCRIPTIONS, stage_of
from .features import TARGET_TYPES

#: Where the settings of a project keep what only this vendor has.
KEPT = "datarobot"


class ProjectSerializer(Serializer):
    """A project in a response."""

    id = fields.UUIDField()
    projectName = fields.TextField()
    projectDescription = fields.TextField(allow_null=True)
    fileName = fields.TextField()
    stage = fields.ChoiceField(tuple(DESCRIPTIONS))
    created = fields.DateTimeField()
    target = fields.TextField(allow_null=True)
    targetType = fields.ChoiceField(tuple(TARGET_TYPES.values()), allow_null=True)
    metric = fields.TextField(allow_null=True)
    positiveClass = fields.TextField(allow_null=True)
    partition = fields.JSONField(schema={"type": "object"})
    advancedOptions = fields.JSONField(schema={"type": "object"})
    holdoutUnlocked = fields.BooleanField()
    unsupervisedMode = fields.BooleanField()
    useFeatureDiscovery = fields.BooleanField()
    maxTrainPct = fields.NumberField(allow_null=True)
    maxTrainRows = fields.IntegerField(allow_null=True)
    catalogId = fields.UUIDField(allow_null=True, help_text="The dataset that the project was made of.")
    catalogVersionId = fields.UUIDField(allow_null=True, help_text="Equal to catalogId.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return a pair of a project, read with `has_images`, and its target."""
        project, target = instance
        return {
            "id": project.pk,
            "projectName": project.name,
            "projectDescription": project.description or None,  # the client refuses an empty text
            "fileName": project.name,
            "stage": stage_of(has_images=project.has_images, has_target=target is not None),
            "created": project.created_at,
            "target": target and target.name,
            "targetType": target and TARGET_TYPES[target.type],
            "metric": None,
            "positiveClass": (target and target.positive_class) or None,
            "partition": {},
            "advancedOptions": {},
            "holdoutUnlocked": True,
            "unsupervisedMode": False,
            "useFeatureDiscovery": False,
            "maxTrainPct": None,
            "maxTrainRows": None,
            "catalogId": (kept := project.settings.get(KEPT) or {}).get("catalog_id"),
            "catalogVersionId": kept.get("catalog_id"),
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
