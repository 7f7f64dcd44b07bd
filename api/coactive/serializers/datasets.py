"""Datasets as Coactive names them, and what is added to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from annotator.models import Dataset, JobState
from annotator.services.exchange.assets import Asset, Summary
from api.common import fields
from api.common.serializers import ListSerializer, Serializer

from .images import ImageSerializer, ResourceSerializer, VideoSerializer, resource_values

MAX_ASSETS = 1_000
#: Where the settings of a hidden project keep what only this vendor has.
KEPT = "coactive"
ENCODERS = (
    "multimodal", "multimodal-tx-small1", "multimodal-tx-small2", "multimodal-tx-large1", "multimodal-tx-large2",
    "multimodal-tx-large3",
)  # fmt: skip
SAMPLING = ("intelligent", "uniform")
INCOMPLETE, WAITING, INITIALIZING, READY, ERROR = STATUSES = (
    "Incomplete", "Waiting", "Initializing", "Ready", "Error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SummedDataset:
    """A dataset with what it holds."""

    dataset: Dataset
    summary: Summary


class DatasetSerializer(ResourceSerializer):
    """A dataset."""

    name = fields.TextField()
    description = fields.TextField(allow_null=True)
    datasetId = fields.UUIDField()
    status = fields.ChoiceField(STATUSES)
    isDeletable = fields.BooleanField()
    imageCount = fields.IntegerField()
    videoCount = fields.IntegerField()
    encoder = fields.TextField(allow_null=True)

    def to_representation(self, instance: SummedDataset) -> dict[str, Any]:
        dataset, summary = instance.dataset, instance.summary
        return {
            **resource_values(dataset),
            "name": dataset.name,
            "description": dataset.description or None,
            "datasetId": dataset.pk,
            "status": status_of(summary),
            "isDeletable": summary.job_state is None,
            "imageCount": summary.images,
            "videoCount": summary.videos,
            "encoder": (dataset.project.settings.get(KEPT) or {}).get("encoder"),
        }


def status_of(summary: Summary) -> str:
    """Return the vendor's word for how far a dataset is."""
    usable = summary.images + summary.videos
    if summary.job_state is not None:
        return WAITING if summary.job_state == JobState.QUEUED and not usable else INITIALIZING
    if usable:
        return READY
    return ERROR if summary.broken or summary.pending else INCOMPLETE


class DatasetSettingsSerializer(Serializer):
    """How keyframes would be taken from videos; kept and not used."""

    keyframeSamplingMethod = fields.ChoiceField(SAMPLING, required=False)
    keyframeUniformFpsSamplingRate = fields.NumberField(low=0, high=1_000, required=False)


class CreateDatasetSerializer(Serializer):
    """A new dataset."""

    name = fields.NameField()
    description = fields.ParagraphField(required=False)
    credentialsId = fields.UUIDField(
        source="credentials_id", required=False, help_text="A bucket of the workspace."
    )
    encoder = fields.ChoiceField(ENCODERS, required=False, help_text="Kept and not used.")
    settings = DatasetSettingsSerializer(required=False)


class DatasetChangeSerializer(Serializer):
    """What changes a dataset."""

    name = fields.NameField(required=False)
    description = fields.ParagraphField(required=False, allow_null=True)


def path_field(**options: Any) -> fields.LineField:
    """Return a field of an address."""
    return fields.NameField(max_length=2_000, **options)


def metadata_field(**options: Any) -> fields.MapField:
    """Return a field of metadata."""
    return fields.MapField(child=fields.JSONField(allow_null=True), max_items=100, **options)


class AddVideoSerializer(Serializer):
    """A video to read."""

    path = path_field()
    metadata = metadata_field(required=False)


class AddImageSerializer(AddVideoSerializer):
    """An image to read."""

    id = fields.LineField(source="external_id", max_length=500, required=False)


class _AssetListSerializer(ListSerializer):
    """Images or videos of a request."""

    max_items = MAX_ASSETS


class AddAssetsSerializer(Serializer):
    """What to read: images or videos by their paths, images listed in a file, or all whose path begins with `dataPath`."""

    images = _AssetListSerializer(child=AddImageSerializer(), required=False)
    videos = _AssetListSerializer(child=AddVideoSerializer(), required=False)
    dataPath = path_field(source="data_path", required=False)
    csvPath = path_field(
        source="csv_path", required=False, help_text="A CSV file with the columns path, id and metadata."
    )


def assets_of(rows: list[dict[str, Any]]) -> list[Asset]:
    """Return images of a request under the names of the service."""
    return [Asset(**row) for row in rows]


class AddedImageSerializer(ImageSerializer):
    """An image that was added, with its request."""

    requestId = fields.UUIDField()
    requestDt = fields.DateTimeField()
    #: The time of the image that is that of the request.
    time_name: ClassVar[str] = "created_at"

    def to_representation(self, instance: Any) -> dict[str, Any]:
        request = {"requestId": instance.pk, "requestDt": getattr(instance, self.time_name)}
        return {**super().to_representation(instance), **request}


class UpdatedImageSerializer(AddedImageSerializer):
    """An image whose metadata was replaced, with its request."""

    time_name = "updated_at"


class AddAssetsConfirmationSerializer(Serializer):
    """What was added."""

    requestGroupId = fields.UUIDField(source="request_group_id")
    images = AddedImageSerializer(many=True)
    videos = VideoSerializer(many=True)


class _UpdateMetadataSerializer(Serializer):
    path = path_field(required=False)
    metadata = metadata_field(required=False)


class UpdateImageMetadataSerializer(_UpdateMetadataSerializer):
    """The metadata that an image is to have: the image by path or id."""

    coactiveImageId = fields.UUIDField(source="asset_id", required=False)


class UpdateVideoMetadataSerializer(_UpdateMetadataSerializer):
    """The metadata that a video is to have: the video by path or id."""

    coactiveVideoId = fields.UUIDField(source="asset_id", required=False)


class UpdateAssetsMetadataSerializer(Serializer):
    """Metadata in place of what images and videos have."""

    images = _AssetListSerializer(child=UpdateImageMetadataSerializer(), required=False)
    videos = _AssetListSerializer(child=UpdateVideoMetadataSerializer(), required=False)


class UpdateAssetsMetadataConfirmationSerializer(Serializer):
    """Whose metadata was replaced."""

    requestGroupId = fields.UUIDField(source="request_group_id")
    images = UpdatedImageSerializer(many=True)
    videos = VideoSerializer(many=True)
