"""The filters of lists as DataRobot names them."""

from __future__ import annotations

from typing import Any

from annotator.domain.text import name_key
from annotator.models import JobState
from api.common.filters import ChoiceFilter, FilterSet, TextFilter

from .jobs import QUEUE

PROJECT_ORDERS = {"projectName": ("sort_key", "id"), "-projectName": ("-sort_key", "-id")}


_OPEN = (JobState.QUEUED, JobState.RUNNING)
_STATES = {QUEUE[state]: state for state in (*_OPEN, JobState.FAILED)}


class ProjectFilterSet(FilterSet):
    """Projects by name; without an order the newest is first."""

    projectName = TextFilter(help_text="A part of the name, in any case.")
    useCaseId = TextFilter(help_text="There are no use cases: with an id the list is empty.")
    orderBy = ChoiceFilter(choices=tuple(PROJECT_ORDERS))

    def filter_queryset(self, queryset: Any) -> Any:
        applied = self.applied
        if "useCaseId" in applied:
            return queryset.none()
        if "projectName" in applied:
            queryset = queryset.filter(name_key__contains=name_key(applied["projectName"]))
        return queryset.order_by(*PROJECT_ORDERS.get(applied.get("orderBy", ""), ("-created_at", "-id")))


class JobFilterSet(FilterSet):
    """Jobs by state."""

    status = ChoiceFilter(choices=tuple(_STATES), help_text="Default those that wait or run.")

    def filter_queryset(self, queryset: Any) -> Any:
        status = self.applied.get("status")
        return queryset.filter(state__in=_OPEN if status is None else [_STATES[status]])
