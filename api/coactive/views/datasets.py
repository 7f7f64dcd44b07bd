"""Datasets."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from annotator.models import Dataset

from ..viewsets import CoactiveViewSet


class DatasetRowsViewSet(CoactiveViewSet):
    """Addresses of one dataset and of what is in it."""

    object_noun = "dataset"
    dataset: Dataset

    @staticmethod
    def dataset_rows() -> QuerySet[Any]:
        """Return the datasets that a path may name, each with its project."""
        return Dataset.objects.select_related("project__workspace")

    def resolve_path(self) -> None:
        if "dataset_id" in self.kwargs:
            key = self.path_key("dataset_id")
            self.object = self.dataset = self.find_in_project(self.dataset_rows, "dataset", key)
