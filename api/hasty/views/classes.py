"""Label classes."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Concept
from annotator.services.vocabulary import concepts

from ..serializers.classes import LabelClassInSerializer, LabelClassSerializer
from ..viewsets import ProjectViewSet


class LabelClassViewSet(ListModelMixin, RetrieveModelMixin, ProjectViewSet):
    """Label classes."""

    queryset = Concept.objects.filter(on_region=True).order_by(
        F("region_order").asc(nulls_last=True), "sort_key", "id"
    )
    lookup_url_kwarg = "label_class_id"
    object_noun = "label class"
    serializer_class = LabelClassSerializer
    request_serializer_classes = {"create": LabelClassInSerializer, "update": LabelClassInSerializer}
    permission_actions = {
        "list": "project.read",
        "retrieve": "project.read",
        "create": "vocabulary.write",
        "update": "vocabulary.write",
        "destroy": "vocabulary.write",
    }

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a label class."""
        data = self.get_validated_data()
        return self.respond(
            concepts.create(actor=self.actor, project=self.project, roles=("region",), **data)
        )

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a label class."""
        changes = self.get_validated_data()
        concept = self.get_object()
        return self.respond(
            concepts.update(actor=self.actor, concept=concept, changes=changes, role="region")
        )

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a label class and its labels."""
        concepts.delete(actor=self.actor, concept=self.get_object(), role="region")
        return Response(status=204)
