"""Datasets of the catalog."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Dataset, DatasetItem, Job, Tag
from annotator.services.projects import catalog
from api.common.exceptions import UnsupportedMediaType

from ..serializers.datasets import (
    ORDERS,
    STATES,
    DatasetChangeSerializer,
    DatasetCreatedSerializer,
    DatasetDetailsSerializer,
    DatasetListQuerySerializer,
    DatasetSerializer,
)
from ..serializers.uploads import ArchiveParser
from ..viewsets import DataRobotViewSet
from .creation import Creation
from .quality_log import QualityLogView

_FAILED = [state for state, word in STATES.items() if word == "ERROR"]


class DatasetAddresses(DataRobotViewSet):
    """Addresses of one dataset, of the catalog or of a project."""

    queryset = Dataset.objects.select_related("project", "created_by")
    dataset: Dataset

    def resolve_path(self) -> None:
        if "datasetId" in self.kwargs:
            key = self.parse_key(self.kwargs["datasetId"], "dataset")
            self.dataset = self.find(self._rows, "dataset", pk=key)
            self.scope, self.role = self.dataset.project, self.dataset.role_of_actor  # type: ignore[attr-defined]

    @classmethod
    def _rows(cls) -> QuerySet[Any]:
        assert cls.queryset is not None
        return cls.queryset.all()


class DatasetViewSet(Creation, DatasetAddresses):
    """Datasets."""

    serializer_class = DatasetSerializer
    archive_actions = frozenset({"create"})
    response_serializer_classes = {
        "create": DatasetCreatedSerializer,
        "retrieve": DatasetDetailsSerializer,
        "partial_update": DatasetDetailsSerializer,
    }
    query_serializer_classes = {"list": DatasetListQuerySerializer}
    body_content = {"create": ArchiveParser.content()}
    success_statuses = {"create": (202,)}
    request_serializer_classes = {"partial_update": DatasetChangeSerializer}
    permission_actions = {
        "list": None,
        "create": "project.create",
        "retrieve": "project.read",
        "partial_update": "dataset.write",
        "destroy": "media.delete",
    }

    def resolve_path(self) -> None:
        if self.action == "create":
            self.find_workspace()
        super().resolve_path()

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the datasets of the catalog."""
        rows = catalog.visible(self.actor).select_related("created_by").annotate(row_count=_row_count())
        if self.validated_query.get("filterFailed"):
            imports = _imports().filter(project=OuterRef("project"), state__in=_FAILED)
            rows = rows.filter(~Exists(imports))
        order = ORDERS[self.validated_query.get("orderBy") or "-created"]
        page = self.paginate_queryset(rows.order_by(*order))
        assert page is not None
        _add_jobs(page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a dataset of a ZIP archive of class folders."""
        if self.archive is None:
            raise UnsupportedMediaType("Send multipart/form-data with a ZIP archive as the part file.")
        workspace = self.workspace
        name, blob = self.store_archive()
        dataset, job = catalog.create_from_archive(
            actor=self.actor, workspace=workspace, name=name, source=blob, file_name=name
        )
        made = {"catalogId": dataset.pk, "catalogVersionId": dataset.pk, "statusId": job.pk}
        return self.respond_started(job, self.get_serializer(made).data)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read a dataset."""
        return self._respond_with_dataset()

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Rename a dataset."""
        data = self.get_validated_data()
        if "name" in data:
            catalog.update(actor=self.actor, dataset=self.dataset, changes={"name": data["name"]})
        return self._respond_with_dataset()

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Move a dataset to the trash; projects that were made of it stay."""
        catalog.delete(actor=self.actor, dataset=self.dataset)
        return Response(status=204)

    def _respond_with_dataset(self) -> Response:
        size = _items().filter(dataset=OuterRef("pk")).values("dataset").annotate(n=Sum("media__blob__size"))
        tags = Tag.all_objects.filter(media__items__dataset=OuterRef("pk"))
        rows = self._rows().annotate(
            row_count=_row_count(), size=Coalesce(Subquery(size.values("n")), 0), has_classes=Exists(tags)
        )
        found = rows.get(pk=self.dataset.pk)
        _add_jobs([found])
        return self.respond(found)


class DatasetQualityLogViewSet(QualityLogView, DatasetAddresses):
    """The quality log of a dataset."""

    permission_actions = {"list": "project.read", "download": "project.read"}

    @property
    def log_of(self) -> dict[str, Any]:
        return {"project": self.dataset.project, "dataset": self.dataset}


def _items() -> QuerySet[Any]:
    return DatasetItem.all_objects.filter(is_home=True, media__trashed_at=None).order_by()


def _row_count() -> Any:
    """Return the expression of the number of images of a dataset."""
    counted = _items().filter(dataset=OuterRef("pk")).values("dataset").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _imports() -> QuerySet[Job]:
    """Return the jobs that fill datasets of the catalog."""
    return Job.all_objects.filter(kind="import_archive")


def _add_jobs(rows: list[Any]) -> None:
    """Give each dataset of the catalog the job that fills it. One query."""
    projects = {row.project_id for row in rows if row.project.origin == catalog.ORIGIN}
    found = {job.project_id: job for job in _imports().filter(project__in=projects).order_by("created_at")}
    for row in rows:
        row.job = found.get(row.project_id) if row.project_id in projects else None
