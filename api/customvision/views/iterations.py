"""Trained models, which Custom Vision calls iterations. None can be made yet, which training says; each id is refused."""

from __future__ import annotations

from typing import Any, NoReturn

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.services.insight import runs

from ..serializers import iterations as serializers
from ..viewsets import ProjectViewSet


class _OfIterationViewSet(ProjectViewSet):
    """Addresses of one iteration."""

    pagination_class = None

    def resolve_path(self) -> None:
        """Find the project. Raises Missing for every iteration of it, as there are none."""
        super().resolve_path()
        if "iterationId" in self.kwargs:
            raise self.missing("iteration")


class IterationViewSet(_OfIterationViewSet):
    """Iterations."""

    serializer_class = serializers.IterationSerializer
    query_serializer_classes = {"train": serializers.TrainQuerySerializer}
    request_serializer_classes = {
        "train": serializers.TrainingParametersSerializer,
        "partial_update": serializers.IterationChangeSerializer,
    }
    optional_bodies = frozenset({"train"})
    permission_actions = {
        "list": "project.read",
        "train": "project.manage",
        "retrieve": "project.read",
        "partial_update": "project.manage",
        "destroy": "project.manage",
    }
    model_actions = frozenset(permission_actions)

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List iterations."""
        return self.respond([])

    def train(self, request: Request, **kwargs: Any) -> NoReturn:
        """Train a model."""
        data = self.get_validated_data()
        runs.train(actor=self.actor, project=self.project, concepts=data.get("selectedTags", ()))

    def retrieve(self, request: Request, **kwargs: Any) -> NoReturn:
        """Read an iteration."""
        raise self.missing("iteration")

    def partial_update(self, request: Request, **kwargs: Any) -> NoReturn:
        """Rename an iteration."""
        raise self.missing("iteration")

    def destroy(self, request: Request, **kwargs: Any) -> NoReturn:
        """Delete an iteration."""
        raise self.missing("iteration")


class ModelExportViewSet(_OfIterationViewSet):
    """Files of an iteration for other platforms."""

    serializer_class = serializers.ModelExportSerializer
    query_serializer_classes = {"create": serializers.ExportQuerySerializer}
    permission_actions = {"list": "project.read", "create": "project.manage"}
    model_actions = frozenset(permission_actions)

    def list(self, request: Request, **kwargs: Any) -> NoReturn:
        """List the exports of an iteration."""
        raise self.missing("iteration")

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Export an iteration."""
        raise self.missing("iteration")


class PublicationViewSet(_OfIterationViewSet):
    """Whether an iteration answers predictions."""

    query_serializer_classes = {"create": serializers.PublishQuerySerializer}
    response_schemas = {"create": {"type": "boolean"}}
    permission_actions = {"create": "project.manage", "destroy": "project.manage"}
    model_actions = frozenset(permission_actions)

    def create(self, request: Request, **kwargs: Any) -> NoReturn:
        """Put an iteration into service."""
        raise self.missing("iteration")

    def destroy(self, request: Request, **kwargs: Any) -> NoReturn:
        """Take an iteration out of service."""
        raise self.missing("iteration")


class PerformanceViewSet(_OfIterationViewSet):
    """The figures of an iteration."""

    response_serializer_classes = {
        "retrieve": serializers.IterationPerformanceSerializer,
        "list": serializers.ImagePerformanceSerializer,
    }
    query_serializer_classes = {
        "retrieve": serializers.PerformanceQuerySerializer,
        "list": serializers.ImagePerformanceQuerySerializer,
        "count": serializers.ImagePerformanceCountQuerySerializer,
    }
    response_schemas = {"count": {"type": "integer"}}
    permission_actions = dict.fromkeys(("retrieve", "list", "count"), "project.read")
    model_actions = frozenset(permission_actions)

    def retrieve(self, request: Request, **kwargs: Any) -> NoReturn:
        """Read the figures of an iteration."""
        raise self.missing("iteration")

    def list(self, request: Request, **kwargs: Any) -> NoReturn:
        """List the figures of an iteration by image."""
        raise self.missing("iteration")

    def count(self, request: Request, **kwargs: Any) -> NoReturn:
        """Count the images with figures."""
        raise self.missing("iteration")
