"""Images: by ids, listed, counted, created, deleted, and the metadata beside them."""

from __future__ import annotations

import builtins
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.services.annotations import metadata, sample_batches
from annotator.services.annotations.sample_batches import Sample, SampleOutcome
from annotator.services.media import bulk, changes
from api.common.serializers import QuerySerializer

from ..filters import (
    ImageCountFilterSet,
    ImageFilterSet,
    TaggedImageCountFilterSet,
    TaggedImageFilterSet,
    UntaggedImageCountFilterSet,
    UntaggedImageFilterSet,
)
from ..pagination import PageQuerySerializer
from ..serializers.images import (
    DeleteImagesQuerySerializer,
    ImageMetadataQuerySerializer,
    ImagesByIdQuerySerializer,
    ImageSerializer,
)
from ..serializers.metadata import MAX_ENTRIES, ImageMetadataUpdateSummarySerializer, MetadataSerializer
from ..serializers.uploads import (
    CreateImagesQuerySerializer,
    ImageCreateSummarySerializer,
    ImageDataParser,
    ImageFileCreateBatchSerializer,
    ImageUrlCreateBatchSerializer,
    exceeded_limit,
    sample_of,
    status_of,
)
from ..viewsets import ProjectImagesViewSet

#: The dataset of images that are sent through this dialect.
HOME = "Training images"


class ImageListViewSet(ProjectImagesViewSet):
    """Images."""

    serializer_class = ImageSerializer
    filterset_classes = {"list": ImageFilterSet, "count": ImageCountFilterSet}
    query_serializer_classes: ClassVar[Mapping[str, type[QuerySerializer]]] = {"list": PageQuerySerializer}
    response_schemas = {"count": {"type": "integer"}}
    permission_actions: ClassVar[Mapping[str, str | None]] = {"list": "project.read", "count": "project.read"}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List images."""
        # Keys are sorted alone, as no index is in this order.
        keys = self.filter_queryset(self.get_queryset()).values_list("pk", flat=True)
        return self.respond(self.annotate_in_order(self.paginate_queryset(keys) or ()))

    def count(self, request: Request, **kwargs: Any) -> Response:
        """Count images."""
        return Response(self.filter_queryset(self.get_queryset()).count())


class TaggedImageViewSet(ImageListViewSet):
    """Images with a tag or a region."""

    filterset_classes = {"list": TaggedImageFilterSet, "count": TaggedImageCountFilterSet}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List tagged images."""
        return super().list(request, **kwargs)

    def count(self, request: Request, **kwargs: Any) -> Response:
        """Count tagged images."""
        return super().count(request, **kwargs)


class UntaggedImageViewSet(ImageListViewSet):
    """Images with neither a tag nor a region."""

    filterset_classes = {"list": UntaggedImageFilterSet, "count": UntaggedImageCountFilterSet}

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List untagged images."""
        return super().list(request, **kwargs)

    def count(self, request: Request, **kwargs: Any) -> Response:
        """Count untagged images."""
        return super().count(request, **kwargs)


class ImageViewSet(ImageListViewSet):
    """Images."""

    query_serializer_classes = {
        **ImageListViewSet.query_serializer_classes,
        "list_by_ids": ImagesByIdQuerySerializer,
        "create": CreateImagesQuerySerializer,
        "destroy": DeleteImagesQuerySerializer,
        "add_metadata": ImageMetadataQuerySerializer,
    }
    request_serializer_classes = {
        "create_from_base64": ImageFileCreateBatchSerializer,
        "create_from_urls": ImageUrlCreateBatchSerializer,
        "add_metadata": MetadataSerializer,
    }
    response_serializer_classes = {
        "create": ImageCreateSummarySerializer,
        "create_from_base64": ImageCreateSummarySerializer,
        "create_from_urls": ImageCreateSummarySerializer,
        "add_metadata": ImageMetadataUpdateSummarySerializer,
    }
    file_parsers = {"create": ImageDataParser}
    body_content = {"create": ImageDataParser.content(), "add_metadata": MetadataSerializer.content}
    success_statuses = {
        "create": (200, 207),
        "create_from_base64": (200, 207),
        "create_from_urls": (200, 207),
        "add_metadata": (200, 207),
        "destroy": (202, 204),
    }
    permission_actions = {
        **ImageListViewSet.permission_actions,
        "list_by_ids": "project.read",
        "create": "media.upload",
        "create_from_base64": "media.upload",
        "create_from_urls": "media.upload",
        "destroy": "media.delete",
        "add_metadata": "media.write",
    }
    file_actions = frozenset({"create", "create_from_base64"})
    decoding_actions = file_actions | {"create_from_urls"}
    error_codes = {
        "unknown_tag": "BadRequestImageTags",
        "unknown_class": "BadRequestImageRegions",
        "regions": "BadRequestImageRegions",
        "key": "BadRequestImageMetadataKey",
        "value": "BadRequestImageMetadataValue",
    }

    def list_by_ids(self, request: Request, **kwargs: Any) -> Response:
        """Read images by ids.

        In the order of the ids, each once; ids that name no image of the project are left out.
        """
        return self.respond(self.annotate_in_order(self.validated_query.get("imageIds", ())))

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create images of files."""
        tags = self.validated_query.get("tagIds", ())
        known = sample_batches.check(project=self.project, samples=[Sample("", (), tags)])
        files = self.get_data()
        samples = (Sample(name, chunks, tags) for name, chunks in files)
        return self._respond_created([_created(each.name, each) for each in self._ingest(samples, known)])

    def create_from_base64(self, request: Request, **kwargs: Any) -> Response:
        """Create images of files in base64."""
        return self._create_batch()

    def create_from_urls(self, request: Request, **kwargs: Any) -> Response:
        """Create images of addresses.

        Only public hosts are asked. Those that have not answered in a minute are given up.
        """
        return self._create_batch()

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete images."""
        query = self.validated_query
        wanted, is_all = query.get("imageIds"), query.get("allImages", False)
        if bool(wanted) == is_all:
            raise Invalid("Name the images to delete by one of imageIds and allImages.", field="imageIds")
        if not is_all:
            keys = self.get_images_by_id(wanted or ())
            changes.trash(actor=self.actor, project=self.project, media=keys)
            return Response(status=204)
        action = bulk.change_of("delete", None)
        every = list(self.get_queryset().values_list("pk", flat=True))
        bulk.start(actor=self.actor, project=self.project, change=action, media=every)
        return Response(status=202)

    def add_metadata(self, request: Request, **kwargs: Any) -> Response:
        """Add to the metadata of images."""
        wanted = list(dict.fromkeys(self.validated_query["imageIds"]))
        values = self.get_validated_data()
        found = metadata.add(
            actor=self.actor,
            project=self.project,
            media=self.get_images_by_id(wanted),
            values=values,
            most=MAX_ENTRIES,
        )
        entries = [_metadata_entry(key, found) for key in wanted]
        is_successful = all(entry["status"] == "OK" for entry in entries)
        summary = {"is_successful": is_successful, "images": entries}
        return self.respond_batch(summary, is_successful=is_successful)

    def _create_batch(self) -> Response:
        """Take the images of a batch into the project; those with too many tags or regions are refused alone."""
        batch = self.get_validated_data()
        samples = [sample_of(entry, batch) for entry in batch["images"]]
        known = sample_batches.check(project=self.project, samples=samples)
        outcomes = iter(self._ingest([one for one in samples if exceeded_limit(one) is None], known))
        results = []
        for sample in samples:
            refused = exceeded_limit(sample)
            outcome = None if refused else next(outcomes)
            name = sample.url if sample.url is not None else sample.name if outcome is None else outcome.name
            results.append(_created(name, outcome, refused))
        return self._respond_created(results)

    def _ingest(self, samples: Iterable[Sample], known: frozenset[uuid.UUID]) -> builtins.list[SampleOutcome]:
        return sample_batches.ingest(
            actor=self.actor, project=self.project, home=HOME, samples=samples, known=known
        )

    def _respond_created(self, results: Sequence[dict[str, Any]]) -> Response:
        """Respond with what became of each image that was sent."""
        keys = [each["image"] for each in results if each["image"] is not None]
        image_of = {image.id: image for image in self.annotate_in_order(keys)}
        rows = [{**each, "image": image_of.get(each["image"])} for each in results]
        is_successful = all(row["status"] == "OK" for row in rows)
        summary = {"is_successful": is_successful, "images": rows}
        return self.respond_batch(summary, is_successful=is_successful)


def _created(name: str, outcome: SampleOutcome | None, refused: str | None = None) -> dict[str, Any]:
    """Return what became of an image, with the id of it; `refused` is the status of one that was not looked at."""
    if outcome is None:
        return {"name": name, "status": refused, "image": None}
    return {"name": name, "status": status_of(outcome), "image": outcome.media and outcome.media.pk}


def _metadata_entry(key: uuid.UUID, found: Mapping[uuid.UUID, dict[str, str] | None]) -> dict[str, Any]:
    texts = found.get(key)
    status = "OK" if texts is not None else "ErrorLimitExceed" if key in found else "ErrorImageNotFound"
    return {"image_id": key, "status": status, "metadata": texts}
