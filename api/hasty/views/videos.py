"""Videos."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.models import Media, Project
from annotator.services.media import changes as media_changes, statuses, uploads
from annotator.services.video import videos

from .. import viewsets
from ..serializers.images import ImagePlaceInSerializer, ImageStatusInSerializer
from ..serializers.videos import VideoInSerializer, VideoSerializer
from ..video_filters import VideoFilterSet
from .images import find_dataset, find_status

_VIDEOS = Media.objects.filter(kind="video").with_home().select_related("status", "blob")


class VideoViewSet(ListModelMixin, RetrieveModelMixin, viewsets.VideoViewSet):
    """Videos."""

    queryset = _VIDEOS.in_list_order()
    media_queryset = _VIDEOS
    serializer_class = VideoSerializer
    request_serializer_classes = {
        "create": VideoInSerializer,
        "partial_update": ImagePlaceInSerializer,
        "set_status": ImageStatusInSerializer,
    }
    decoding_actions = frozenset({"create"})
    filterset_classes = {"list": VideoFilterSet}
    success_statuses = {"set_status": (204,)}
    permission_actions = {
        "list": "project.read",
        "retrieve": "project.read",
        "create": "media.upload",
        "partial_update": "media.write",
        "destroy": "media.delete",
        "set_status": "status.write",
    }

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a video; what is in its file is read by a job."""
        return self.respond_stored(_create(self.actor, self.project, **self.get_validated_data()))

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Rename or move a video."""
        data = self.get_validated_data()
        dataset = find_dataset(self.project, data["dataset_id"]) if "dataset_id" in data else None
        media_changes.rename_or_move(
            actor=self.actor, media=self.video, name=data.get("name"), dataset=dataset
        )
        return self.respond_stored(self.video)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a video."""
        media_changes.trash(actor=self.actor, project=self.project, media=[self.video.pk])
        return Response(status=204)

    def set_status(self, request: Request, **kwargs: Any) -> Response:
        """Set the status of a video."""
        status = find_status(self.project, self.get_validated_data())
        statuses.set_status(actor=self.actor, project=self.project, media=[self.video], status=status)
        return Response(status=204)

    def respond_stored(self, video: Media) -> Response:
        """Return a response with a video as it is stored now."""
        return self.respond(self.get_queryset().get(pk=video.pk))


def _create(
    actor: Any,
    project: Project,
    *,
    dataset_id: uuid.UUID,
    filename: str | None = None,
    external_id: str | None = None,
    **source: Any,
) -> Media:
    """Create a video from the one source that is named."""
    dataset = find_dataset(project, dataset_id)
    if ("upload_id" in source) == ("url" in source):
        raise Invalid("Name one source of the video: upload_id or url.", field="upload_id")
    details: dict[str, Any] = {"actor": actor, "dataset": dataset, "external_id": external_id or ""}
    if "url" in source:
        return videos.create_from_url(name=filename, url=source["url"], **details)
    if filename is None:
        raise Invalid("filename is required.", field="filename")
    upload = uploads.find(project=project, upload_id=source["upload_id"])
    return videos.create(name=filename, source=upload, **details)
