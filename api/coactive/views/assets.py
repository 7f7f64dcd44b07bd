"""Images and videos of a dataset (v1)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid, Missing
from annotator.domain.ids import uuid7
from annotator.models import Dataset, Media, MediaKind
from annotator.services.annotations import metadata
from annotator.services.exchange import sources
from annotator.services.media import changes

from ..serializers import assets as queries, datasets as serializers
from ..serializers.images import ImageSerializer, VideoSerializer
from ..viewsets import CoactiveViewSet
from .datasets import DatasetRowsViewSet


def rows_of(kind: str) -> QuerySet[Any]:
    """Return all media of a kind, with their paths and projects."""
    rows: Any = Media.objects.filter(kind=kind)
    found: QuerySet[Any] = rows.with_path().select_related("project")
    return found


class DatasetImageViewSet(DatasetRowsViewSet):
    """Images of a dataset."""

    kind = MediaKind.IMAGE
    asset_url_kwarg = "coactive_image_id"
    noun = "image"
    serializer_class = ImageSerializer
    permission_actions = {"list": "project.read", "remove": "media.delete"}
    response_schemas = {"remove": {"type": "object"}}
    sort_fields = (("createdDt", "asc"),)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the media of the dataset in the order of their creation."""
        rows = rows_of(self.kind).filter(
            project_id=self.dataset.project_id, items__dataset=self.dataset, items__is_home=True
        )
        return rows.order_by("id")

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the media of a dataset."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def remove(self, request: Request, **kwargs: Any) -> Response:
        """Delete one of the media of a dataset."""
        key = self.path_key(self.asset_url_kwarg)
        if not self.get_queryset().filter(pk=key).exists():
            raise self.missing(self.noun)
        changes.trash(actor=self.actor, project=self.dataset.project, media=[key])
        return Response({})


class DatasetVideoViewSet(DatasetImageViewSet):
    """Videos of a dataset."""

    kind = MediaKind.VIDEO
    asset_url_kwarg = "coactive_video_id"
    noun = "video"
    serializer_class = VideoSerializer  # type: ignore[assignment]


class AssetMetadataViewSet(DatasetRowsViewSet):
    """Metadata of images and videos."""

    serializer_class = serializers.UpdateAssetsMetadataConfirmationSerializer
    request_serializer_classes = {"update": serializers.UpdateAssetsMetadataSerializer}
    permission_actions = {"update": "media.write"}

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Replace the metadata of images and videos."""
        data = self.get_validated_data()
        images = self._named(data.get("images") or [], "images", MediaKind.IMAGE)
        videos = self._named(data.get("videos") or [], "videos", MediaKind.VIDEO)
        metadata.replace(actor=self.actor, project=self.dataset.project, values=images | videos)
        found = {
            kind: rows_of(kind).filter(project=self.dataset.project).in_bulk(list(values))
            for kind, values in ((MediaKind.IMAGE, images), (MediaKind.VIDEO, videos))
        }
        return self.respond(
            {
                "request_group_id": uuid7(),
                "images": [found[MediaKind.IMAGE][key] for key in images],
                "videos": [found[MediaKind.VIDEO][key] for key in videos],
            }
        )

    def _named(self, rows: list[dict[str, Any]], field: str, kind: str) -> dict[uuid.UUID, dict[str, Any]]:
        """Return the metadata by the media that are named. Raises Invalid for one that is not of the dataset."""
        paths = [row["path"] for row in rows if "path" in row]
        by_path = sources.find(dataset=self.dataset, paths=paths, kind=kind) if paths else {}
        wanted = [row["asset_id"] for row in rows if "asset_id" in row]
        of_dataset = Media.objects.filter(kind=kind, items__dataset=self.dataset, items__is_home=True)
        known = set(of_dataset.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
        found: dict[uuid.UUID, dict[str, Any]] = {}
        for index, row in enumerate(rows):
            media = by_path.get(row.get("path", ""))
            key = row["asset_id"] if row.get("asset_id") in known else media and media.pk
            if key is None or ("path" in row) == ("asset_id" in row):
                message = "Name one image of the dataset by its path or its id."
                raise Invalid(message, field=f"{field}[{index}]", code="unknown_image")
            found[uuid.UUID(str(key))] = row.get("metadata") or {}
        return found


class OldAssetMetadataViewSet(AssetMetadataViewSet):
    """The same at the address of older clients, which the OpenAPI document leaves out."""

    schema = None


class AssetViewSet(CoactiveViewSet):
    """One image or video of the account."""

    response_serializer_classes = {"image": ImageSerializer, "video": VideoSerializer}
    query_serializer_classes = {
        "image": queries.ImageDetailQuerySerializer,
        "video": queries.VideoDetailQuerySerializer,
    }
    permission_actions = {"image": None, "video": None}

    def image(self, request: Request, **kwargs: Any) -> Response:
        """Read an image, by its id or by its dataset and path."""
        return self.respond(self._find(MediaKind.IMAGE, "image"))

    def video(self, request: Request, **kwargs: Any) -> Response:
        """Read a video, by its id or by its dataset and path."""
        return self.respond(self._find(MediaKind.VIDEO, "video"))

    def _find(self, kind: str, noun: str) -> Any:
        query = self.validated_query
        key, dataset_id = query.get("asset_id"), query.get("dataset_id")
        path = query.get("path") or query.get("image_path")
        if key is None:
            if dataset_id is None or not path:
                message = f"coactive_{noun}_id is required, or dataset_id and path."
                raise Invalid(message, field=f"query.coactive_{noun}_id", code="missing")
            dataset = Dataset.objects.visible_to(self.actor).filter(pk=dataset_id).first()
            if dataset is None:
                raise self.missing("dataset")
            media = sources.find(dataset=dataset, paths=[path], kind=kind).get(path)
            key = media and media.pk
        rows: Any = rows_of(kind)
        found = rows.visible_to(self.actor).filter(pk=key).first()
        if found is None:
            raise Missing(f"There is no such {noun}.")
        return found
