"""Videos as Hasty names them."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework.serializers import SerializerMethodField

from annotator.services.media import urls as media_urls
from api.common import fields
from api.common.serializers import Serializer

HEALTH = ("OK", "ERROR", "UNHEALTHY", "PROCESSING")


class VideoSerializer(Serializer):
    """A video in a response; read with its home, status and blob. What is read of the file is 0 while it is PROCESSING."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    dataset_id = fields.UUIDField()
    dataset_name = fields.TextField()
    width = fields.IntegerField()
    height = fields.IntegerField()
    format = fields.TextField()
    frame_rate = SerializerMethodField(help_text="Frames in a second; the mean where it varies.")
    duration_ms = SerializerMethodField()
    duration_frames = SerializerMethodField()
    health_status = fields.ChoiceField(HEALTH, source="health")
    status = fields.TextField(source="status.name")
    status_id = fields.UUIDField()
    url = SerializerMethodField()
    public_url = SerializerMethodField()
    uploaded_at = fields.DateTimeField(source="created_at")
    queue_ids = SerializerMethodField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        path = media_urls.addresses(instance, name=instance.name).original
        self.address = None if path is None else str(self.context["view"].absolute(path))
        return super().to_representation(instance)

    def get_frame_rate(self, video: Any) -> float:
        return video.frame_rate or 0.0

    def get_duration_ms(self, video: Any) -> int:
        return video.duration_ms or 0

    def get_duration_frames(self, video: Any) -> int:
        return video.frame_count or 0

    def get_url(self, video: Any) -> str | None:
        return self.address

    def get_public_url(self, video: Any) -> str:
        return self.address or ""  # the client takes any string, and does not ask again

    def get_queue_ids(self, video: Any) -> list[uuid.UUID]:
        return []


class VideoInSerializer(Serializer):
    """What creates a video."""

    dataset_id = fields.UUIDField()
    filename = fields.FileNameField(
        required=False, help_text="May be left out with url: then it is the last part of it."
    )
    upload_id = fields.UUIDField(
        required=False, help_text="A slot that holds the file; one of upload_id and url is needed."
    )
    url = fields.HttpAddressField(
        required=False, help_text="An http or https address to fetch the video from."
    )
    external_id = fields.LineField(max_length=500, required=False, allow_null=True)
