"""Attributes and their values as Hasty names them."""

from __future__ import annotations

from typing import Any

from annotator.domain.attributes import KINDS, MAX_TEXT, SUBJECTS
from annotator.services.vocabulary.attributes import ENGINES, MODELS
from api.common import fields
from api.common.serializers import ListSerializer, Serializer

_VALUE = {
    "oneOf": [
        {"type": "string", "pattern": fields.ParagraphField.pattern, "maxLength": MAX_TEXT},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}},
    ],
    "nullable": True,
}

# --- responses ---


class AttributeValueOptionSerializer(Serializer):
    """A value to choose from in a response."""

    id = fields.UUIDField(source="pk")
    value = fields.TextField()


class DefaultField(fields.TextField):
    """A default as text; the first one where there are several."""

    def to_representation(self, value: Any) -> Any:
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if value is None or isinstance(value, str) else f"{value:g}"


class PredictionField(fields.TextOrNullField):
    """One part of how values are to be filled in by a model."""

    def __init__(self, part: str, **kwargs: Any) -> None:
        self.part = part
        super().__init__(source="prediction", **kwargs)

    def to_representation(self, value: Any) -> Any:
        return value.get(self.part)


class AttributeSerializer(Serializer):
    """An attribute in a response."""

    id = fields.UUIDField(source="pk")
    is_required = fields.BooleanField()
    name = fields.TextField()
    type = fields.ChoiceField(KINDS, source="kind")
    subject_type = fields.ChoiceField(SUBJECTS, source="subject")
    default = DefaultField(allow_null=True)
    description = fields.TextOrNullField()
    min = fields.NumberField(source="minimum", allow_null=True)
    max = fields.NumberField(source="maximum", allow_null=True)
    norder = fields.NumberField(source="order", allow_null=True)
    class_count = fields.IntegerField(help_text="The number of label classes that it is linked to.")
    prediction_type = PredictionField("engine")
    prediction_model = PredictionField("engine_model")
    prediction_prompt = PredictionField("prompt")
    values = AttributeValueOptionSerializer(source="options", many=True)


class LabelAttributeSerializer(Serializer):
    """The value of an attribute of a label in a response."""

    id = fields.UUIDField(source="attribute_id")
    attribute_id = fields.UUIDField()
    label_id = fields.UUIDField()
    name = fields.TextField(source="attribute.name")
    type = fields.ChoiceField(KINDS, source="attribute.kind")
    description = fields.TextOrNullField(source="attribute.description")
    value = fields.JSONField(schema=_VALUE, allow_null=True)
    predicted_values = fields.JSONField(source="predicted", schema=_VALUE, allow_null=True)


class AttributeConflictSerializer(Serializer):
    """An attribute that is offered for some of the labels, and whether they agree about its value."""

    id = fields.UUIDField(source="attribute.pk")
    is_required = fields.BooleanField(source="attribute.is_required")
    name = fields.TextField(source="attribute.name")
    type = fields.ChoiceField(KINDS, source="attribute.kind")
    description = fields.TextOrNullField(source="attribute.description")
    norder = fields.NumberField(source="attribute.order", allow_null=True)
    is_conflicting = fields.BooleanField()
    value = fields.JSONField(schema=_VALUE, allow_null=True)
    values = AttributeValueOptionSerializer(source="attribute.options", many=True)


class AttributeClassLinkSerializer(Serializer):
    """The link of an attribute and a label class in a response."""

    attribute_id = fields.UUIDField()
    class_id = fields.UUIDField(source="concept_id")
    attribute_order = fields.NumberField()
    class_order = fields.NumberField(source="concept_order")


# --- requests ---


class AttributeValueOptionInSerializer(Serializer):
    """A value to choose from in a request."""

    id = fields.UUIDField(required=False, help_text="The value to keep; without it, that of the same text.")
    value = fields.NameField()


class AttributeInSerializer(Serializer):
    """What creates or changes an attribute; values that are given replace."""

    name = fields.NameField()
    type = fields.ChoiceField(KINDS, source="kind")
    values = AttributeValueOptionInSerializer(source="options", many=True, required=False)
    is_required = fields.BooleanField(required=False)
    subject_type = fields.ChoiceField(SUBJECTS, source="subject", required=False, help_text="Default LABEL.")
    default = fields.JSONField(schema=_VALUE, required=False, allow_null=True)
    description = fields.ParagraphField(required=False, allow_null=True)
    min = fields.NumberField(source="minimum", required=False, allow_null=True)
    max = fields.NumberField(source="maximum", required=False, allow_null=True)
    norder = fields.NumberField(source="order", required=False)
    prediction_type = fields.ChoiceField(ENGINES, source="engine", required=False, allow_null=True)
    prediction_model = fields.ChoiceField(MODELS, source="engine_model", required=False, allow_null=True)
    prediction_prompt = fields.ParagraphField(
        source="prompt", max_length=10_000, required=False, allow_null=True
    )


class LabelAttributeInSerializer(Serializer):
    """A value for an attribute of a label in a request; null takes it away."""

    id = fields.UUIDField(source="attribute_id", help_text="The attribute.")
    label_id = fields.UUIDField()
    value = fields.JSONField(schema=_VALUE, allow_null=True)


class LabelAttributeListSerializer(ListSerializer):
    """Values to store."""

    child = LabelAttributeInSerializer()
    max_items = 1_000


class LabelAttributeValueSerializer(Serializer):
    """The value for one attribute of one label in a request; null takes it away."""

    value = fields.JSONField(schema=_VALUE, allow_null=True)
    predicted_values = fields.JSONField(
        source="predicted", schema=_VALUE, required=False, help_text="What a model suggested."
    )


class LabelIdListSerializer(ListSerializer):
    """Labels of one image, by their ids."""

    child = fields.UUIDField()
    max_items = 1_000


class AttributeClassLinkInSerializer(Serializer):
    """The link of an attribute and a label class in a request."""

    attribute_id = fields.UUIDField()
    class_id = fields.UUIDField(source="concept_id")
    attribute_order = fields.NumberField()
    class_order = fields.NumberField(source="concept_order")


class AttributeClassLinkListSerializer(ListSerializer):
    """Links to add, or whose orders to set."""

    child = AttributeClassLinkInSerializer()
    max_items = 1_000


class AttributeClassPairSerializer(Serializer):
    """An attribute and a label class."""

    attribute_id = fields.UUIDField()
    class_id = fields.UUIDField(source="concept_id")


class AttributeClassPairListSerializer(ListSerializer):
    """Links to remove."""

    child = AttributeClassPairSerializer()
    max_items = 1_000
