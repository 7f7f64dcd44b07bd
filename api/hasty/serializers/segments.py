"""Activity types and segments as Hasty names them: concepts in their role of segments, and intervals of videos."""

from __future__ import annotations

import uuid

from rest_framework.serializers import SerializerMethodField

from annotator.models import Segment
from annotator.services.annotations import segments
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer


class ActivityTypeSerializer(Serializer):
    """An activity type in a response."""

    id = fields.UUIDField(source="pk")
    created_at = fields.DateTimeField()
    name = fields.TextField()
    color = fields.TextOrNullField()
    prefix = fields.TextOrNullField(source="segment_prefix")


class ActivityTypeInSerializer(Serializer):
    """What creates or changes an activity type."""

    name = fields.NameField()
    color = fields.ColorField(required=False, allow_null=True, help_text="#RRGGBB or #RRGGBBAA.")
    prefix = fields.LineField(source="segment_prefix", max_length=200, required=False, allow_null=True)


class SegmentSerializer(Serializer):
    """A segment in a response; read with its links. The interval is half-open: its end is not in it."""

    id = fields.UUIDField(source="pk")
    video_id = fields.UUIDField(source="media_id")
    start_time_ms = fields.IntegerField(source="start_ms")
    end_time_ms = fields.IntegerField(source="end_ms")
    activities = SerializerMethodField()
    prediction_id = fields.TextOrNullField()
    created_by = fields.UUIDField(source="created_by_id", allow_null=True)
    created_at = fields.DateTimeField()

    def get_activities(self, segment: Segment) -> list[uuid.UUID]:
        return segments.activity_ids(segment)


class VideoSegmentInSerializer(Serializer):
    """What creates or changes a segment."""

    start_time_ms = fields.IntegerField(source="start_ms", low=0)
    end_time_ms = fields.IntegerField(source="end_ms", low=0)
    activities = fields.ListField(
        child=fields.UUIDField(),
        source="concept_ids",
        max_items=segments.MAX_ACTIVITIES,
        help_text="Activity types, at least one.",
    )
    video_id = fields.UUIDField(required=False, help_text="The video, when given that of the path.")
    prediction_id = fields.LineField(max_length=200, required=False, allow_null=True)


class SegmentQuerySerializer(QuerySerializer):
    """Parameters of creating a segment."""

    replace_overlap = fields.QueryBooleanField(
        default=False, help_text="Delete the segments that overlap the new one."
    )
