"""Projects and domains as Custom Vision names them; what only this vendor has is kept in the project's settings."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.models import Project
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

from ..domains import CLASSIFICATION, DETECTION, FOREIGN_DOMAIN, Domain, find_domain
from .tags import KEPT

# A project that is no copy, and one whose job is done or forgotten, is there as a whole.
_STATUS = {"QUEUED": "Importing", "RUNNING": "Importing", "FAILED": "Failed", "CANCELLED": "Failed"}
MULTICLASS, MULTILABEL = KINDS = ("Multiclass", "Multilabel")
PLATFORMS = ("CoreML", "TensorFlow", "DockerFile", "ONNX", "VAIDK", "OpenVino")


class DomainSerializer(Serializer):
    """A domain in a response."""

    id = fields.UUIDField()
    name = fields.TextField()
    type = fields.ChoiceField((CLASSIFICATION, DETECTION))
    exportable = fields.BooleanField(source="is_exportable")
    enabled = fields.BooleanField(source="is_enabled")
    exportablePlatforms = fields.ListField(child=fields.TextField(), source="exportable_platforms")


class ProjectSettingsSerializer(Serializer):
    """The settings of a project in a response."""

    domainId = fields.UUIDField()
    classificationType = fields.ChoiceField(KINDS, allow_null=True)
    targetExportPlatforms = fields.ListField(child=fields.TextField())
    useNegativeSet = fields.BooleanField()
    detectionParameters = fields.TextField(allow_null=True)
    exportModelContainerUri = fields.TextField(allow_null=True)
    notificationQueueUri = fields.TextField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the settings of a project that was read with `has_negative` and `tag_kind`, the kind of its default group.

        One tag for an image (Multiclass) is that group's rule, so it is read there.
        """
        domain = domain_of(instance)
        kind = MULTICLASS if instance.tag_kind == "SELECTION" else MULTILABEL
        return {
            "domainId": domain.id,
            "classificationType": kind if domain.type == CLASSIFICATION else None,
            "targetExportPlatforms": (instance.settings.get(KEPT) or {}).get("platforms", []),
            "useNegativeSet": instance.has_negative,
            "detectionParameters": None,
            "exportModelContainerUri": None,
            "notificationQueueUri": None,
        }


class ProjectSerializer(Serializer):
    """A project in a response."""

    id = fields.UUIDField()
    name = fields.TextField()
    description = fields.TextField()
    settings = ProjectSettingsSerializer()
    created = fields.DateTimeField()
    lastModified = fields.DateTimeField()
    thumbnailUri = fields.TextField(allow_null=True)
    drModeEnabled = fields.BooleanField()
    status = fields.ChoiceField(("Succeeded", "Importing", "Failed"))

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "id": instance.pk,
            "name": instance.name,
            "description": instance.description,
            "settings": self.fields["settings"].to_representation(instance),
            "created": instance.created_at,
            "lastModified": instance.updated_at,
            "thumbnailUri": None,
            "drModeEnabled": False,
            "status": _STATUS.get(instance.copy_state or "", "Succeeded"),
        }


class CreateProjectQuerySerializer(QuerySerializer):
    """A new project."""

    name = fields.QueryNameField()
    description = fields.QueryTextField(max_length=2_000, required=False)
    domainId = fields.UUIDField(source="domain", required=False)
    classificationType = fields.ChoiceField(KINDS, source="kind", required=False)
    targetExportPlatforms = fields.QueryListField(
        child=fields.ChoiceField(PLATFORMS), source="platforms", required=False
    )


class ProjectExportSerializer(Serializer):
    """What a copy of a project would hold, and the token that names the project."""

    iterationCount = fields.IntegerField(source="iterations")
    imageCount = fields.IntegerField(source="images")
    tagCount = fields.IntegerField(source="tags")
    regionCount = fields.IntegerField(source="regions")
    estimatedImportTimeInMS = fields.IntegerField(source="milliseconds")
    token = fields.TextField()


class ImportProjectQuerySerializer(QuerySerializer):
    """The copy of a project."""

    token = fields.QueryTextField(max_length=2_000)
    name = fields.QueryNameField(required=False)


class ArtifactQuerySerializer(QuerySerializer):
    """Which file of a project."""

    path = fields.QueryTextField(max_length=2_000)


class CreateProjectOptionsSerializer(Serializer):
    """Where the vendor stores models; all of it is refused."""

    exportModelContainerUri = fields.JSONField(
        required=False, help_text="Not supported: models are not exported."
    )
    notificationQueueUri = fields.JSONField(required=False, help_text="Not supported.")


class ProjectSettingsChangeSerializer(Serializer):
    """What changes the settings of a project."""

    domainId = fields.UUIDField(source="domain", required=False)
    classificationType = fields.ChoiceField(KINDS, source="kind", required=False)
    targetExportPlatforms = fields.ListField(
        child=fields.ChoiceField(PLATFORMS), source="platforms", required=False
    )


class ProjectChangeSerializer(Serializer):
    """What changes a project."""

    name = fields.NameField(required=False)
    description = fields.ParagraphField(required=False, allow_null=True)
    settings = ProjectSettingsChangeSerializer(required=False)


def domain_of(project: Project) -> Domain:
    """Return the domain that a project is for."""
    kept = project.settings.get(KEPT) or {}
    return find_domain(uuid.UUID(kept["domain"])) if "domain" in kept else FOREIGN_DOMAIN


def kept_settings(data: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a project that hold the domain and platforms of a request, over `before`."""
    kept = dict(before.get(KEPT) or {})
    if "domain" in data:
        kept["domain"] = str(data["domain"])
    if "platforms" in data:
        kept["platforms"] = data["platforms"]
    return {KEPT: kept}
