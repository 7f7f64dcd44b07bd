"""Regions and tags of images, added and removed in batches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.shares import from_normalized, to_normalized
from annotator.models import Concept, Label, Media
from annotator.services.annotations import batches

from ..annotations import Region
from ..serializers.regions import (
    DeleteImageTagsQuerySerializer,
    DeleteRegionsQuerySerializer,
    ImageRegionCreateBatchSerializer,
    ImageRegionCreateSummarySerializer,
    ImageTagCreateBatchSerializer,
    ImageTagCreateSummarySerializer,
    normalized_box,
)
from ..viewsets import ProjectImagesViewSet


class ImageRegionViewSet(ProjectImagesViewSet):
    """Regions of images."""

    serializer_class = ImageRegionCreateSummarySerializer
    request_serializer_classes = {"create": ImageRegionCreateBatchSerializer}
    query_serializer_classes = {"destroy": DeleteRegionsQuerySerializer}
    success_statuses = {"create": (200, 207)}
    permission_actions = {"create": "label.write", "destroy": "label.write"}
    error_codes = {"regions": "BadRequestImageRegions", "unknown_class": "BadRequestImageRegions"}

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create regions.

        A region that its image has already, number for number, is not created again.
        """
        entries = self.get_validated_data()["regions"]
        items = self._patches(entries)
        made = batches.create_labels(actor=self.actor, project=self.project, items=items, skip_equal=True)
        names = self._concept_names({entry["concept_id"] for entry in entries})
        created = [
            _region(label, names[label.concept_id], image)
            for (image, _), (label, is_new) in zip(items, made, strict=True)
            if is_new
        ]
        known = [entry for entry, (_, is_new) in zip(entries, made, strict=True) if not is_new]
        summary = {"created": created, "duplicated": known, "exceeded": []}
        return self.respond_batch(summary, is_successful=not known)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete regions."""
        wanted = self.validated_query["regionIds"]
        batches.delete_labels(actor=self.actor, project=self.project, label_ids=wanted)
        return Response(status=204)

    def _patches(self, entries: Sequence[Mapping[str, Any]]) -> list[tuple[Media, dict[str, Any]]]:
        """Return regions as (image, patch of a label). Raises Invalid for an image that is not there and for a bad box."""
        images = self.get_named_images((entry["image_id"] for entry in entries), "regions")
        items = []
        for index, entry in enumerate(entries):
            image = images[entry["image_id"]]
            box = from_normalized(normalized_box(entry), image.width, image.height, field=f"regions[{index}]")
            patch = {"concept": entry["concept_id"], "box": box.as_tuple(), "tool": "api"}
            items.append((image, patch))
        return items

    def _concept_names(self, keys: Collection[Any]) -> dict[Any, str]:
        rows = Concept.all_objects.filter(project=self.project, pk__in=keys)
        return dict(rows.values_list("pk", "name"))


def _region(label: Label, name: str, image: Media) -> Region | None:
    box = to_normalized((label.x0, label.y0, label.x1, label.y1), image.width, image.height)
    return box and Region(label.media_id, label.pk, label.concept_id, name, label.created_at, *box)


class ImageTagViewSet(ProjectImagesViewSet):
    """Tags of images."""

    serializer_class = ImageTagCreateSummarySerializer
    request_serializer_classes = {"create": ImageTagCreateBatchSerializer}
    query_serializer_classes = {"destroy": DeleteImageTagsQuerySerializer}
    permission_actions = {"create": "tag.write", "destroy": "tag.write"}
    error_codes = {"tags": "BadRequestImageTags", "unknown_tag": "BadRequestImageTags"}

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Tag images."""
        entries = self.get_validated_data()["tags"]
        images = self.get_named_images((entry["image_id"] for entry in entries), "tags")
        pairs = [(images[entry["image_id"]], entry["concept_id"]) for entry in entries]
        new = batches.add_tags(actor=self.actor, project=self.project, pairs=pairs)
        results = list(zip(entries, new, strict=True))
        return self.respond(
            {
                "created": [entry for entry, is_new in results if is_new],
                "duplicated": [entry for entry, is_new in results if not is_new],
                "exceeded": [],
            }
        )

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Take tags from images.

        Regions stay: as long as an image has one, their tag shows at the image.
        """
        query = self.validated_query
        images = self.get_images_by_id(query["imageIds"])
        batches.remove_tags(
            actor=self.actor,
            project=self.project,
            media=list(images.values()),
            concept_ids=query["tagIds"],
        )
        return Response(status=204)
