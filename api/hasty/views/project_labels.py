"""The labels of a whole project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.db import plain_rows
from annotator.models import Concept, KeypointBinding, KeypointClass, Label, Media

from ..label_filters import LabelFilterSet
from ..serializers.keypoints import KeypointClassSerializer
from ..serializers.project_labels import (
    KeypointDataQuerySerializer,
    LabeledImageRow,
    ProjectLabelRow,
    ProjectLabelSerializer,
    RelatedRows,
)
from ..viewsets import ProjectViewSet

# No join: that would stay where only the keys of a page far behind are looked up, or the labels counted.
_CLASS_NAME = Subquery(Concept.all_objects.filter(pk=OuterRef("concept")).values("name"))


class ProjectLabelViewSet(ProjectViewSet):
    """Labels of a project; those known to be wrong or on images in the trash are left out."""

    queryset = Label.objects.listed().annotate(class_name=_CLASS_NAME).order_by("z", "created_at", "id")
    serializer_class = ProjectLabelSerializer
    filterset_class = LabelFilterSet
    query_serializer_classes = {"list": KeypointDataQuerySerializer}
    permission_actions = {"list": "project.read"}
    keeps_total = True
    fetch_rows = staticmethod(plain_rows.fetch)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the labels of all projects: the filters keep those of this one, each in the way that its index needs."""
        return self.queryset.all()

    @property
    def columns(self) -> tuple[str, ...]:
        fields = ProjectLabelRow._fields
        if self.validated_query["add_keypoint_data"]:
            return fields
        return tuple(name for name in fields if name not in ProjectLabelRow._field_defaults)

    def load_rows(self, keys: Sequence[Any]) -> dict[Any, Any]:
        rows = self.queryset.filter(pk__in=keys).values_list(*self.columns)
        return {row[0]: row for row in plain_rows.fetch(rows)}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the labels of a project."""
        labels = self.filter_queryset(self.get_queryset()).values_list(*self.columns)
        rows = [ProjectLabelRow(*row) for row in self.paginate_queryset(labels) or ()]
        related = self.get_related_rows(rows)
        # An image that went into the trash while this was read is not shown.
        rows = [row for row in rows if row.media_id in related.images]
        context = self.get_serializer_context() | {"related": related}
        serializer = ProjectLabelSerializer(rows, many=True, context=context)
        return self.get_paginated_response(serializer.data)

    def get_related_rows(self, rows: Sequence[ProjectLabelRow]) -> RelatedRows:
        """Return what the labels of a page need, each kind in one query."""
        with_keypoints = self.validated_query["add_keypoint_data"]
        media = Media.objects.filter(pk__in={row.media_id for row in rows}).with_home()
        images = map(LabeledImageRow._make, plain_rows.fetch(media.values_list(*LabeledImageRow._fields)))
        bindings = KeypointBinding.objects.filter(
            concept__in={row.concept_id for row in rows}
        ).select_related("schema")
        schemas: dict[Any, Any] = {}
        for binding in bindings.order_by("schema__order", "schema__name_key", "id"):
            schemas.setdefault(str(binding.concept_id), binding.schema)
        classes = defaultdict(list)
        if with_keypoints and schemas:
            wanted = KeypointClass.objects.filter(schema__in={schema.pk for schema in schemas.values()})
            for one in wanted.order_by("order", "name_key", "id"):
                classes[one.schema_id].append(one)
        keypoint_classes = {
            schema_id: list(KeypointClassSerializer(found, many=True).data)
            for schema_id, found in classes.items()
        }
        by_id = {image.id: image._replace(id=plain_rows.id_text(image.id)) for image in images}
        return RelatedRows(by_id, plain_rows.IdTexts(), schemas, keypoint_classes, with_keypoints)
