"""What is sent to operations that need a model. Nothing is answered of it, so most responses are empty lists."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import ListSerializer, QuerySerializer, Serializer

from .images import MAX_IDS

_SHARE = {"low": 0.0, "high": 1.0, "required": False}


class ConceptSerializer(Serializer):
    """A concept."""

    conceptId = fields.UUIDField()
    name = fields.TextField()


class CreateConceptSerializer(Serializer):
    """A new concept."""

    name = fields.NameField()
    description = fields.ParagraphField(required=False)
    threshold = fields.NumberField(**_SHARE)
    regularization = fields.NumberField(low=0.0, high=1e9, required=False)
    datasetId = fields.UUIDField(source="dataset_id")


class ConceptChangeSerializer(Serializer):
    """What changes a concept."""

    name = fields.NameField(required=False)
    description = fields.ParagraphField(required=False)
    threshold = fields.NumberField(**_SHARE)
    regularization = fields.NumberField(low=0.0, high=1e9, required=False)


class ConceptLabelSerializer(Serializer):
    """An example of a concept, or of what it is not."""

    coactiveImageId = fields.UUIDField(required=False)
    imagePath = fields.NameField(max_length=2_000, required=False)
    label = fields.ChoiceField(("positive", "negative"), required=False)  # type: ignore[assignment]


class _LabelListSerializer(ListSerializer):
    child = ConceptLabelSerializer()
    max_items = 1_000


class ConceptLabelsSerializer(Serializer):
    """Examples of a concept."""

    labels = _LabelListSerializer()
    autosampled_num_negative_labels = fields.IntegerField(low=0, high=10_000, required=False)


class DatasetsQuerySerializer(QuerySerializer):
    """Whose concepts or categories are listed."""

    datasets = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_IDS, required=False)


class ClassifySerializer(Serializer):
    """The address of an image to classify."""

    url = fields.NameField(max_length=2_000)
    conceptIds = fields.ListField(child=fields.UUIDField(), max_items=MAX_IDS, required=False)
    datasetId = fields.UUIDField(source="dataset_id", required=False)


class ClassifyQuerySerializer(QuerySerializer):
    """From which score on a concept counts."""

    threshold = fields.QueryTextField(max_length=40, required=False)


class StoredQuerySerializer(Serializer):
    """A query."""

    queryId = fields.UUIDField()
    query = fields.TextField()


class ExecuteQuerySerializer(Serializer):
    """A query in SQL."""

    query = fields.ParagraphField(max_length=10_000, allow_blank=False)
    datasetId = fields.UUIDField(source="dataset_id")


class CategorySerializer(Serializer):
    """A category of dynamic tags."""

    categoryId = fields.UUIDField()
    name = fields.TextField()


class CreateCategorySerializer(Serializer):
    """A new category."""

    name = fields.NameField()
    datasetIds = fields.ListField(child=fields.UUIDField(), max_items=MAX_IDS, source="dataset_ids")
