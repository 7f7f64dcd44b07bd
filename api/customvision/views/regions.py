"""Regions and tags of images: said and taken back in batches."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from rest_framework.response import Response

from annotator.domain.shares import from_shares
from annotator.models import Concept
from annotator.services.annotations import batches as annotation_batches
from api.common import query
from api.common.operations import operation

from ..base import InProject
from ..serializers import images, regions, uploads


class _Marked(InProject):
    def concepts(self, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        """Return the names of concepts of the project by id."""
        rows = Concept.all_objects.filter(project=self.place, pk__in=keys)
        return dict(rows.values_list("pk", "name"))


class ImageRegions(_Marked):
    codes = {"regions": "BadRequestImageRegions", "unknown_class": "BadRequestImageRegions"}

    @operation(
        "Create regions",
        may="label.write",
        body=regions.REGIONS,
        gives=regions.ImageRegionCreateSummaryOut,
        or_status=207,
        key="CreateImageRegions",
        note="A region that its image has already, number for number, is not created again.",
    )
    def post(self) -> Any:
        entries = self.body["regions"]
        media = self.named((entry["imageId"] for entry in entries), "regions")
        items = []
        for place, entry in enumerate(entries):
            image = media[entry["imageId"]]
            box = from_shares(regions.shares(entry), image.width, image.height, field=f"regions[{place}]")
            items.append((image, {"concept": entry["tagId"], "box": box.as_tuple(), "tool": "api"}))
        made = annotation_batches.create_labels(
            actor=self.who, project=self.place, items=items, skip_equal=True
        )
        called = self.concepts({entry["tagId"] for entry in entries})
        created = [
            {"imageId": image.pk, **(images.region(label, image, called[label.concept_id]) or {})}
            for (image, _), (label, is_new) in zip(items, made, strict=True)
            if is_new
        ]
        known = [entry for entry, (_, is_new) in zip(entries, made, strict=True) if not is_new]
        summary = {"created": created, "duplicated": known, "exceeded": []}
        return Response(summary, status=207 if known else 200)

    @operation(
        "Delete regions",
        may="label.write",
        query=query.query(regionIds=query.uid(is_list=True, most=regions.MAX_REGIONS, required=True)),
        status=204,
        key="DeleteImageRegions",
    )
    def delete(self) -> None:
        annotation_batches.delete_labels(
            actor=self.who, project=self.place, label_ids=self.asked["regionIds"]
        )


class ImageTags(_Marked):
    codes = {"tags": "BadRequestImageTags", "unknown_tag": "BadRequestImageTags"}

    @operation(
        "Tag images",
        may="tag.write",
        body=regions.TAGS,
        gives=regions.ImageTagCreateSummaryOut,
        key="CreateImageTags",
    )
    def post(self) -> Any:
        entries = self.body["tags"]
        media = self.named((entry["imageId"] for entry in entries), "tags")
        pairs = [(media[entry["imageId"]], entry["tagId"]) for entry in entries]
        new = annotation_batches.add_tags(actor=self.who, project=self.place, pairs=pairs)
        said = list(zip(entries, new, strict=True))
        return {
            "created": [entry for entry, is_new in said if is_new],
            "duplicated": [entry for entry, is_new in said if not is_new],
            "exceeded": [],
        }

    @operation(
        "Take tags from images",
        may="tag.write",
        query=query.query(
            imageIds=query.uid(is_list=True, most=64, required=True),
            tagIds=query.uid(is_list=True, most=uploads.MAX_TAGS, required=True),
        ),
        status=204,
        key="DeleteImageTags",
        note="Regions stay: as long as an image has one, their tag shows at the image.",
    )
    def delete(self) -> None:
        media = self.pictures().in_bulk(self.asked["imageIds"])
        annotation_batches.remove_tags(
            actor=self.who,
            project=self.place,
            media=list(media.values()),
            concept_ids=self.asked["tagIds"],
        )
