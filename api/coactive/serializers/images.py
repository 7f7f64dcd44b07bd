"""Images as Coactive names them, and the states of their ingestion."""

from __future__ import annotations

from typing import Any, ClassVar

from annotator.models import JobState
from annotator.services.annotations.metadata import RESERVED
from annotator.services.exchange.sources import SourceState
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

MAX_IDS = 1000

QUEUED, IN_PROGRESS, COMPLETED, ERROR, NOT_FOUND = STATUSES = (
    "queued", "in_progress", "completed", "error", "not_found",
)  # fmt: skip
# The vendor's codes, by those of our refusals; "unknown" for the others.
_ERROR_CODES = {
    "not_an_image": "unknown_content_type",
    "unsupported_format": "unsupported_format",
    "file_missing": "file_not_found",
    "object_unreadable": "file_not_found",
    "bucket_refused": "permission_denied",
    "unreachable": "broken_url",
    "not_public": "broken_url",
    "too_large": "file_too_large",
    "too_many_pixels": "resolution_out_of_spec",
    "unknown_bucket": "unsupported_source_type",
    "scheme": "unsupported_uri_scheme",
}


def resource_values(row: Any) -> dict[str, Any]:
    """Return what every object of Coactive has: who made and changed it, and when. No user is an empty text."""
    created_by = str(row.created_by_id or "")
    return {
        "createdUserId": created_by,
        "createdDt": row.created_at,
        "updatedUserId": str(getattr(row, "updated_by_id", None) or created_by),
        "updatedDt": row.updated_at,
    }


class ResourceSerializer(Serializer):
    """What every object has."""

    createdUserId = fields.TextField()
    createdDt = fields.DateTimeField()
    updatedUserId = fields.TextField()
    updatedDt = fields.DateTimeField()


class AssetSerializer(ResourceSerializer):
    """An image or a video, read `with_path`."""

    #: What its id is called.
    key_name: ClassVar[str]
    path = fields.TextField(allow_null=True)
    metadata = fields.MapField(child=fields.JSONField(allow_null=True), allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        metadata = {name: value for name, value in instance.metadata.items() if name != RESERVED}
        return {
            **resource_values(instance),
            self.key_name: instance.pk,
            "path": instance.path,
            "metadata": metadata or None,
        }


class ImageSerializer(AssetSerializer):
    """An image."""

    key_name = "coactiveImageId"
    coactiveImageId = fields.UUIDField()
    id = fields.TextField(allow_null=True, help_text="The caller's own id.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {**super().to_representation(instance), "id": instance.external_id or None}


class VideoSerializer(AssetSerializer):
    """A video; of a request that added or changed it, with that."""

    key_name = "coactiveVideoId"
    coactiveVideoId = fields.UUIDField()
    requestId = fields.UUIDField()
    requestDt = fields.DateTimeField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        request = {"requestId": instance.pk, "requestDt": instance.updated_at}
        return {**super().to_representation(instance), **request}


class AssetResponseSerializer(ImageSerializer):
    """An image with its dataset and size."""

    datasetId = fields.UUIDField()
    assetType = fields.ChoiceField(("image",))
    width = fields.IntegerField()
    height = fields.IntegerField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            **super().to_representation(instance),
            "datasetId": instance.dataset_id,
            "assetType": "image",
            "width": instance.width,
            "height": instance.height,
        }


class ImageIdsQuerySerializer(QuerySerializer):
    """Which images are read."""

    coactive_image_ids = fields.QueryListField(
        child=fields.UUIDField(), max_items=MAX_IDS, help_text="Repeated, or joined by commas."
    )


class MetadataForImagesResponseSerializer(Serializer):
    """Images in the order of the request."""

    data = AssetResponseSerializer(many=True)  # type: ignore[assignment]


class PathsQuerySerializer(QuerySerializer):
    """The paths whose states are read."""

    paths = fields.QueryListField(
        child=fields.QueryKeyField(max_length=2_000, min_length=1),
        max_items=MAX_IDS,
        is_split=False,
        help_text="Repeated: a comma may be part of a path.",
    )


class ImageStatusSerializer(Serializer):
    """What became of a path."""

    path = fields.TextField()
    coactiveImageId = fields.UUIDField(allow_null=True)
    status = fields.ChoiceField(STATUSES)
    errorCode = fields.TextField(allow_null=True)
    errorReason = fields.TextField(allow_null=True)
    updatedDt = fields.DateTimeField(allow_null=True)

    def to_representation(self, instance: SourceState) -> dict[str, Any]:
        media = instance.media
        status = status_of(instance)
        is_error = status == ERROR
        return {
            "path": instance.path,
            "coactiveImageId": media and media.pk,
            "status": status,
            "errorCode": _ERROR_CODES.get(instance.code, "unknown") if is_error else None,
            "errorReason": (instance.reason or "It could not be read.") if is_error else None,
            "updatedDt": media and media.updated_at,
        }


def status_of(state: SourceState) -> str:
    """Return the vendor's word for how far the ingestion of a path is."""
    if state.media is None:
        return NOT_FOUND if state.job_state is None else _OF_JOB[state.job_state]
    if state.media.health == "ERROR":
        return ERROR
    return COMPLETED if state.job_state is None else _OF_JOB[state.job_state]


_OF_JOB = {
    JobState.QUEUED: QUEUED,
    JobState.RUNNING: IN_PROGRESS,
    JobState.DONE: COMPLETED,
    JobState.FAILED: ERROR,
    JobState.CANCELLED: ERROR,
}


class StatusesForImagesResponseSerializer(Serializer):
    """States in the order of the paths."""

    data = ImageStatusSerializer(many=True)  # type: ignore[assignment]
