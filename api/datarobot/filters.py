"""The filters of lists as DataRobot names them."""

from __future__ import annotations

from typing import Any

from annotator.domain.text import name_key
from api.common.filters import ChoiceFilter, FilterSet, TextFilter

PROJECT_ORDERS = {"projectName": ("sort_key", "id"), "-projectName": ("-sort_key", "-id")}


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
