"""Activity types, and segments of videos."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import F, QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.models import Concept, Segment
from annotator.services.annotations import segments
from annotator.services.vocabulary import concepts

from ..serializers.segments import (
    ActivityTypeInSerializer,
    ActivityTypeSerializer,
    SegmentQuerySerializer,
    SegmentSerializer,
    VideoSegmentInSerializer,
)
from ..video_filters import SegmentFilterSet
from ..viewsets import ProjectViewSet, VideoViewSet

_SEGMENTS = Segment.objects.prefetch_related("links").order_by("start_ms", "id")


class ActivityTypeViewSet(ListModelMixin, RetrieveModelMixin, ProjectViewSet):
    """Activity types."""

    queryset = Concept.objects.filter(on_segment=True).order_by(
        F("segment_order").asc(nulls_last=True), "sort_key", "id"
    )
    lookup_url_kwarg = "activity_type_id"
    object_noun = "activity type"
    serializer_class = ActivityTypeSerializer
    request_serializer_classes = {"create": ActivityTypeInSerializer, "update": ActivityTypeInSerializer}
    permission_actions = {
        "list": "project.read",
        "retrieve": "project.read",
        "create": "vocabulary.write",
        "update": "vocabulary.write",
        "destroy": "vocabulary.write",
    }

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create an activity type."""
        data = self.get_validated_data()
        return self.respond(
            concepts.create(actor=self.actor, project=self.project, roles=("segment",), **data)
        )

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change an activity type."""
        changes = self.get_validated_data()
        return self.respond(
            concepts.update(actor=self.actor, concept=self.get_object(), changes=changes, role="segment")
        )

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete an activity type; segments that have no other go with it."""
        concepts.delete(actor=self.actor, concept=self.get_object(), role="segment")
        return Response(status=204)


class VideoSegmentViewSet(ListModelMixin, VideoViewSet):
    """Segments of a video."""

    queryset = _SEGMENTS
    serializer_class = SegmentSerializer
    request_serializer_classes = {"create": VideoSegmentInSerializer}
    query_serializer_classes = {"create": SegmentQuerySerializer}
    filterset_classes = {"list": SegmentFilterSet}
    permission_actions = {"list": "project.read", "create": "label.write"}

    def get_queryset(self) -> QuerySet[Segment]:
        rows: QuerySet[Segment] = _SEGMENTS.filter(media=self.video)
        return rows

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a segment."""
        data = _segment_data(self.get_validated_data(), self.video.pk)
        replace = self.validated_query["replace_overlap"]
        return self.respond(
            segments.create(actor=self.actor, media=self.video, replace_overlap=replace, **data)
        )


class SegmentViewSet(RetrieveModelMixin, ProjectViewSet):
    """Segments."""

    queryset = _SEGMENTS.filter(media__trashed_at__isnull=True).select_related("media__project")
    lookup_url_kwarg = "segment_id"
    object_noun = "segment"
    serializer_class = SegmentSerializer
    request_serializer_classes = {"update": VideoSegmentInSerializer}
    permission_actions = {"retrieve": "project.read", "update": "label.write", "destroy": "label.write"}

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a segment."""
        segment = self.get_object()
        changes = _segment_data(self.get_validated_data(), segment.media_id)
        return self.respond(segments.update(actor=self.actor, segment=segment, changes=changes))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a segment."""
        segment = self.get_object()
        segments.delete_many(actor=self.actor, media=segment.media, segment_ids=[segment.pk])
        return Response(status=204)


def _segment_data(data: dict[str, Any], video_id: uuid.UUID) -> dict[str, Any]:
    """Return a body without its video. Raises Invalid when it names another one than the path."""
    rest = {name: value for name, value in data.items() if name != "video_id"}
    if data.get("video_id", video_id) != video_id:
        raise Invalid("video_id is not the video of this address.", field="video_id")
    return rest
