"""Tag classes, tag groups and the tags of images."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Concept, Tag, TagGroup
from annotator.services.annotations import tags
from annotator.services.vocabulary import concepts

from ..serializers.tags import (
    TagClassInSerializer,
    TagClassSerializer,
    TagGroupInSerializer,
    TagGroupSerializer,
    TagSerializer,
    TagsInSerializer,
    TagsNamedSerializer,
)
from ..viewsets import ImageViewSet, ProjectViewSet

_VOCABULARY = {
    "list": "project.read",
    "retrieve": "project.read",
    "create": "vocabulary.write",
    "update": "vocabulary.write",
    "destroy": "vocabulary.write",
}


class TagClassViewSet(ListModelMixin, RetrieveModelMixin, ProjectViewSet):
    """Tag classes."""

    queryset = (
        Concept.objects.filter(on_media=True)
        .select_related("tag_group")
        .order_by(F("media_order").asc(nulls_last=True), "sort_key", "id")
    )
    lookup_url_kwarg = "tag_class_id"
    object_noun = "tag class"
    serializer_class = TagClassSerializer
    request_serializer_classes = {"create": TagClassInSerializer, "update": TagClassInSerializer}
    permission_actions = _VOCABULARY

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a tag class."""
        data = self.get_validated_data()
        return self.respond(concepts.create(actor=self.actor, project=self.project, roles=("media",), **data))

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a tag class."""
        changes = self.get_validated_data()
        return self.respond(
            concepts.update(actor=self.actor, concept=self.get_object(), changes=changes, role="media")
        )

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a tag class and its tags."""
        concepts.delete(actor=self.actor, concept=self.get_object(), role="media")
        return Response(status=204)


class TagGroupViewSet(ListModelMixin, RetrieveModelMixin, ProjectViewSet):
    """Tag groups."""

    queryset = TagGroup.objects.order_by(F("order").asc(nulls_last=True), "sort_key", "id")
    lookup_url_kwarg = "tag_group_id"
    object_noun = "tag group"
    serializer_class = TagGroupSerializer
    request_serializer_classes = {"create": TagGroupInSerializer, "update": TagGroupInSerializer}
    permission_actions = _VOCABULARY

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a tag group."""
        data = self.get_validated_data()
        return self.respond(concepts.create_group(actor=self.actor, project=self.project, **data))

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a tag group."""
        changes = self.get_validated_data()
        return self.respond(concepts.update_group(actor=self.actor, group=self.get_object(), changes=changes))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a tag group; its tag classes go to Default."""
        concepts.delete_group(actor=self.actor, group=self.get_object())
        return Response(status=204)


class ImageTagViewSet(ListModelMixin, ImageViewSet):
    """The tags of an image."""

    serializer_class = TagSerializer
    request_serializer_classes = {"create": TagsInSerializer, "destroy": TagsNamedSerializer}
    bare_list_actions = frozenset({"create"})
    optional_bodies = frozenset({"destroy"})
    permission_actions = {"list": "project.read", "create": "tag.write", "destroy": "tag.write"}

    def get_queryset(self) -> QuerySet[Tag]:
        """Return the tags of the image, oldest first."""
        return Tag.objects.filter(media=self.image).select_related("concept").order_by("created_at", "id")

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Tag an image."""
        wanted = [item["tag_class_id"] for item in self.get_validated_data()]
        return self.respond(tags.add_many(actor=self.actor, media=self.image, concept_ids=wanted))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Remove tags from an image."""
        data = self.get_validated_data()
        tags.remove_many(
            actor=self.actor,
            media=self.image,
            concept_ids=[item["tag_class_id"] for item in data if "tag_class_id" in item],
            tag_ids=[item["tag_id"] for item in data if "tag_id" in item],
        )
        return Response(status=204)
