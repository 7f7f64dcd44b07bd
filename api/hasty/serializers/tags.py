"""Tag classes, tag groups and the tags of images as Hasty names them: concepts in their role of media."""

from __future__ import annotations

from rest_framework.serializers import SerializerMethodField

from annotator.models import Concept
from api.common import fields
from api.common.serializers import ListSerializer, Serializer

KINDS = ("SELECTION", "MULTIPLE-SELECTION")


class TagClassSerializer(Serializer):
    """A tag class in a response; read with its group."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    norder = fields.NumberField(source="media_order", allow_null=True)
    tag_group_id = fields.UUIDField(allow_null=True)
    tag_group_name = SerializerMethodField()

    def get_tag_group_name(self, concept: Concept) -> str | None:
        return concept.tag_group.name if concept.tag_group else None


class TagClassInSerializer(Serializer):
    """What creates or changes a tag class."""

    name = fields.NameField()
    norder = fields.NumberField(source="order", required=False)
    tag_group_id = fields.UUIDField(source="group_id", required=False, help_text="Default the group Default.")
    tag_group_name = fields.LineField(
        source="group_name",
        required=False,
        help_text="A group of this name is created when there is none.",
    )


class TagGroupSerializer(Serializer):
    """A tag group in a response."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    type = fields.ChoiceField(KINDS, source="kind")
    is_required = fields.BooleanField()
    norder = fields.NumberField(source="order", allow_null=True)


class TagGroupInSerializer(Serializer):
    """What creates or changes a tag group."""

    name = fields.NameField()
    type = fields.ChoiceField(KINDS, source="kind")
    is_required = fields.BooleanField(required=False)
    norder = fields.NumberField(source="order", required=False)


class TagSerializer(Serializer):
    """The tag of an image in a response; read with its class."""

    id = fields.UUIDField(source="pk")
    tag_class_id = fields.UUIDField(source="concept_id")
    tag_class_name = fields.TextField(source="concept.name")
    image_id = fields.UUIDField(source="media_id")
    project_id = fields.UUIDField()
    tag_group_id = fields.UUIDField(source="concept.tag_group_id", allow_null=True)


class TagInSerializer(Serializer):
    """A tag to add, by its class."""

    tag_class_id = fields.UUIDField()


class TagsInSerializer(ListSerializer):
    """Tags to add."""

    child = TagInSerializer()
    max_items = 100


class TagNamedSerializer(Serializer):
    """A tag to remove, by its own id or by its class."""

    tag_id = fields.UUIDField(required=False)
    tag_class_id = fields.UUIDField(required=False)


class TagsNamedSerializer(ListSerializer):
    """Tags to remove."""

    child = TagNamedSerializer()
    max_items = 1_000
