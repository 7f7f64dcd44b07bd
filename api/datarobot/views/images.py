"""Images of a project: listed by target, one with its file, samples, bins and duplicates."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseRedirect
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid, Missing
from annotator.models import AugmentationSample, Media
from annotator.server.internal_files import hand_over
from annotator.services import blobs
from annotator.services.insight import contents, features, targets
from annotator.services.insight.target_kinds import ClassTarget, NumberTarget, Target
from annotator.services.media import urls
from api.common.serializers import QuerySerializer

from ..serializers.images import (
    BinSerializer,
    DuplicateSerializer,
    FeatureQuerySerializer,
    Image,
    ImageQuerySerializer,
    ImageSerializer,
)
from ..viewsets import ProjectViewSet

#: Most images of the sample by which a column is shown before there is a target.
SAMPLE = 10_000
_COLUMNS = ("pk", "blob_id", "height", "width")
_Row = tuple[uuid.UUID, uuid.UUID | None, int, int]


class ImageListViewSet(ProjectViewSet):
    """Lists of images of a project."""

    serializer_class: Any = ImageSerializer
    keeps_total = True
    permission_actions: ClassVar[Mapping[str, str | None]] = {"list": "project.read"}
    query_serializer_classes: ClassVar[Mapping[str, type[QuerySerializer]]] = {"list": FeatureQuerySerializer}

    def get_images(self) -> Any:
        """Return the images of the project in order of creation, as rows of `_COLUMNS`."""
        return contents.images(self.project.pk).values_list(*_COLUMNS)

    def load_rows(self, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, _Row]:
        """Return rows by their ids."""
        return {row[0]: row for row in self.get_images().filter(pk__in=keys)}

    def get_rows(self, keys: Collection[uuid.UUID]) -> list[_Row]:
        """Return rows by their ids, in the order of the ids."""
        found = self.load_rows(keys)
        return [found[key] for key in keys if key in found]

    def with_targets(self, rows: Sequence[_Row], target: Target | None) -> list[Image]:
        """Return rows as images, with their values of the target. Two queries."""
        first = contents.first_ids(self.project.pk, {blob for _, blob, *_ in rows if blob is not None})
        values = {} if target is None else target.values_of([row[0] for row in rows])
        return [
            Image(pk if blob is None else first.get(blob, pk), height, width, values.get(pk))
            for pk, blob, height, width in rows
        ]

    def respond_page(self, rows: Any) -> Response:
        """Return a page of rows under the dialect's names."""
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


class ImageViewSet(ImageListViewSet):
    """Images."""

    queryset = Media.objects.filter(kind="image").select_related("blob")
    lookup_url_kwarg = "imageId"
    object_noun = "image"
    query_serializer_classes = {"list": ImageQuerySerializer}
    permission_actions = {"list": "project.read", "retrieve": "project.read", "file": "project.read"}
    response_schemas = {"file": {"type": "string", "format": "binary"}}
    response_media_types = {"file": "image/*"}

    def resolve_path(self) -> None:
        """Find the image, or the augmented copy of one, which is in no list."""
        try:
            super().resolve_path()
        except Missing:
            if "imageId" not in self.kwargs:
                raise
            keys = {name: self.parse_key(self.kwargs[name], "image") for name in ("imageId", "projectId")}
            row = self.find(_copies, "image", pk=keys["imageId"], project_id=keys["projectId"])
            self.object, self.scope, self.role = row, row.project, row.role_of_actor

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List images in order of creation, by the value of their target if one is asked for.

        An image that is there several times is so many rows.
        """
        target = targets.of(self.project)
        rows = self.paginate_queryset(self._selected(target))
        return self.respond_page(self.with_targets(rows or [], target))

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read an image."""
        media = self.get_object()
        if isinstance(media, AugmentationSample):
            return self.respond(Image(media.pk, media.height, media.width))
        row = (media.pk, media.blob_id, media.height, media.width)
        return self.respond(self.with_targets([row], targets.of(self.project))[0])

    def file(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Read the file of an image as it was uploaded, whole or in ranges."""
        media = self.get_object()
        if isinstance(media, AugmentationSample):
            return _respond_with_copy(media)
        address = urls.addresses(media).original
        if address is None:
            raise self.missing("file")
        return (
            hand_over(address, media.blob.mime) if address.startswith("/") else HttpResponseRedirect(address)
        )

    def _selected(self, target: Target | None) -> Any:
        """Return the images that the query string asks for. Raises Invalid for a filter that the target has not."""
        query = self.validated_query
        names, start, end = query["targetValue"], query.get("targetBinStart"), query.get("targetBinEnd")
        if not names and start is None:
            return self.get_images()
        if target is None:
            raise Invalid("This project has no target yet, so images cannot be filtered by it.")
        if start is not None and end is not None:
            if not isinstance(target, NumberTarget):
                raise Invalid("Target bins are for regression projects.", field="targetBinStart")
            return target.images_between(start, end).values_list(*_COLUMNS)
        if not isinstance(target, ClassTarget):
            raise Invalid("targetValue is for classification projects.", field="targetValue")
        return target.images_with(names).values_list(*_COLUMNS)


def _copies() -> Any:
    rows = AugmentationSample.objects.filter(copy__gt=0, project__trashed_at=None, media__trashed_at=None)
    return rows.select_related("project", "blob")


def _respond_with_copy(copy: AugmentationSample) -> HttpResponse:
    """Return the file of an augmented copy: a small JPEG, so it is not handed over to the files."""
    assert copy.blob is not None
    with blobs.store().open(copy.blob.sha256) as stream:
        response = HttpResponse(stream.read(), content_type=copy.blob.mime)
    response["ETag"] = f'"{copy.blob.sha256}"'
    return response


class SampleImageViewSet(ImageListViewSet):
    """A sample of images."""

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List a sample of the images: always the same, in an order that looks random."""
        keys = self.paginate_queryset(contents.sample_of(self.project.pk, SAMPLE))
        return self.respond_page(self.with_targets(self.get_rows(keys or []), None))


class ImageBinViewSet(ImageListViewSet):
    """Bins of the target with images."""

    serializer_class = BinSerializer

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the classes of the target, the most frequent first, or ranges of its values, each with an image."""
        target = targets.of(self.project)
        if target is None:
            raise Invalid("This project has no target yet, so it has no bins.")
        bins = self.paginate_queryset(target.bins()) or []
        keys = [each.media_id for each in bins]
        rows = self.get_rows(list(dict.fromkeys(keys)))
        images = dict(zip((row[0] for row in rows), self.with_targets(rows, None), strict=True))
        return self.respond_page([(images[each.media_id], each) for each in bins if each.media_id in images])


class DuplicateImageViewSet(ImageListViewSet):
    """Images that are there more than once."""

    serializer_class = DuplicateSerializer
    query_serializer_classes = {}
    path_schemas = {"column": {"type": "string"}}

    def resolve_path(self) -> None:
        super().resolve_path()
        if not features.is_image_column(self.kwargs["column"]):
            raise self.missing("image column")

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List images whose files are there more than once, the most frequent first."""
        return self.respond_page(self.paginate_queryset(contents.list_duplicates(self.project.pk)))
