"""Tags: the concepts of a project that regions or whole images may have."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.models import Concept, Label, Media, Project, Tag, TagGroup
from annotator.services.vocabulary import concepts

from ..iterations import IterationQuerySerializer
from ..serializers.tags import (
    NEGATIVE,
    REGULAR,
    CreateTagQuerySerializer,
    TagChangeSerializer,
    TagSerializer,
    concept_values,
    type_of,
)
from ..viewsets import ProjectViewSet


class TagViewSet(ProjectViewSet):
    """Tags."""

    queryset = Concept.objects.filter(Q(on_region=True) | Q(on_media=True)).order_by(
        F("region_order").asc(nulls_last=True), F("media_order").asc(nulls_last=True), "sort_key"
    )
    lookup_url_kwarg = "tagId"
    object_noun = "tag"
    serializer_class = TagSerializer
    pagination_class = None
    query_serializer_classes = {
        "list": IterationQuerySerializer,
        "create": CreateTagQuerySerializer,
        "retrieve": IterationQuerySerializer,
    }
    request_serializer_classes = {"partial_update": TagChangeSerializer}
    permission_actions = {
        "list": "project.read",
        "create": "vocabulary.write",
        "retrieve": "project.read",
        "partial_update": "vocabulary.write",
        "destroy": "vocabulary.write",
    }
    error_codes = {
        "name_taken": "BadRequestTagNameNotUnique",
        "name": "BadRequestTagName",
        "description": "BadRequestTagDescription",
        "type": "BadRequestTagType",
    }

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List tags."""
        counts = _image_counts(self.project, self.get_queryset().order_by().values("pk"))
        rows = list(self.get_queryset())
        for row in rows:
            row.image_count = counts[row.pk]
        return self.respond(rows)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a tag."""
        data = self.validated_query
        self._check_type(data["type"])
        concept = concepts.create(
            actor=self.actor,
            project=self.project,
            roles=("media",) if data["type"] == NEGATIVE else ("region", "media"),
            tag_group=TagGroup.all_objects.get(project=self.project, is_default=True),
            **concept_values(data, {}),
        )
        return self._respond_counted(concept, 0)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read a tag."""
        return self._respond_counted(self.get_object())

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Change a tag."""
        data, concept = self.get_validated_data(), self.get_object()
        self._check_type(data.get("type", REGULAR), besides=concept.pk)
        concepts.update(actor=self.actor, concept=concept, changes=concept_values(data, concept.extra))
        return self._respond_counted(concept)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a tag with its labels and the tags of images."""
        concepts.delete(actor=self.actor, concept=self.get_object(), role=None)
        return Response(status=204)

    def _respond_counted(self, concept: Any, count: int | None = None) -> Response:
        """Return a response with a tag; its images are counted when their number is not known."""
        concept.image_count = (
            _image_counts(self.project, [concept.pk])[concept.pk] if count is None else count
        )
        return self.respond(concept)

    def _check_type(self, kind: str, besides: uuid.UUID | None = None) -> None:
        """Raise Invalid for a second negative tag and a second general product."""
        if kind == REGULAR:
            return
        if any(row.pk != besides and type_of(row) == kind for row in self.get_queryset()):
            code = (
                "BadRequestMultipleNegativeTag" if kind == NEGATIVE else "BadRequestMultipleGeneralProductTag"
            )
            raise Invalid(f"The project has a tag of type {kind} already.", field="type", code=code)


def _image_counts(project: Project, rows: Any) -> Counter[uuid.UUID]:
    """Return how many images have each of the concepts, as a tag or as the class of a region. Three queries."""
    # All media are counted from the index alone and those in the trash, which are few, taken off: a join costs ten times as much.
    labels = Label.all_objects.filter(concept__in=rows).order_by()
    every = labels.values("concept").annotate(images=Count("media", distinct=True))
    trashed = Media.all_objects.filter(project=project).exclude(trashed_at__isnull=True, kind="image")
    also = Label.all_objects.filter(media=OuterRef("media"), concept=OuterRef("concept"))
    tags = Tag.all_objects.filter(concept__in=rows, media__trashed_at__isnull=True, media__kind="image")
    of_tags = tags.exclude(Exists(also)).order_by().values("concept").annotate(images=Count("pk"))
    found: Counter[uuid.UUID] = Counter()
    for row in (*every, *of_tags):
        found[row["concept"]] += row["images"]
    for row in every.filter(media__in=trashed):
        found[row["concept"]] -= row["images"]
    return found
