"""Exports as Hasty names them: one asynchronous job each."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from annotator.models import Job, JobState
from annotator.services.exchange.exports import exports
from annotator.services.media import urls as media_urls
from api.common.shapes import bool_field, choice_field, id_field, list_field, shape, text_field, time_field

FORMATS = ("json_v1.1", "semantic_png", "json_coco", "pascal", "images", "videos", "yolo")
STATES = {
    JobState.QUEUED: "INIT",
    JobState.RUNNING: "RUNNING",
    JobState.DONE: "DONE",
    JobState.FAILED: "FAILED",
    JobState.CANCELLED: "CANCELED",
}
_IDS = id_field(required=True)
_WORDS = text_field(required=True)

EXPORT = shape(
    "ExportIn",
    format=choice_field(FORMATS, required=True, doc=f"Available here: {', '.join(exports.FORMATS)}."),
    dataset_id=list_field(_IDS, doc="Empty: all."),
    tag=list_field(_IDS, doc="Tag classes; media with any of them."),
    class_=list_field(_IDS, doc="Label classes; the labels that are written."),
    status_start_time=time_field(doc="Only media whose status was set at that time or later."),
    image_status=list_field(_WORDS),
    video_status=list_field(_WORDS),
    sign_urls=bool_field(doc="Add a signed address to each image."),
    export_name=text_field(doc='Default "export".'),
    semantic_format=choice_field(("gs_asc", "gs_desc", "class_color"), doc="For semantic_png."),
    labels_order=list_field(
        choice_field(("z_index", "class_type", "class_order"), required=True), doc="For semantic_png."
    ),
)


class JobOut(TypedDict):
    id: uuid.UUID
    type: str
    status: str
    started_by: uuid.UUID | None
    project_id: uuid.UUID
    started_on: datetime
    completed_on: datetime | None
    meta: dict[str, Any]


def out(row: Job, view: Any) -> JobOut:
    """Return an export; the address of its file is absolute and needs no key."""
    assert row.project_id is not None
    return {
        "id": row.pk,
        "type": "EXPORT",
        "status": STATES[JobState(row.state)],
        "started_by": row.started_by_id,
        "project_id": row.project_id,
        "started_on": row.created_at,
        "completed_on": row.finished_at,
        "meta": _meta(row, view),
    }


def _meta(row: Job, view: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "export_name": row.params.get("name", "export"),
        "format": row.params.get("format"),
    }
    if row.state == JobState.FAILED:
        return facts | {"error": row.error}
    if row.state != JobState.DONE:
        return facts | {"progress": row.progress}
    facts |= {
        "num_images": row.result.get("images"),
        "num_labels": row.result.get("labels"),
        "size": row.result.get("size"),
    }
    facts |= {"losses": row.result.get("report", [])}
    if row.artifact_id is None:
        return facts | {"url": None, "error": "The file is not kept any more; run the export again."}
    return facts | {"url": view.absolute(media_urls.export(row, str(row.result["file_name"])))}
