"""E34 to E38 and D13: the labels of an image, and one label."""

from __future__ import annotations

from typing import Any

from annotator.domain.errors import Invalid
from annotator.models import Label
from annotator.services.annotations import label_rows, labels
from api.common import paging, query
from api.common.operations import operation

from ..base import MAX_LIMIT, PAGE, OnImage, OnLabel
from ..serializers import labels as names

EXTRAS = query.query(
    include_border_mask=query.flag(default=False, doc="Also compute the border of each shape."),
    include_errors=query.flag(default=False, doc="Also give labels that are known to be wrong."),
)


HOT = label_rows.HotRows(names.COLUMNS, in_seconds=True)


class ImageLabels(OnImage):
    shows = names.out

    @operation(
        "List the labels of an image",
        may="project.read",
        query=PAGE | EXTRAS,
        gives=[names.LabelOut],
        key="E35",
    )
    def get(self) -> Any:
        offset, limit = self.asked["offset"], min(self.asked["limit"], MAX_LIMIT)
        with_errors, with_border = self.asked["include_errors"], self.asked["include_border_mask"]
        rows = HOT.fetch(self.image.pk, offset=offset, limit=limit, with_errors=with_errors) if limit else []
        found = paging.Page(rows, offset, limit, offset + len(rows))
        if len(rows) == limit or (offset and not rows):
            counted = Label.all_objects.filter(media_id=self.image.pk)
            found = paging.Page(
                rows, offset, limit, (counted if with_errors else counted.filter(error="")).count()
            )
        return self.envelope(found, [names.from_columns(row, with_border=with_border) for row in rows])

    @operation("Create labels", may="label.write", body=names.LABELS, gives=[names.LabelOut], key="E36")
    def post(self) -> Any:
        patches = [_placed(place, names.created, item) for place, item in enumerate(self.body)]
        made = labels.create_many(
            actor=self.who, media=self.image, patches=patches, client=_event_id(self.body)
        )
        return self.answer(made)

    @operation(
        "Change labels", may="label.write", body=names.CHANGED_LABELS, gives=[names.LabelOut], key="E37"
    )
    def put(self) -> Any:
        keys = [_placed(place, _key, item) for place, item in enumerate(self.body)]
        if len(set(keys)) < len(keys):
            raise Invalid("A label stands twice in the list.", field="id", code="duplicate")
        stored = Label.all_objects.filter(media_id=self.image.pk).in_bulk(keys)
        patches = []
        for place, (key, item) in enumerate(zip(keys, self.body, strict=True)):
            if key not in stored:
                raise Invalid(
                    f"There is no label {key} on this image.", field=f"[{place}].id", code="unknown_label"
                )
            patches.append((key, _placed(place, names.changed, item, stored[key])))
        changed = labels.update_many(
            actor=self.who, media=self.image, patches=patches, client=_event_id(self.body)
        )
        return self.answer(changed)

    @operation(
        "Delete labels",
        may="label.write",
        body=names.DROPPED_LABELS,
        status=204,
        is_body_optional=True,
        key="E38",
    )
    def delete(self) -> None:
        labels.delete_many(actor=self.who, media=self.image, label_ids=[item["id"] for item in self.body])

    def answer(self, written: list[Label]) -> dict[str, Any]:
        """Return written labels in request order, each with the event id that came with it."""
        items = [names.out(label) for label in written]
        for said, item in zip(items, self.body, strict=True):
            said["external_event_id"] = item.get("external_event_id")
        return self.listed(items)


class OneLabel(OnLabel):
    @operation("Read a label", may="project.read", query=EXTRAS, gives=names.LabelOut, key="E34")
    def get(self) -> Any:
        if self.row.error and not self.asked["include_errors"]:
            raise self.absent("label")
        columns = [getattr(self.row, column) for column in names.COLUMNS]
        return names.from_columns(columns, with_border=self.asked["include_border_mask"])

    @operation("Delete a label", may="label.write", status=204, key="D13")
    def delete(self) -> None:
        labels.delete_many(actor=self.who, media=self.row.media, label_ids=[self.row.pk])


def _key(item: dict[str, Any]) -> Any:
    key = item.get("id") or item.get("label_id")
    if key is None:
        raise Invalid("id is required.", field="id")
    return key


def _event_id(items: list[dict[str, Any]]) -> str:
    """Return the client's own id of this change; a batch is one change."""
    return next((item["external_event_id"] for item in items if item.get("external_event_id")), "")


def _placed(place: int, read: Any, *arguments: Any) -> Any:
    """Return read(*arguments); what is wrong is said with its place in the list."""
    try:
        return read(*arguments)
    except Invalid as error:
        raise Invalid(error.message, field=f"[{place}].{error.field}", code=error.code) from None
