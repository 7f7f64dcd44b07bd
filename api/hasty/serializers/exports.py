"""Exports as Hasty names them: one asynchronous job each."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import SerializerMethodField

from annotator.models import Job, JobState
from annotator.services.exchange.exports import exports
from annotator.services.media import urls as media_urls
from api.common import fields
from api.common.serializers import Serializer

STATES = {
    JobState.QUEUED: "INIT",
    JobState.RUNNING: "RUNNING",
    JobState.DONE: "DONE",
    JobState.FAILED: "FAILED",
    JobState.CANCELLED: "CANCELED",
}


class JobSerializer(Serializer):
    """An export in a response; the URL of its file is absolute and needs no key."""

    id = fields.UUIDField(source="pk")
    type = SerializerMethodField()
    status = SerializerMethodField()
    started_by = fields.UUIDField(source="started_by_id", allow_null=True)
    project_id = fields.UUIDField()
    started_on = fields.DateTimeField(source="created_at")
    completed_on = fields.DateTimeField(source="finished_at", allow_null=True)
    meta = SerializerMethodField()

    def get_type(self, job: Job) -> str:
        return "EXPORT"

    def get_status(self, job: Job) -> str:
        return STATES[JobState(job.state)]

    def get_meta(self, job: Job) -> dict[str, Any]:
        facts = {"export_name": job.params.get("name", "export"), "format": job.params.get("format")}
        if job.state == JobState.FAILED:
            return facts | {"error": job.error}
        if job.state != JobState.DONE:
            return facts | {"progress": job.progress}
        counts = {
            f"num_{what}": job.result[what]
            for what in ("images", "labels", "videos", "segments")
            if what in job.result
        }
        facts |= counts | {
            "size": job.result.get("size"),
            "losses": job.result.get("report", []),
        }
        if job.artifact_id is None:
            return facts | {"url": None, "error": "The file is not kept any more; run the export again."}
        view = self.context["view"]
        path = media_urls.export(job, str(job.result["file_name"]), actor=view.actor)
        return facts | {"url": view.absolute(path)}


class ExportInSerializer(Serializer):
    """What starts an export."""

    format = fields.ChoiceField(exports.FORMATS)
    dataset_id = fields.ListField(child=fields.UUIDField(), required=False, help_text="Empty: all.")
    tag = fields.ListField(
        child=fields.UUIDField(), required=False, help_text="Tag classes; media with any of them."
    )
    class_ = fields.ListField(
        child=fields.UUIDField(), required=False, help_text="Label classes; the labels that are written."
    )
    status_start_time = fields.DateTimeField(
        required=False, help_text="Only media whose status was set at that time or later."
    )
    image_status = fields.ListField(child=fields.TextField(), required=False)
    video_status = fields.ListField(child=fields.TextField(), required=False)
    sign_urls = fields.BooleanField(required=False, help_text="Add a signed URL to each image or video.")
    export_name = fields.LineField(max_length=100, required=False, help_text='Default "export".')
    semantic_format = fields.ChoiceField(
        ("gs_asc", "gs_desc", "class_color"),
        required=False,
        help_text="For semantic_png: gray levels from 1 up, from 255 down, or the colors of the classes. Default gs_asc.",
    )
    labels_order = fields.ListField(
        child=fields.ChoiceField(("z_index", "class_type", "class_order")),
        required=False,
        help_text="For semantic_png: sort keys in turn; what comes later is drawn on top. Default z_index.",
    )

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; `class` is no name in Python."""
        return {"class" if name == "class_" else name: field for name, field in super().get_fields().items()}
