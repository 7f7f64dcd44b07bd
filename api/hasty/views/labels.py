"""The labels of an image, and one label."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Label
from annotator.services.annotations import label_rows, labels

from ..pagination import HastyPagination, WholeList
from ..serializers.labels import (
    LabelChangeListSerializer,
    LabelInListSerializer,
    LabelNamedListSerializer,
    LabelQuerySerializer,
    LabelRow,
    LabelSerializer,
    to_patch,
)
from ..viewsets import ImageViewSet, ProjectViewSet

HOT_ROWS = label_rows.HotRows(LabelRow._fields, in_seconds=True)


class ImageLabelRows:
    """The labels of an image in drawing order, read past the ORM; sliced and counted like a queryset."""

    def __init__(self, media_id: uuid.UUID, *, with_errors: bool) -> None:
        self.media_id, self.with_errors = media_id, with_errors

    def __getitem__(self, page: slice) -> list[LabelRow]:
        offset = page.start
        rows = HOT_ROWS.fetch(
            self.media_id, offset=offset, limit=page.stop - offset, with_errors=self.with_errors
        )
        return list(map(LabelRow._make, rows))

    def count(self) -> int:
        """Return how many there are. One query."""
        rows = Label.all_objects.filter(media_id=self.media_id)
        return (rows if self.with_errors else rows.filter(error="")).count()


class ImageLabelViewSet(ListModelMixin, ImageViewSet):
    """Labels of an image."""

    queryset = Label.objects.all()
    serializer_class = LabelSerializer
    query_serializer_classes = {"list": LabelQuerySerializer}
    request_serializer_classes = {
        "create": LabelInListSerializer,
        "update": LabelChangeListSerializer,
        "destroy": LabelNamedListSerializer,
    }
    permission_actions = {
        "list": "project.read",
        "create": "label.write",
        "update": "label.write",
        "destroy": "label.write",
    }
    optional_bodies = frozenset({"destroy"})
    list_actions = frozenset({"list", "create", "update"})

    @property
    def pagination_class(self) -> Any:  # type: ignore[override]
        return HastyPagination if self.action == "list" else WholeList

    def get_queryset(self) -> Any:
        return ImageLabelRows(self.image.pk, with_errors=self.validated_query["include_errors"])

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | self.validated_query

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create labels."""
        data = self.get_validated_data()
        created = labels.create_many(
            actor=self.actor, media=self.image, patches=data, to_patch=to_patch, client=_event_id(data)
        )
        return self.respond_written(created, data)

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change labels."""
        data = self.get_validated_data()
        updated = labels.update_many(
            actor=self.actor,
            media=self.image,
            patches=[(item["id"], item) for item in data],
            to_patch=to_patch,
            client=_event_id(data),
        )
        return self.respond_written(updated, data)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete labels."""
        data = self.get_validated_data()
        labels.delete_many(actor=self.actor, media=self.image, label_ids=[item["id"] for item in data])
        return Response(status=204)

    def respond_written(self, written: list[Label], data: list[dict[str, Any]]) -> Response:
        """Return a response with written labels in request order, each with the event id that came with it."""
        items = self.get_serializer(written, many=True).data
        for item, given in zip(items, data, strict=True):
            item["external_event_id"] = given.get("external_event_id")
        return self.get_paginated_response(items)


class LabelViewSet(ProjectViewSet):
    """Labels."""

    queryset = Label.objects.filter(media__trashed_at__isnull=True).select_related("media")
    lookup_url_kwarg = "label_id"
    object_noun = "label"
    serializer_class = LabelSerializer
    query_serializer_classes = {"retrieve": LabelQuerySerializer}
    permission_actions = {"retrieve": "project.read", "destroy": "label.write"}

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | self.validated_query

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Get a label."""
        label = self.get_object()
        if not self.validated_query["include_errors"] and label.error:
            raise self.missing("label")
        return self.respond(label)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a label."""
        label = self.get_object()
        labels.delete_many(actor=self.actor, media=label.media, label_ids=[label.pk])
        return Response(status=204)


def _event_id(data: list[dict[str, Any]]) -> str:
    """Return the client's own id of this change; a batch is one change."""
    return next((item["external_event_id"] for item in data if item.get("external_event_id")), "")
