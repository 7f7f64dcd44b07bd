"""Images."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.models import Dataset, Media, MediaStatus, Project
from annotator.services.buckets import buckets
from annotator.services.media import changes as media_changes, creation as media_creation, statuses, uploads

from .. import viewsets
from ..filters import ImageFilterSet
from ..serializers.images import (
    ImageContentInSerializer,
    ImageInSerializer,
    ImagePlaceInSerializer,
    ImageQuerySerializer,
    ImageSerializer,
    ImageStatusInSerializer,
    OffsetSerializer,
)

_IMAGES = Media.objects.exclude(kind="video").with_home().select_related("status", "blob")


class ImageViewSet(ListModelMixin, RetrieveModelMixin, viewsets.ImageViewSet):
    """Images."""

    queryset = _IMAGES.in_list_order()
    media_queryset = _IMAGES
    keeps_total = True
    serializer_class = ImageSerializer
    request_serializer_classes = {
        "create": ImageInSerializer,
        "update": ImageContentInSerializer,
        "partial_update": ImagePlaceInSerializer,
        "set_status": ImageStatusInSerializer,
    }
    query_serializer_classes = {"create": ImageQuerySerializer}
    decoding_actions = frozenset({"create", "update"})
    response_serializer_classes = {"offset": OffsetSerializer}
    filterset_classes = {"list": ImageFilterSet, "offset": ImageFilterSet}
    success_statuses = {"set_status": (204,)}
    permission_actions = {
        "list": "project.read",
        "retrieve": "project.read",
        "create": "media.upload",
        "update": "media.upload",
        "partial_update": "media.write",
        "destroy": "media.delete",
        "set_status": "status.write",
        "offset": "project.read",
    }

    def load_rows(self, keys: Sequence[Any]) -> dict[Any, Any]:
        return {image.pk: image for image in _IMAGES.filter(pk__in=keys)}

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create an image."""
        replace = self.validated_query["replace"]
        return self.respond_stored(_create(self.actor, self.project, replace, **self.get_validated_data()))

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Replace the file of an image."""
        data = self.get_validated_data()
        upload = uploads.find(project=self.project, upload_id=data["upload_id"])
        external_id = (data["external_id"] or "") if "external_id" in data else None
        media_creation.replace_content(
            actor=self.actor, media=self.image, source=upload, name=data["filename"], external_id=external_id
        )
        return self.respond_stored(self.image)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Rename or move an image."""
        data = self.get_validated_data()
        dataset = find_dataset(self.project, data["dataset_id"]) if "dataset_id" in data else None
        media_changes.rename_or_move(
            actor=self.actor, media=self.image, name=data.get("name"), dataset=dataset
        )
        return self.respond_stored(self.image)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete an image."""
        media_changes.trash(actor=self.actor, project=self.project, media=[self.image.pk])
        return Response(status=204)

    def set_status(self, request: Request, **kwargs: Any) -> Response:
        """Set the status of an image."""
        status = find_status(self.project, self.get_validated_data())
        statuses.set_status(actor=self.actor, project=self.project, media=[self.image], status=status)
        return Response(status=204)

    def offset(self, request: Request, **kwargs: Any) -> Response:
        """Find the index of an image in a list."""
        images: Any = self.filter_queryset(self.get_queryset())
        if not images.filter(pk=self.image.pk).exists():
            raise self.missing("image in this list")
        return self.respond({"offset": images.position(self.image)})

    def respond_stored(self, image: Media) -> Response:
        """Return a response with an image as it is stored now."""
        return self.respond(self.get_queryset().get(pk=image.pk))


def _create(
    actor: Any,
    project: Project,
    replace: bool,
    *,
    dataset_id: uuid.UUID,
    filename: str | None = None,
    external_id: str | None = None,
    **source: Any,
) -> Media:
    """Create an image from the one source that is named."""
    dataset = find_dataset(project, dataset_id)
    if ("upload_id" in source) == ("url" in source):
        raise Invalid("Name one source of the image: upload_id or url.", field="upload_id")
    details: dict[str, Any] = {
        "actor": actor,
        "dataset": dataset,
        "external_id": external_id,
        "replace": replace,
    }
    if "bucket_id" in source:
        if "url" not in source:
            raise Invalid("url is required with bucket_id: the key of the file.", field="url")
        bucket = buckets.find(workspace=project.workspace, key=source["bucket_id"])
        return media_creation.create_from_bucket(
            name=filename,
            bucket=bucket,
            key=source["url"],
            copy_bytes=source.get("copy_original", False),
            **details,
        )
    if "url" in source:
        copy_bytes = source.get("copy_original", True)
        return media_creation.create_from_url(
            name=filename, url=source["url"], copy_bytes=copy_bytes, **details
        )
    if filename is None:
        raise Invalid("filename is required.", field="filename")
    upload = uploads.find(project=project, upload_id=source["upload_id"])
    return media_creation.create_image(name=filename, source=upload, **details)


def find_status(project: Project, data: dict[str, Any]) -> MediaStatus:
    """Return the status that a body names by its name or id. Raises Invalid."""
    if len(data) != 1:
        raise Invalid("Name the new status by one of status and status_id.", field="status")
    status = statuses.find(project_id=project.pk, name=data.get("status"), status_id=data.get("status_id"))
    if status.base == "AUTO-LABELLED":
        raise Invalid("AUTO-LABELLED is set by automated labeling alone.", field="status")
    return status


def find_dataset(project: Project, dataset_id: uuid.UUID) -> Dataset:
    """Return a dataset that a body names. Raises Invalid when the project has none of this id."""
    found = Dataset.objects.filter(project=project, pk=dataset_id).select_related("project").first()
    if found is None:
        message = "There is no such dataset in this project."
        raise Invalid(message, field="dataset_id", code="unknown_dataset")
    return found
