"""The filters of lists of videos and segments as Hasty names them."""

from __future__ import annotations

from typing import Any

from django import forms

from annotator.domain import text
from annotator.domain.errors import Invalid
from annotator.services.media.selection import MediaSelection
from api.common.filters import (
    FilterSet,
    TextFilter,
    TextFormField,
    TextListFilter,
    UUIDFilter,
    UUIDListFilter,
)

from .filters import OfBatchFilterSet, UUIDOrNoneFilter, with_statuses
from .serializers.videos import HEALTH


class VideoFilterSet(OfBatchFilterSet):
    """The filters of a list of videos. There are no work queues yet: no video is in one."""

    dataset_id = UUIDListFilter(field_name="datasets", help_text="Any of these datasets.")
    video_status = TextListFilter(help_text="Any of these statuses, by name; those of the project too.")
    status_id = UUIDListFilter(field_name="statuses", help_text="Any of these statuses, by id.")
    video_name = TextFilter(field_name="name_contains", help_text="Part of the name, in any case.")
    health_status = TextListFilter(field_name="health", help_text=f"Any of {', '.join(HEALTH)}.")
    activity = UUIDListFilter(
        field_name="activities", help_text="With a segment of any of these activity types."
    )
    queue_id = UUIDOrNoneFilter(help_text="In this work queue; none: in no queue.")
    batch_id = UUIDOrNoneFilter(help_text="Of this upload batch; none: of no batch.")

    def get_selection(self) -> MediaSelection:
        selection = super().get_selection()
        if not set(selection.health or ()) <= set(HEALTH):
            raise Invalid(f"health_status must be one of {', '.join(HEALTH)}.", field="health_status")
        names = self.applied.get("video_status", ())
        if "AUTO-LABELLED" in names:
            raise Invalid("Videos are never AUTO-LABELLED.", field="video_status")
        return with_statuses(selection, self.project, names, field="video_status")

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        return found.none() if self.applied.get("queue_id") is not None else found


class _Milliseconds(TextFormField):
    def parse(self, value: str) -> int:
        found = super().parse(value)
        if not (found.isascii() and found.isdigit()) or int(found[:20]) > text.MAX_INT:
            raise forms.ValidationError("must be a whole number of milliseconds.", code="invalid")
        return int(found)


class MillisecondsFilter(TextFilter):
    """A time in a video."""

    field_class = _Milliseconds
    schema = {"pattern": "^[0-9]{1,18}$"}


class SegmentFilterSet(FilterSet):
    """The filters of the segments of a video: those with an activity, those that reach into a window."""

    activity_type_id = UUIDFilter(field_name="links__concept", help_text="With this activity.")
    start_time_ms = MillisecondsFilter(
        field_name="end_ms", lookup_expr="gt", help_text="Segments that end after this time."
    )
    end_time_ms = MillisecondsFilter(
        field_name="start_ms", lookup_expr="lt", help_text="Segments that start before this time."
    )
