"""Datasets of the catalog as DataRobot names them, and what makes a project of one."""

from __future__ import annotations

from typing import Any

from annotator.models import JobState
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

STATES = {
    JobState.QUEUED: "RUNNING",
    JobState.RUNNING: "RUNNING",
    JobState.DONE: "COMPLETED",
    JobState.FAILED: "ERROR",
    JobState.CANCELLED: "ERROR",
}
COMPLETED = "COMPLETED"
CATEGORIES = ("TRAINING", "PREDICTION")
ORDERS = {"created": ("created_at", "id"), "-created": ("-created_at", "-id")}


class DatasetSerializer(Serializer):
    """A dataset in a list; it was read with `row_count` and `job`, its import, None for one that was made otherwise."""

    datasetId = fields.UUIDField()
    versionId = fields.UUIDField(help_text="Equal to datasetId: a dataset has one version.")
    name = fields.TextField()
    categories = fields.ListField(child=fields.ChoiceField(CATEGORIES))
    creationDate = fields.DateTimeField()
    createdBy = fields.TextField(allow_null=True)
    dataPersisted = fields.BooleanField()
    isDataEngineEligible = fields.BooleanField()
    isLatestVersion = fields.BooleanField()
    isSnapshot = fields.BooleanField()
    rowCount = fields.IntegerField()
    sampleSize = fields.JSONField(schema={"type": "object", "nullable": True})
    processingState = fields.ChoiceField(("RUNNING", COMPLETED, "ERROR"))

    def to_representation(self, instance: Any) -> dict[str, Any]:
        creator = instance.created_by
        return {
            "datasetId": instance.pk,
            "versionId": instance.pk,
            "name": instance.name,
            "categories": list(CATEGORIES),
            "creationDate": instance.created_at,
            "createdBy": str(creator) if creator else None,
            "dataPersisted": True,
            "isDataEngineEligible": False,
            "isLatestVersion": True,
            "isSnapshot": True,
            "rowCount": instance.row_count,
            "sampleSize": None,
            "processingState": STATES[instance.job.state] if instance.job else COMPLETED,
        }


class DatasetDetailsSerializer(DatasetSerializer):
    """A dataset by itself; it was read with `size` too."""

    datasetSize = fields.IntegerField(help_text="Bytes of its images.")
    dataSourceType = fields.TextField()
    description = fields.TextField()
    error = fields.TextField(help_text="Why its import failed.")
    featureCount = fields.IntegerField()
    lastModificationDate = fields.DateTimeField()
    lastModifierFullName = fields.TextField()
    uri = fields.TextField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        found = super().to_representation(instance)
        job = instance.job
        return found | {
            "datasetSize": instance.size,
            "dataSourceType": "",
            "description": instance.description,
            "error": "" if job is None else job.error or ("Cancelled." if job.state == "CANCELLED" else ""),
            "featureCount": 2 if instance.has_classes else 1,
            "lastModificationDate": instance.updated_at,
            # The client refuses an empty text.
            "lastModifierFullName": found["createdBy"] or "-",
            "uri": instance.name,
        }


class DatasetCreatedSerializer(Serializer):
    """What the response to an archive names."""

    catalogId = fields.UUIDField()
    catalogVersionId = fields.UUIDField()
    statusId = fields.UUIDField()


class DatasetChangeSerializer(Serializer):
    """What changes a dataset."""

    name = fields.NameField(max_length=500, required=False)
    categories = fields.ListField(
        child=fields.ChoiceField(CATEGORIES),
        max_items=len(CATEGORIES),
        required=False,
        help_text="Checked and not kept: every dataset serves both.",
    )


class DatasetListQuerySerializer(QuerySerializer):
    """The parameters of the list of datasets besides its page."""

    orderBy = fields.ChoiceField(tuple(ORDERS), required=False)
    category = fields.ChoiceField(CATEGORIES, required=False)
    filterFailed = fields.QueryBooleanField(required=False, help_text="Leave out those whose import failed.")


class ProjectCreateSerializer(Serializer):
    """What a new project is made of: a dataset or an address. A file comes as a form."""

    projectName = fields.NameField(source="name", required=False)
    datasetId = fields.UUIDField(source="dataset", required=False)
    datasetVersionId = fields.UUIDField(
        source="version", required=False, help_text="As datasetId: a dataset has one version."
    )
    url = fields.HttpAddressField(
        required=False, allow_blank=False, help_text="Of a ZIP archive of class folders."
    )

    default_error_messages = {
        "source": "must have either datasetId or url; a file is sent as a form.",
        "version": "has a datasetVersionId that is no version of the dataset.",
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("dataset" in attrs) == ("url" in attrs):
            self.fail("source")
        if attrs.get("version", attrs.get("dataset")) != attrs.get("dataset"):
            self.fail("version")
        return attrs


class ProjectCreatedSerializer(Serializer):
    """What the response to a new project names."""

    pid = fields.UUIDField()
    statusId = fields.UUIDField()
