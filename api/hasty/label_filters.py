"""The filters of the label list of a project as Hasty names them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from annotator.domain import ids
from annotator.domain.errors import Invalid
from annotator.models import Attribute, AttributeValue, Label, Media, Project
from api.common import query

from .filters import read_ago, statuses

LABELS = query.query(
    label_class_id=query.uid(doc="Of this class."),
    labeler_id=query.uid(doc="Last changed by this user."),
    label_author_id=query.uid(doc="Made by this user."),
    dataset_id=query.uid(is_list=True, doc="On images of any of these datasets."),
    image_status=query.texts(doc="On images in any of these statuses, by name."),
    status_id=query.uid(is_list=True, doc="On images in any of these statuses, by id."),
    image_name=query.words(doc="Part of the image's name, in any case."),
    attribute_id=query.uid(doc="With attribute_value or bool_attribute_value: has this value."),
    attribute_value=query.words(doc="The id of a value, or the text or number itself."),
    bool_attribute_value=query.flag(),
    no_attribute_id=query.uid(doc="Without a value of this attribute."),
    created_since=query.matching(read_ago, doc="Like 30m, 1h, 3d."),
    updated_since=query.matching(read_ago, doc="Like 30m, 1h, 3d."),
    keypoint_schema_id=query.uid(doc="Of classes that carry points of this schema."),
    add_keypoint_data=query.flag(default=False, doc="Fill keypoint_classes and keypoint_labels."),
)
_COLUMNS = {
    "label_class_id": "concept",
    "labeler_id": "updated_by",
    "label_author_id": "created_by",
    "created_since": "created_at__gte",
    "updated_since": "updated_at__gte",
    "keypoint_schema_id": "concept__keypoint_bindings__schema",
}
_OF_IMAGES = ("dataset_id", "image_status", "status_id", "image_name")


def labels(project: Project, asked: dict[str, Any]) -> QuerySet[Label]:
    """Return the labels that all filters let through; those known to be wrong or on images in the trash are left out."""
    rows = Label.all_objects.filter(project=project, error="", media__trashed_at__isnull=True)
    rows = rows.filter(**{column: asked[name] for name, column in _COLUMNS.items() if name in asked})
    if any(name in asked for name in _OF_IMAGES):
        images = Media.objects.filter(project=project)
        images = images.in_home(datasets=asked.get("dataset_id"), name_contains=asked.get("image_name", ""))
        wanted = statuses(project, asked, "image_status")
        rows = rows.filter(media__in=images if wanted is None else images.in_statuses(wanted))
    if {"attribute_id", "attribute_value", "bool_attribute_value"} & asked.keys():
        rows = rows.filter(Exists(_values(project, asked).filter(label=OuterRef("pk"))))
    if "no_attribute_id" in asked:
        valued = AttributeValue.all_objects.filter(attribute=asked["no_attribute_id"], label=OuterRef("pk"))
        rows = rows.filter(~Exists(valued))
    return rows


def _values(project: Project, asked: dict[str, Any]) -> QuerySet[AttributeValue]:
    """Return the stored values that are asked for. Invalid when attribute and value do not come together."""
    given = [asked[name] for name in ("attribute_value", "bool_attribute_value") if name in asked]
    if "attribute_id" not in asked or len(given) != 1:
        raise Invalid("attribute_id and attribute_value need each other.", field="attribute_id")
    attribute = Attribute.all_objects.filter(project=project, pk=asked["attribute_id"]).first()
    if attribute is None:
        raise Invalid("There is no such attribute in this project.", field="attribute_id")
    rows = AttributeValue.all_objects.filter(attribute=attribute)
    if attribute.kind == "MULTIPLE-SELECTION":
        key = ids.parse_uuid(given[0])
        text = rows.annotate(text=Cast("value", TextField()))
        return text.filter(text__contains=f'"{key}"') if key else rows.none()
    return rows.filter(value=_literal(attribute, given[0]))


def _literal(attribute: Attribute, value: Any) -> Any:
    if (attribute.kind == "BOOL") != isinstance(value, bool):
        wanted = "bool_attribute_value" if attribute.kind == "BOOL" else "attribute_value"
        raise Invalid(f"An attribute of type {attribute.kind} is asked for by {wanted}.", field=wanted)
    if attribute.kind not in ("INT", "FLOAT"):
        return value
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not -1e300 < number < 1e300:
        raise Invalid("attribute_value must be a number.", field="attribute_value")
    return int(number) if number.is_integer() and attribute.kind == "INT" else number
