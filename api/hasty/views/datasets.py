"""Datasets."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Dataset
from annotator.services import naming
from annotator.services.projects import datasets

from ..filters import NameFilterSet
from ..serializers.datasets import DatasetInSerializer, DatasetSerializer
from ..viewsets import ProjectViewSet


class DatasetViewSet(ListModelMixin, RetrieveModelMixin, ProjectViewSet):
    """Datasets."""

    queryset = Dataset.objects.order_by(F("order").asc(nulls_last=True), "sort_key", "id")
    lookup_url_kwarg = "dataset_id"
    object_noun = "dataset"
    serializer_class = DatasetSerializer
    request_serializer_classes = {"create": DatasetInSerializer, "update": DatasetInSerializer}
    filterset_class = NameFilterSet
    permission_actions = {
        "list": "project.read",
        "retrieve": "project.read",
        "create": "dataset.write",
        "update": "dataset.write",
        "destroy": "media.delete",
    }

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a dataset."""
        data = self.get_validated_data()
        order = data.get("order")
        if order is None:
            order = naming.next_order(Dataset.objects.filter(project=self.project), "order")
        return self.respond(
            datasets.create(actor=self.actor, project=self.project, name=data["name"], order=order)
        )

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a dataset."""
        changes = self.get_validated_data()
        return self.respond(datasets.update(actor=self.actor, dataset=self.get_object(), changes=changes))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a dataset with its media."""
        datasets.trash(actor=self.actor, dataset=self.get_object())
        return Response(status=204)
