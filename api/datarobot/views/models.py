"""Models and what they would make. None can be installed yet: lists are empty, everything else is checked and refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Missing
from annotator.services.insight import runs

from ..pagination import DataRobotPagination
from ..serializers.jobs import JobSerializer
from ..serializers.models import (
    BlueprintSerializer,
    ComputedInsightSerializer,
    InsightQuerySerializer,
    ModelListQuerySerializer,
    ModelSerializer,
    TrainSerializer,
)
from ..viewsets import ProjectViewSet

_TEXT = {"type": "string"}


class _ModelView(ProjectViewSet):
    """Addresses of a project that are about models."""

    permission_actions: ClassVar[Mapping[str, str | None]] = {
        "list": "project.read",
        "retrieve": "project.read",
        "create": "project.manage",
    }
    model_actions = frozenset(permission_actions)
    path_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {"modelId": _TEXT}


class _EmptyArrayViewSet(_ModelView):
    """Bare lists that hold nothing."""

    pagination_class = None
    bare_list_actions = frozenset({"list"})

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List what there is: nothing, without a model."""
        return self.respond([])


class ModelViewSet(_EmptyArrayViewSet):
    """Models."""

    serializer_class = ModelSerializer
    query_serializer_classes = {"list": ModelListQuerySerializer}
    request_serializer_classes = {"create": TrainSerializer}
    success_statuses = {"create": (202,)}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the models of a project: none."""
        return super().list(request, **kwargs)

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Train a model: refused, because none is installed."""
        self.get_validated_data()
        runs.train(actor=self.actor, project=self.project)

    def retrieve(self, request: Request, **kwargs: Any) -> NoReturn:
        """Read a model: there is none."""
        raise self.missing("model")


class ModelJobViewSet(_EmptyArrayViewSet):
    """Jobs that train models."""

    serializer_class = JobSerializer

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the jobs that train models: none."""
        return super().list(request, **kwargs)


class BlueprintViewSet(_EmptyArrayViewSet):
    """Blueprints of models."""

    serializer_class = BlueprintSerializer

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the blueprints of models: none."""
        return super().list(request, **kwargs)


class _EmptyPageViewSet(_ModelView):
    """Pages that hold nothing."""

    pagination_class = DataRobotPagination

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List what there is: nothing, without a model."""
        rows: Any = []
        return self.get_paginated_response(self.paginate_queryset(rows))


class ModelRecordViewSet(_EmptyPageViewSet):
    """Models, in pages."""

    serializer_class = ModelSerializer
    query_serializer_classes = {"list": ModelListQuerySerializer}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the models of a project in pages: none."""
        return super().list(request, **kwargs)


class ComputedInsightViewSet(_EmptyPageViewSet):
    """For which models something is computed."""

    serializer_class = ComputedInsightSerializer

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the models for which it is computed: none."""
        return super().list(request, **kwargs)


class _InsightViewSet(_ModelView):
    """What a model computes for the images of a project."""

    serializer_class = JobSerializer
    query_serializer_classes = {"retrieve": InsightQuerySerializer}
    success_statuses = {"create": (202,)}
    response_schemas = {"retrieve": {"type": "object"}}
    task: ClassVar[str]

    def retrieve(self, request: Request, **kwargs: Any) -> NoReturn:
        """Read what a model has computed: there is no model."""
        raise self._no_model()

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Have a model compute it: there is no model."""
        raise self._no_model()

    def _no_model(self) -> Missing:
        """Return the error for every id of a model."""
        error = runs.no_model(self.task)
        return Missing(error.message, code=error.code)


class ImageEmbeddingViewSet(_InsightViewSet):
    """Image embeddings."""

    task = "embedding"


class ImageActivationMapViewSet(_InsightViewSet):
    """Activation maps of images."""

    task = "activation_map"
