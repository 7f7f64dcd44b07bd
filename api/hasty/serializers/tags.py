"""Tag classes, tag groups and the tags of images as Hasty names them: concepts in their role of media."""

from __future__ import annotations

import uuid
from typing import Any, Literal, TypedDict

from annotator.models import Concept, Tag, TagGroup
from api.common.shapes import ListOf, bool_field, choice_field, id_field, number_field, shape, text_field

KINDS = ("SELECTION", "MULTIPLE-SELECTION")

TAG_CLASS = shape(
    "TagClassIn",
    name=text_field(required=True),
    norder=number_field(to="order"),
    tag_group_id=id_field(to="group_id", doc="Default the group Default."),
    tag_group_name=text_field(to="group_name", doc="A group of this name is made when there is none."),
)
TAG_GROUP = shape(
    "TagGroupIn",
    name=text_field(required=True),
    type=choice_field(KINDS, to="kind", required=True),
    is_required=bool_field(),
    norder=number_field(to="order"),
)
ADD_TAGS = ListOf(shape("TagIn", tag_class_id=id_field(required=True)), limit=100)
DROP_TAGS = ListOf(shape("TagNamed", tag_id=id_field(), tag_class_id=id_field()), limit=1000)


class TagClassOut(TypedDict):
    id: uuid.UUID
    name: str
    norder: float | None
    tag_group_id: uuid.UUID | None
    tag_group_name: str | None


class TagGroupOut(TypedDict):
    id: uuid.UUID
    name: str
    type: Literal["SELECTION", "MULTIPLE-SELECTION"]
    is_required: bool
    norder: float | None


class TagOut(TypedDict):
    id: uuid.UUID
    tag_class_id: uuid.UUID
    tag_class_name: str
    image_id: uuid.UUID
    project_id: uuid.UUID
    tag_group_id: uuid.UUID | None


def tag_class(row: Concept, view: Any) -> TagClassOut:
    """Return a tag class that was read with its group."""
    return {
        "id": row.pk,
        "name": row.name,
        "norder": row.media_order,
        "tag_group_id": row.tag_group_id,
        "tag_group_name": row.tag_group.name if row.tag_group else None,
    }


def tag_group(row: TagGroup, view: Any) -> TagGroupOut:
    """Return a tag group."""
    return {
        "id": row.pk,
        "name": row.name,
        "type": row.kind,
        "is_required": row.is_required,
        "norder": row.order,
    }


def tag(row: Tag, view: Any) -> TagOut:
    """Return the tag of an image that was read with its class."""
    return {
        "id": row.pk,
        "tag_class_id": row.concept_id,
        "tag_class_name": row.concept.name,
        "image_id": row.media_id,
        "project_id": row.project_id,
        "tag_group_id": row.concept.tag_group_id,
    }
