"""What a model would make: lists of these are empty, because none can be installed yet. Fields are those that the client needs."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

from .images import ImageColumnField


class ModelSerializer(Serializer):
    """A model in a response."""

    id = fields.TextField()
    projectId = fields.UUIDField()
    modelType = fields.TextField()
    modelCategory = fields.TextField()
    blueprintId = fields.TextField()
    isFrozen = fields.BooleanField()
    isStarred = fields.BooleanField()
    metrics = fields.JSONField(schema={"type": "object"})


class BlueprintSerializer(Serializer):
    """A blueprint in a response."""

    id = fields.TextField()
    projectId = fields.UUIDField()
    modelType = fields.TextField()
    processes = fields.ListField(child=fields.TextField())


class ComputedInsightSerializer(Serializer):
    """A model and a feature for which something is computed, in a response."""

    modelId = fields.TextField()
    featureName = fields.TextField()


class TrainSerializer(Serializer):
    """What to train."""

    blueprintId = fields.NameField()
    samplePct = fields.NumberField(low=0, high=100, required=False)


class ModelListQuerySerializer(QuerySerializer):
    """The parameters of lists of models."""

    orderBy = fields.QueryTextField(required=False, help_text="Without effect while there are no models.")
    name = fields.QueryTextField(required=False, help_text="Without effect while there are no models.")


class InsightQuerySerializer(QuerySerializer):
    """The parameter of what is computed for a column of images."""

    featureName = ImageColumnField()
