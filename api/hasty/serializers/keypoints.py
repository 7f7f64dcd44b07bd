"""Keypoint schemas as Hasty names them."""

from __future__ import annotations

from annotator.services.vocabulary.keypoint_schemas import KINDS
from api.common import fields
from api.common.serializers import ListSerializer, Serializer

# --- responses ---


class KeypointClassSerializer(Serializer):
    """A keypoint class in a response."""

    id = fields.UUIDField(source="pk")
    keypoint_schema_id = fields.UUIDField(source="schema_id")
    name = fields.TextField()
    description = fields.TextOrNullField()
    min_points = fields.IntegerField(source="minimum")
    max_points = fields.IntegerField(source="maximum")
    created_by = fields.UUIDField(source="created_by_id", allow_null=True)
    create_date = fields.DateTimeField(source="created_at")
    updated_by = fields.UUIDField(source="updated_by_id", allow_null=True)
    update_date = fields.DateTimeField(source="updated_at")
    norder = fields.NumberField(source="order")
    editor_x = fields.NumberField(allow_null=True)
    editor_y = fields.NumberField(allow_null=True)


class SkeletonEdgeSerializer(Serializer):
    """An edge of a skeleton in a response."""

    id = fields.UUIDField(source="pk")
    keypoint_schema_id = fields.UUIDField(source="schema_id")
    keypoint_class_id_a = fields.UUIDField(source="a_id")
    keypoint_class_id_b = fields.UUIDField(source="b_id")
    color = fields.TextOrNullField()


class KeypointSchemaSerializer(Serializer):
    """A keypoint schema in a response, with its classes and its edges."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    project_id = fields.UUIDField()
    description = fields.TextOrNullField()
    type = fields.ChoiceField(KINDS, source="kind")
    created_by = fields.UUIDField(source="created_by_id", allow_null=True)
    create_date = fields.DateTimeField(source="created_at")
    updated_by = fields.UUIDField(source="updated_by_id", allow_null=True)
    update_date = fields.DateTimeField(source="updated_at")
    norder = fields.NumberField(source="order", allow_null=True)
    keypoint_classes = KeypointClassSerializer(source="classes", many=True)
    keypoint_skeleton = SkeletonEdgeSerializer(source="edges", many=True)
    template_id = fields.TextOrNullField(source="template")


class LinkSerializer(Serializer):
    """The link of a schema and a label class in a response."""

    keypoint_schema_id = fields.UUIDField(source="schema_id")
    label_class_id = fields.UUIDField(source="concept_id")
    label_class_order = fields.NumberField(source="order")


# --- requests ---


class KeypointClassInSerializer(Serializer):
    """A keypoint class in a request."""

    id = fields.UUIDField(
        required=False, help_text="The class to keep, or your own name of a new one for the skeleton."
    )
    name = fields.NameField()
    description = fields.ParagraphField(required=False, allow_null=True)
    min_points = fields.IntegerField(source="minimum", low=0, high=2_000, required=False)
    max_points = fields.IntegerField(source="maximum", low=1, high=2_000, required=False)
    norder = fields.NumberField(source="order", required=False)
    editor_x = fields.NumberField(required=False, allow_null=True)
    editor_y = fields.NumberField(required=False, allow_null=True)


class KeypointSkeletonEdgeInSerializer(Serializer):
    """An edge of a skeleton in a request."""

    keypoint_class_id_a = fields.UUIDField(source="a")
    keypoint_class_id_b = fields.UUIDField(source="b")
    color = fields.ColorField(required=False)


class KeypointSchemaInSerializer(Serializer):
    """What creates or changes a keypoint schema; lists that are given replace."""

    name = fields.NameField()
    type = fields.ChoiceField(KINDS, source="kind")
    description = fields.ParagraphField(required=False, allow_null=True)
    norder = fields.NumberField(source="order", required=False)
    keypoint_classes = KeypointClassInSerializer(source="classes", many=True, required=False)
    keypoint_skeleton = KeypointSkeletonEdgeInSerializer(source="edges", many=True, required=False)
    template_id = fields.LineField(max_length=64, source="template", required=False, allow_null=True)


class KeypointSchemaClassPairSerializer(Serializer):
    """A schema and a label class in a request."""

    keypoint_schema_id = fields.UUIDField(source="schema_id")
    label_class_id = fields.UUIDField(source="concept_id")


class KeypointSchemaClassLinkInSerializer(KeypointSchemaClassPairSerializer):
    """The link of a schema and a label class in a request."""

    label_class_order = fields.NumberField(source="order")


class LinkListSerializer(ListSerializer):
    """Links to add."""

    child = KeypointSchemaClassLinkInSerializer()
    max_items = 1_000


class PairListSerializer(ListSerializer):
    """Links to remove."""

    child = KeypointSchemaClassPairSerializer()
    max_items = 1_000
