"""The filters of the label list of a project as Hasty names them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from annotator.domain import ids
from annotator.domain.errors import Invalid
from annotator.models import Attribute, AttributeValue, Media
from annotator.services.media.selection import MediaSelection
from api.common.filters import (
    BooleanFilter,
    TextFilter,
    TextListFilter,
    UUIDFilter,
    UUIDListFilter,
)

from .filters import AgoFilter, OfImagesFilterSet


class LabelFilterSet(OfImagesFilterSet):
    """Labels of a project by what they are, by their image and by values of attributes."""

    label_class_id = UUIDFilter("concept", help_text="Of this class.")
    labeler_id = UUIDFilter("updated_by", help_text="Last changed by this user.")
    label_author_id = UUIDFilter("created_by", help_text="Created by this user.")
    dataset_id = UUIDListFilter("datasets", help_text="On images of any of these datasets.")
    image_status = TextListFilter(help_text="On images in any of these statuses, by name.")
    status_id = UUIDListFilter("statuses", help_text="On images in any of these statuses, by id.")
    image_name = TextFilter("name_contains", help_text="Part of the image's name, in any case.")
    attribute_id = UUIDFilter(help_text="With attribute_value or bool_attribute_value: has this value.")
    attribute_value = TextFilter(help_text="The id of a value, or the text or number itself.")
    bool_attribute_value = BooleanFilter(help_text="The value of an attribute of type BOOL.")
    no_attribute_id = UUIDFilter(method="filter_no_attribute", help_text="Without a value of this attribute.")
    created_since = AgoFilter("created_at", "gte", help_text="Like 30m, 1h, 3d.")
    updated_since = AgoFilter("updated_at", "gte", help_text="Like 30m, 1h, 3d.")
    keypoint_schema_id = UUIDFilter(
        "concept__keypoint_bindings__schema", help_text="Of classes that carry points of this schema."
    )

    #: Filters that restrict the images, and those that name a value: each group is one condition.
    of_images = frozenset({"dataset_id", "image_status", "status_id", "image_name"})
    of_values = frozenset({"attribute_id", "attribute_value", "bool_attribute_value"})

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        applied = self.applied
        for name in applied.keys() - self.of_images - self.of_values:
            queryset = self.filters[name].filter(queryset, applied[name])
        selection = self.get_selection()
        if selection == MediaSelection(datasets=selection.datasets):
            # Labels say themselves of which dataset they are.
            queryset = queryset.filter(project=self.project)
            if selection.datasets is not None:
                queryset = queryset.filter(dataset__in=selection.datasets)
        else:
            # The images are the project's. Named besides, the project makes SQLite read all its labels in list order.
            images = selection.apply(Media.live_in(self.project.pk), self.project.pk)
            queryset = queryset.filter(media__in=images.values("pk"))
        if applied.keys() & self.of_values:
            queryset = queryset.filter(Exists(self.get_values(applied).filter(label=OuterRef("pk"))))
        return queryset

    def filter_no_attribute(self, queryset: QuerySet[Any], name: str, value: uuid.UUID) -> QuerySet[Any]:
        values = AttributeValue.all_objects.filter(attribute=value, label=OuterRef("pk"))
        return queryset.filter(~Exists(values))

    def get_values(self, applied: dict[str, Any]) -> QuerySet[AttributeValue]:
        """Return the stored values that are asked for. Raises Invalid when attribute and value do not come together."""
        given = [applied[name] for name in ("attribute_value", "bool_attribute_value") if name in applied]
        if "attribute_id" not in applied or len(given) != 1:
            raise Invalid("attribute_id and attribute_value need each other.", field="attribute_id")
        attribute = Attribute.all_objects.filter(project=self.project, pk=applied["attribute_id"]).first()
        if attribute is None:
            raise Invalid("There is no such attribute in this project.", field="attribute_id")
        rows = AttributeValue.all_objects.filter(attribute=attribute)
        if attribute.kind == "MULTIPLE-SELECTION":
            key = ids.parse_uuid(given[0])
            text = rows.annotate(text=Cast("value", TextField()))
            return text.filter(text__contains=f'"{key}"') if key else rows.none()
        return rows.filter(value=_literal(attribute, given[0]))


def _literal(attribute: Attribute, value: Any) -> Any:
    """Return the value as it is stored for this type of attribute."""
    if (attribute.kind == "BOOL") != isinstance(value, bool):
        wanted = "bool_attribute_value" if attribute.kind == "BOOL" else "attribute_value"
        raise Invalid(f"An attribute of type {attribute.kind} is filtered by {wanted}.", field=wanted)
    if attribute.kind not in ("INT", "FLOAT"):
        return value
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not -1e300 < number < 1e300:
        raise Invalid("attribute_value must be a number.", field="attribute_value")
    return int(number) if number.is_integer() and attribute.kind == "INT" else number
