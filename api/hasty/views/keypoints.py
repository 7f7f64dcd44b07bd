"""Keypoint schemas, and the label classes that carry their points."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Prefetch, prefetch_related_objects
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import KeypointBinding, KeypointClass, KeypointSchema, SkeletonEdge
from annotator.services.vocabulary import keypoint_schemas
from annotator.services.vocabulary.keypoint_schemas import Link

from ..serializers.keypoints import (
    KeypointSchemaInSerializer,
    KeypointSchemaSerializer,
    LinkListSerializer,
    LinkSerializer,
    PairListSerializer,
)
from ..viewsets import ProjectViewSet

#: The parts of a schema, each in its order.
PARTS = (
    Prefetch("classes", KeypointClass.all_objects.order_by("order", "name_key", "id")),
    Prefetch("edges", SkeletonEdge.all_objects.order_by("order", "id")),
)


class KeypointSchemaViewSet(ListModelMixin, ProjectViewSet):
    """Keypoint schemas."""

    queryset = KeypointSchema.objects.order_by(F("order").asc(nulls_last=True), "name_key", "id")
    lookup_url_kwarg = "keypoint_schema_id"
    object_noun = "keypoint schema"
    pagination_class = None
    serializer_class = KeypointSchemaSerializer
    request_serializer_classes = {"create": KeypointSchemaInSerializer, "update": KeypointSchemaInSerializer}
    permission_actions = {
        "list": "project.read",
        "retrieve": "project.read",
        "create": "vocabulary.write",
        "update": "vocabulary.write",
        "destroy": "vocabulary.write",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related(*PARTS)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Get a keypoint schema."""
        return self.respond_with_parts(self.get_object())

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a keypoint schema."""
        data = self.get_validated_data()
        return self.respond_with_parts(
            keypoint_schemas.create(actor=self.actor, project=self.project, **data)
        )

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a keypoint schema."""
        changes = self.get_validated_data()
        return self.respond_with_parts(
            keypoint_schemas.update(actor=self.actor, schema=self.get_object(), changes=changes)
        )

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a keypoint schema."""
        keypoint_schemas.delete(actor=self.actor, schema=self.get_object())
        return Response(status=204)

    def respond_with_parts(self, schema: KeypointSchema) -> Response:
        """Return a response with a schema, its classes and its edges."""
        prefetch_related_objects([schema], *PARTS)
        return self.respond(schema)


class KeypointLinkViewSet(ListModelMixin, ProjectViewSet):
    """Label classes of keypoint schemas."""

    queryset = KeypointBinding.objects.order_by("schema", "order", "id")
    pagination_class = None
    serializer_class = LinkSerializer
    request_serializer_classes = {"create": LinkListSerializer, "destroy": PairListSerializer}
    permission_actions = {
        "list": "project.read",
        "create": "vocabulary.write",
        "destroy": "vocabulary.write",
    }
    optional_bodies = frozenset({"destroy"})
    list_actions = frozenset({"list", "create"})

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.filter(schema__project=self.project)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Link label classes to keypoint schemas whose points they carry."""
        links = [Link(**item) for item in self.get_validated_data()]
        return self.respond(keypoint_schemas.link(actor=self.actor, project=self.project, links=links))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Remove links of label classes and keypoint schemas."""
        pairs = [(item["schema_id"], item["concept_id"]) for item in self.get_validated_data()]
        keypoint_schemas.unlink(actor=self.actor, project=self.project, pairs=pairs)
        return Response(status=204)
