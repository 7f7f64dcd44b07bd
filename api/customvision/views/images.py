"""Images: by ids, listed, counted, created, deleted, and the metadata beside them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.services.annotations import sample_batches
from annotator.services.annotations.sample_batches import Sample
from annotator.services.media import bulk, changes as media_changes
from annotator.services.projects import datasets
from api.common import query
from api.common.operations import operation

from .. import filters
from ..base import LIVE, MAX_TAKE, PAGE, InProject
from ..serializers import images as names, regions, uploads

#: The dataset of images that come this way: the vendor knows no datasets.
HOME = "Training images"
_IDS = query.uid(is_list=True, most=MAX_TAKE)


class ImagesById(InProject):
    @operation(
        "Read images by ids",
        may="project.read",
        query=LIVE | query.query(imageIds=_IDS),
        gives=list[names.ImageOut],
        key="GetImagesByIds",
        note="In the order of the ids, each once; ids that name no image of the project are left out.",
    )
    def get(self) -> Any:
        return names.images(self.in_order(self.asked.get("imageIds", ())), self)


class _Listed(InProject):
    """Lists of images; `status` is the filter that the address itself means."""

    status = ""

    def chosen(self) -> Any:
        asked = self.asked | ({"status": self.status} if self.status else {})
        return filters.images(self.pictures(), asked)

    def page(self, rows: Any) -> Any:
        """Return the asked images; keys are sorted alone, as no index stands in this order."""
        skip = self.asked["skip"]
        keys = filters.ordered(rows, self.asked).values_list("pk", flat=True)[
            skip : skip + self.asked["take"]
        ]
        return names.images(self.in_order(keys), self)


class Images(_Listed):
    codes = {"unknown_tag": "BadRequestImageTags"}

    @operation(
        "List images",
        may="project.read",
        query=filters.ANY | filters.ORDER | PAGE,
        gives=list[names.ImageOut],
        key="GetImages",
    )
    def get(self) -> Any:
        return self.page(self.chosen())

    @operation(
        "Create images of files",
        may="media.upload",
        query=query.query(tagIds=query.uid(is_list=True, most=uploads.MAX_TAGS)),
        body=uploads.DATA,
        gives=uploads.ImageCreateSummaryOut,
        or_status=207,
        key="CreateImagesFromData",
    )
    def post(self) -> Any:
        tags = self.asked.get("tagIds", ())
        return taken(
            self, [sample_batches.keep(name=name, chunks=chunks, tags=tags) for name, chunks in self.body]
        )

    @operation(
        "Delete images",
        may="media.delete",
        query=query.query(imageIds=_IDS, allImages=query.flag(), allIterations=query.flag()),
        status=204,
        or_status=202,
        key="DeleteImages",
    )
    def delete(self) -> Any:
        wanted, is_all = self.asked.get("imageIds"), self.asked.get("allImages", False)
        if bool(wanted) == is_all:
            raise Invalid("Name the images to delete by one of imageIds and allImages.", field="imageIds")
        if not is_all:
            media_changes.trash(actor=self.who, project=self.place, media=self.pictures().in_bulk(wanted))
            return None
        keys = list(self.pictures().values_list("pk", flat=True))
        change = bulk.change_of("delete", None)
        bulk.start(actor=self.who, project=self.place, change=change, media=keys)
        return Response(status=202)


class TaggedImages(_Listed):
    status = filters.TAGGED

    @operation(
        "List tagged images",
        may="project.read",
        query=filters.ONLY_TAGGED | filters.ORDER | PAGE,
        gives=list[names.ImageOut],
        key="GetTaggedImages",
    )
    def get(self) -> Any:
        return self.page(self.chosen())


class UntaggedImages(_Listed):
    status = filters.UNTAGGED

    @operation(
        "List untagged images",
        may="project.read",
        query=LIVE | filters.ORDER | PAGE,
        gives=list[names.ImageOut],
        key="GetUntaggedImages",
    )
    def get(self) -> Any:
        return self.page(self.chosen())


class ImageCount(_Listed):
    @operation("Count images", may="project.read", query=filters.ANY, gives=int, key="GetImageCount")
    def get(self) -> int:
        return self.chosen().order_by().count()


class TaggedImageCount(_Listed):
    status = filters.TAGGED

    @operation(
        "Count tagged images",
        may="project.read",
        query=filters.ONLY_TAGGED,
        gives=int,
        key="GetTaggedImageCount",
    )
    def get(self) -> int:
        return self.chosen().order_by().count()


class UntaggedImageCount(_Listed):
    status = filters.UNTAGGED

    @operation(
        "Count untagged images", may="project.read", query=LIVE, gives=int, key="GetUntaggedImageCount"
    )
    def get(self) -> int:
        return self.chosen().order_by().count()


class ImageFiles(InProject):
    codes = {
        "unknown_tag": "BadRequestImageTags",
        "unknown_class": "BadRequestImageRegions",
        "regions": "BadRequestImageRegions",
        "key": "BadRequestImageMetadataKey",
        "value": "BadRequestImageMetadataValue",
    }

    @operation(
        "Create images of files in base64",
        may="media.upload",
        body=uploads.FILES,
        gives=uploads.ImageCreateSummaryOut,
        or_status=207,
        key="CreateImagesFromFiles",
    )
    def post(self) -> Any:
        entries = [uploads.entry(item, self.body) for item in self.body["images"]]
        return taken(self, [sample_batches.keep(**entry) for entry in entries])


def taken(view: InProject, samples: Sequence[Sample]) -> Response:
    """Take samples into the project and answer what became of each: 200, or 207 unless all are new and fine."""
    home = datasets.ensure(actor=view.who, project=view.place, name=HOME)
    outcomes = sample_batches.take(actor=view.who, project=view.place, dataset=home, samples=samples)
    keys = [outcome.media.pk for outcome in outcomes if outcome.media is not None]
    said = {image["id"]: image for image in names.images(list(view.pictures().in_bulk(keys).values()), view)}
    results = [
        uploads.result(sample, outcome, said.get(outcome.media.pk) if outcome.media else None)
        for sample, outcome in zip(samples, outcomes, strict=True)
    ]
    is_good = all(result["status"] == "OK" for result in results)
    return Response({"isBatchSuccessful": is_good, "images": results}, status=200 if is_good else 207)


class ImageMetadata(InProject):
    codes = {"key": "BadRequestImageMetadataKey", "value": "BadRequestImageMetadataValue"}

    @operation(
        "Add to the metadata of images",
        may="media.write",
        query=query.query(imageIds=query.uid(is_list=True, most=MAX_TAKE, required=True)),
        body=regions.METADATA,
        gives=regions.ImageMetadataUpdateSummaryOut,
        or_status=207,
        key="UpdateImageMetadata",
    )
    def post(self) -> Any:
        wanted = list(dict.fromkeys(self.asked["imageIds"]))
        keys = self.pictures().in_bulk(wanted)
        found = media_changes.add_metadata(
            actor=self.who, project=self.place, media=keys, values=self.body, most=regions.METADATA.limit
        )
        entries = [_metadata(key, found) for key in wanted]
        is_good = all(entry["status"] == "OK" for entry in entries)
        return Response({"isBatchSuccessful": is_good, "images": entries}, status=200 if is_good else 207)


def _metadata(
    key: uuid.UUID, found: dict[uuid.UUID, dict[str, str] | None]
) -> regions.ImageMetadataUpdateEntryOut:
    texts = found.get(key)
    status = "OK" if texts is not None else "ErrorLimitExceed" if key in found else "ErrorImageNotFound"
    return {"imageId": key, "status": status, "metadata": texts}
