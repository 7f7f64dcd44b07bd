"""Images by their ids and paths (v0)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Missing
from annotator.models import Media, MediaKind
from annotator.services.exchange import sources

from ..serializers import images as serializers
from ..viewsets import CoactiveViewSet
from .datasets import DatasetRowsViewSet


def image_rows() -> QuerySet[Any]:
    """Return all images, with their paths and projects."""
    rows: Any = Media.objects.filter(kind=MediaKind.IMAGE)
    found: QuerySet[Any] = rows.with_path().select_related("project")
    return found


class ImageMetadataViewSet(CoactiveViewSet):
    """Metadata of images."""

    serializer_class = serializers.AssetResponseSerializer
    response_serializer_classes = {"list_by_ids": serializers.MetadataForImagesResponseSerializer}
    query_serializer_classes = {"list_by_ids": serializers.ImageIdsQuerySerializer}
    permission_actions = {"retrieve": "project.read", "list_by_ids": None}

    def resolve_path(self) -> None:
        if self.action == "retrieve":
            key = self.path_key("coactive_image_id")
            self.object = self.find_in_project(image_rows, "image", key)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read an image."""
        return self.respond(self.get_object())

    def list_by_ids(self, request: Request, **kwargs: Any) -> Response:
        """Read images in the order of their ids, each once."""
        wanted = list(dict.fromkeys(self.validated_query["coactive_image_ids"]))
        rows: Any = image_rows()
        found = rows.visible_to(self.actor).in_bulk(wanted)
        for key in wanted:
            if key not in found:
                raise Missing(f"There is no image {key}.")
        return self.respond({"data": [found[key] for key in wanted]})


class ImageStatusViewSet(DatasetRowsViewSet):
    """States of ingestion."""

    serializer_class = serializers.StatusesForImagesResponseSerializer
    query_serializer_classes = {"list_by_paths": serializers.PathsQuerySerializer}
    permission_actions = {"list_by_paths": "project.read"}

    def list_by_paths(self, request: Request, **kwargs: Any) -> Response:
        """Read how far the ingestion of paths into a dataset is, in their order."""
        paths = self.validated_query["paths"]
        return self.respond({"data": sources.states(dataset=self.dataset, paths=paths)})
