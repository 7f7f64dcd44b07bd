"""Tags as Custom Vision names them: concepts of regions, of whole images, or of both."""

from __future__ import annotations

from typing import Any

from annotator.models import Concept
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

REGULAR, NEGATIVE, GENERAL_PRODUCT = TYPES = ("Regular", "Negative", "GeneralProduct")
#: The key under which the dialect keeps what only it has, in `extra` of concepts and `settings` of projects.
KEPT = "customvision"


class TagTypeField(fields.ChoiceField):
    """The type of a tag, read from its concept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(TYPES, source="*", **kwargs)

    def to_representation(self, value: Any) -> str:
        return type_of(value)


class TagSerializer(Serializer):
    """A tag in a response; `imageCount` is how many images have it."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    description = fields.TextField()
    type = TagTypeField()
    imageCount = fields.IntegerField(source="image_count")


class CreateTagQuerySerializer(QuerySerializer):
    """A new tag."""

    name = fields.QueryNameField()
    description = fields.QueryTextField(max_length=2_000, required=False)
    type = fields.ChoiceField(TYPES, default=REGULAR)


class TagChangeSerializer(Serializer):
    """What changes a tag."""

    name = fields.NameField(required=False)
    description = fields.ParagraphField(required=False, allow_null=True)
    type = fields.ChoiceField(TYPES, required=False)


def type_of(concept: Concept) -> str:
    """Return the type of a tag: general products are noted in what the dialect keeps of the concept."""
    if concept.is_negative:
        return NEGATIVE
    kept = concept.extra.get(KEPT) or {}
    return GENERAL_PRODUCT if kept.get("type") == GENERAL_PRODUCT else REGULAR


def concept_values(data: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Return what a request holds under the names of the concepts' service; `extra` is what the concept holds."""
    found: dict[str, Any] = {name: data[name] for name in ("name", "description") if name in data}
    if "type" in data:
        found["is_negative"] = data["type"] == NEGATIVE
        found["extra"] = {**extra, KEPT: {"type": data["type"]}}
    return found
