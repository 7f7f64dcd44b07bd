"""Jobs and statuses as DataRobot names them: the same rows in two forms."""

from __future__ import annotations

from typing import Any

from api.common import fields
from api.common.serializers import Serializer

from ..jobs import QUEUE, STATUS, job_path


class JobSerializer(Serializer):
    """A job of a project in a response."""

    id = fields.TextField(help_text="A decimal number, unique in the project.")
    status = fields.ChoiceField(tuple(QUEUE.values()))
    isBlocked = fields.BooleanField()
    jobType = fields.TextField()
    message = fields.TextField()
    progress = fields.NumberField(help_text="0 to 1.")
    modelId = fields.TextField(allow_null=True)
    projectId = fields.UUIDField()
    url = fields.TextField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "id": str(instance.number),
            "status": QUEUE[instance.state],
            "isBlocked": False,
            "jobType": instance.kind,
            "message": instance.error or instance.message,
            "progress": instance.progress,
            "modelId": None,
            "projectId": instance.project_id,
            "url": self.context["view"].link(job_path(instance)),
        }


class StatusSerializer(Serializer):
    """The status of a job in a response."""

    statusId = fields.UUIDField()
    status = fields.ChoiceField(tuple(STATUS.values()))
    code = fields.IntegerField(help_text="0, or 1 for a job that has failed.")
    message = fields.TextField()
    description = fields.TextField()
    created = fields.DateTimeField()
    statusType = fields.TextField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "statusId": instance.pk,
            "status": STATUS[instance.state],
            "code": int(STATUS[instance.state] == "ERROR"),
            "message": instance.error or instance.message,
            "description": "",
            "created": instance.created_at,
            "statusType": instance.kind,
        }
