"""Datasets, what is in them, and what is added to them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.domain.ids import uuid7
from annotator.models import Dataset
from annotator.services.buckets import buckets
from annotator.services.exchange import assets
from annotator.services.projects import catalog

from ..serializers import datasets as serializers
from ..viewsets import CoactiveViewSet, WorkspaceViewSet


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

    @property
    def credentials_id(self) -> uuid.UUID | None:
        """The bucket that the dataset was created with."""
        kept = (self.dataset.project.settings.get(serializers.KEPT) or {}).get("credentials_id")
        return uuid.UUID(kept) if kept else None


class DatasetViewSet(WorkspaceViewSet, DatasetRowsViewSet):
    """Datasets."""

    serializer_class = serializers.DatasetSerializer
    request_serializer_classes = {
        "create": serializers.CreateDatasetSerializer,
        "partial_update": serializers.DatasetChangeSerializer,
    }
    response_schemas = {"remove": {"type": "object"}}
    permission_actions = {
        "list": None,
        "create": "project.create",
        "retrieve": "project.read",
        "partial_update": "dataset.write",
        "remove": "media.delete",
    }
    sort_fields = (("createdDt", "asc"),)

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the datasets that the token reaches."""
        rows = self.dataset_rows().visible_to(self.actor).order_by("created_at", "id")  # type: ignore[attr-defined]
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(self.get_serializer(self._summed(list(page)), many=True).data)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a dataset."""
        data = self.get_validated_data()
        workspace = self.get_workspace()
        credentials_id = data.get("credentials_id")
        if credentials_id is not None:
            buckets.find(workspace=workspace, key=credentials_id, field="credentialsId")
        kept = {
            "encoder": data.get("encoder"),
            "settings": data.get("settings") or {},
            "credentials_id": credentials_id and str(credentials_id),
        }
        dataset = catalog.create(
            actor=self.actor,
            workspace=workspace,
            name=data["name"],
            description=data.get("description", ""),
            settings={serializers.KEPT: kept},
        )
        return self._respond_with(dataset)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read a dataset."""
        return self._respond_with(self.dataset)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Change a dataset."""
        changes = self.get_validated_data()
        return self._respond_with(catalog.update(actor=self.actor, dataset=self.dataset, changes=changes))

    def remove(self, request: Request, **kwargs: Any) -> Response:
        """Delete a dataset."""
        catalog.delete(actor=self.actor, dataset=self.dataset)
        return Response({})

    def _respond_with(self, dataset: Dataset) -> Response:
        return self.respond(self._summed([dataset])[0])

    def _summed(self, datasets: Sequence[Dataset]) -> Sequence[serializers.SummedDataset]:
        found = assets.summaries(datasets)
        return [serializers.SummedDataset(each, found[each.pk]) for each in datasets]


class AddedAssetViewSet(DatasetRowsViewSet):
    """Images and videos that are added."""

    serializer_class = serializers.AddAssetsConfirmationSerializer
    request_serializer_classes = {"create": serializers.AddAssetsSerializer}
    permission_actions = {"create": "media.upload"}

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add images or videos by their paths, images listed in a CSV file, or all whose path begins with `dataPath`."""
        data = self.get_validated_data()
        named = {name: data[name] for name in ("images", "videos", "data_path", "csv_path") if data.get(name)}
        if not named:
            raise Invalid("Send images, videos, dataPath or csvPath.", field="images")
        if len(named) > 1:
            raise Invalid("Send only one of images, videos, dataPath and csvPath.", field="dataPath")
        options: dict[str, Any] = {
            "actor": self.actor, "dataset": self.dataset, "preferred": self.credentials_id
        }  # fmt: skip
        found: dict[str, Any] = {"images": [], "videos": []}
        if "data_path" in named:
            job = assets.add_prefix(path=named["data_path"], **options)
        elif "csv_path" in named:
            job = assets.add_listed(path=named["csv_path"], **options)
        elif "images" in named:
            job, made = assets.add(assets=serializers.assets_of(named["images"]), **options)
            found["images"] = _with_paths(made, named["images"])
        else:
            made = assets.add_videos(assets=serializers.assets_of(named["videos"]), **options)
            return self.respond(
                found | {"request_group_id": uuid7(), "videos": _with_paths(made, named["videos"])}
            )
        return self.respond(found | {"request_group_id": job.pk})


def _with_paths(made: Sequence[Any], rows: Sequence[Any]) -> Sequence[Any]:
    """Return media that were added with the paths of the request."""
    for media, row in zip(made, rows, strict=True):
        media.path = row["path"]
    return made
