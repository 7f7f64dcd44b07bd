"""E19 to E26, D3 and X1: upload slots and images."""

from __future__ import annotations

from typing import Any

from annotator.domain.errors import Invalid
from annotator.models import Dataset, Media
from annotator.services.media import changes as media_changes, creation as media_creation, statuses, uploads
from api.common import query
from api.common.operations import operation

from .. import filters
from ..base import PAGE, InProject, OnImage
from ..serializers import images as names
from ..serializers.statuses import MOVE


class _Slots(InProject):
    shows = names.slot

    def make(self, count: int, style: str = "simple") -> dict[str, Any]:
        slots = uploads.create_slots(actor=self.who, project=self.place, count=count, style=style)
        return self.listed([self.render(slot) for slot in slots])


class Uploads(_Slots):
    @operation(
        "Make upload slots",
        may="media.upload",
        query=query.query(
            count=query.whole(low=1, high=50, required=True),
            style=query.one_of(uploads.STYLES, default="simple", doc="How the bytes are sent."),
        ),
        gives=[names.SlotOut],
        key="E19",
    )
    def get(self) -> Any:
        return self.make(**self.asked)


class ImageUploads(_Slots):
    @operation("Make upload slots", may="media.upload", body=names.SLOTS, gives=[names.SlotOut], key="X1")
    def post(self) -> Any:
        return self.make(**self.body)


def listed(project_id: Any) -> Any:
    """Return the images of a project with all that their answer holds, in list order."""
    rows = Media.objects.filter(project_id=project_id).exclude(kind="video")
    return rows.with_home().select_related("status", "blob").in_list_order()


class Images(InProject):
    shows = names.out

    @operation(
        "List images", may="project.read", query=PAGE | filters.IMAGES, gives=[names.ImageOut], key="E20"
    )
    def get(self) -> Any:
        return self.page(filters.images(listed(self.place.pk), self.place, self.asked))

    @operation(
        "Create an image",
        may="media.upload",
        query=query.query(replace=query.flag(default=False, doc="Swap the bytes of an image of this name.")),
        body=names.IMAGE,
        gives=names.ImageOut,
        key="E21",
    )
    def post(self) -> Any:
        made = self.create(**self.body)
        return self.render(listed(self.place.pk).get(pk=made.pk))

    def create(
        self, *, dataset_id: Any, filename: str | None = None, external_id: str | None = None, **source: Any
    ) -> Media:
        """Make the image from the one source that is named."""
        dataset = dataset_of(self.place, dataset_id)
        if ("upload_id" in source) == ("url" in source):
            raise Invalid("Name one source of the picture: upload_id or url.", field="upload_id")
        if "bucket_id" in source:
            raise Invalid("There is no such bucket in this workspace.", field="bucket_id")
        about = {
            "actor": self.who,
            "dataset": dataset,
            "external_id": external_id,
            "replace": self.asked["replace"],
        }
        if "url" in source:
            return media_creation.create_from_url(
                name=filename, url=source["url"], copy_bytes=source.get("copy_original", True), **about
            )
        if filename is None:
            raise Invalid("filename is required.", field="filename")
        upload = uploads.find(project=self.place, upload_id=source["upload_id"])
        return media_creation.create_image(name=filename, source=upload, **about)


def dataset_of(project: Any, key: Any) -> Dataset:
    """Return a dataset that a body names. Invalid when it is none of the project's."""
    found: Dataset | None = Dataset.objects.filter(project=project, pk=key).select_related("project").first()
    if found is None:
        raise Invalid("There is no such dataset in this project.", field="dataset_id", code="unknown_dataset")
    return found


class OneImage(OnImage):
    shows = names.out
    rows = staticmethod(
        lambda: Media.objects.exclude(kind="video").with_home().select_related("status", "blob")
    )

    @operation("Read an image", may="project.read", gives=names.ImageOut, key="E22")
    def get(self) -> Any:
        return self.render(self.row)

    @operation(
        "Swap the picture of an image",
        may="media.upload",
        body=names.CONTENT,
        gives=names.ImageOut,
        key="E23",
    )
    def put(self) -> Any:
        upload = uploads.find(project=self.place, upload_id=self.body["upload_id"])
        outside = (self.body["external_id"] or "") if "external_id" in self.body else None
        name = self.body["filename"]
        media_creation.replace_content(
            actor=self.who, media=self.row, source=upload, name=name, external_id=outside
        )
        return self.render(listed(self.place.pk).get(pk=self.row.pk))

    @operation(
        "Rename or move an image", may="media.write", body=names.PLACE, gives=names.ImageOut, key="E24"
    )
    def patch(self) -> Any:
        target = dataset_of(self.place, self.body["dataset_id"]) if "dataset_id" in self.body else None
        media_changes.place(actor=self.who, media=self.row, name=self.body.get("name"), dataset=target)
        return self.render(listed(self.place.pk).get(pk=self.row.pk))

    @operation("Delete an image", may="media.delete", status=204, key="D3")
    def delete(self) -> None:
        media_changes.trash(actor=self.who, project=self.place, media=[self.row.pk])


class ImageStatus(OnImage):
    @operation("Set the status of an image", may="status.write", body=MOVE, status=204, key="E25")
    def put(self) -> None:
        if len(self.body) != 1:
            raise Invalid("Name the new state by one of status and status_id.", field="status")
        name, key = self.body.get("status"), self.body.get("status_id")
        status = statuses.find(project_id=self.place.pk, name=name, status_id=key)
        if status.base == "AUTO-LABELLED":
            raise Invalid("AUTO-LABELLED is set by automated labeling alone.", field="status")
        statuses.set_status(actor=self.who, project=self.place, media=[self.row], status=status)


class ImageOffset(OnImage):
    @operation(
        "Find the place of an image in a list",
        may="project.read",
        query=filters.IMAGES,
        gives=names.OffsetOut,
        key="E26",
    )
    def get(self) -> Any:
        rows = filters.images(listed(self.place.pk), self.place, self.asked)
        if not rows.filter(pk=self.row.pk).exists():
            raise self.absent("image in this list")
        return {"offset": rows.position(self.row)}
