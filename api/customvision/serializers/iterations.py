"""Trained models, which Custom Vision calls iterations: what starts one, and what is asked of one."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

from ..filters import MAX_TAGS, NEWEST, OLDEST
from ..pagination import PageQuerySerializer
from .images import ImageRegionSerializer, ImageTagSerializer
from .predictions import PredictionSerializer

TRAINING_TYPES = ("Regular", "Advanced")
PLATFORMS = ("CoreML", "TensorFlow", "DockerFile", "ONNX", "VAIDK", "OpenVino")
FLAVORS = ("Linux", "Windows", "ONNX10", "ONNX12", "ARM", "TensorFlowNormal", "TensorFlowLite")


class TrainQuerySerializer(QuerySerializer):
    """How a model is trained."""

    trainingType = fields.ChoiceField(TRAINING_TYPES, required=False)
    reservedBudgetInHours = fields.QueryIntegerField(low=0, high=2**31 - 1, default=0)
    forceTrain = fields.QueryBooleanField(default=False)
    notificationEmailAddress = fields.QueryTextField(required=False)


class CustomBaseModelInfoSerializer(Serializer):
    """The model that training begins with."""

    projectId = fields.UUIDField()
    iterationId = fields.UUIDField()


class TrainingParametersSerializer(Serializer):
    """What a model is trained with."""

    selectedTags = fields.ListField(child=fields.UUIDField(), required=False, help_text="Default all.")
    customBaseModelInfo = CustomBaseModelInfoSerializer(required=False)


class IterationSerializer(Serializer):
    """A trained model."""

    id = fields.UUIDField()
    name = fields.TextField()
    status = fields.ChoiceField(("Training", "Completed", "Failed"))
    created = fields.DateTimeField()
    lastModified = fields.DateTimeField()
    trainedAt = fields.DateTimeField(allow_null=True)
    projectId = fields.UUIDField()
    exportable = fields.BooleanField()
    exportableTo = fields.ListField(child=fields.ChoiceField(PLATFORMS))
    domainId = fields.UUIDField(allow_null=True)
    classificationType = fields.TextField()
    trainingType = fields.ChoiceField(TRAINING_TYPES)
    reservedBudgetInHours = fields.IntegerField()
    trainingTimeInMinutes = fields.IntegerField()
    publishName = fields.TextOrNullField()
    originalPublishResourceId = fields.TextOrNullField()


class IterationChangeSerializer(Serializer):
    """The new name of a model."""

    name = fields.NameField(max_length=128)


class ModelExportSerializer(Serializer):
    """A file of a model for another platform."""

    platform = fields.ChoiceField(PLATFORMS)
    status = fields.ChoiceField(("Exporting", "Failed", "Done"))
    downloadUri = fields.TextOrNullField()
    flavor = fields.ChoiceField(FLAVORS, allow_null=True)
    newerVersionAvailable = fields.BooleanField()


class ExportQuerySerializer(QuerySerializer):
    """The platform of an export."""

    platform = fields.ChoiceField(PLATFORMS)
    flavor = fields.ChoiceField(FLAVORS, required=False)


class PublishQuerySerializer(QuerySerializer):
    """Where a model is put into service."""

    publishName = fields.QueryTextField()
    predictionId = fields.QueryTextField()
    overwrite = fields.QueryBooleanField(default=False)


class PerformanceQuerySerializer(QuerySerializer):
    """From which score and overlap on predictions count."""

    threshold = fields.NumberField(low=0, high=1, required=False)
    overlapThreshold = fields.NumberField(low=0, high=1, required=False)


class _FiguresSerializer(Serializer):
    precision = fields.NumberField()
    precisionStdDeviation = fields.NumberField()
    recall = fields.NumberField()
    recallStdDeviation = fields.NumberField()
    averagePrecision = fields.NumberField()


class TagPerformanceSerializer(_FiguresSerializer):
    """The figures of a model for one tag."""

    id = fields.UUIDField()
    name = fields.TextField()


class IterationPerformanceSerializer(_FiguresSerializer):
    """The figures of a model."""

    perTagPerformance = TagPerformanceSerializer(many=True)


class ImagePerformanceCountQuerySerializer(QuerySerializer):
    """Which of the images that a model was measured on are counted."""

    tagIds = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_TAGS, required=False)


class ImagePerformanceQuerySerializer(ImagePerformanceCountQuerySerializer, PageQuerySerializer):
    """Which of the images that a model was measured on are listed."""

    orderBy = fields.ChoiceField((NEWEST, OLDEST), required=False)


class ImagePerformanceSerializer(Serializer):
    """What a model finds in an image that it was measured on, beside what is there."""

    predictions = PredictionSerializer(many=True)
    id = fields.UUIDField()
    created = fields.DateTimeField()
    width = fields.IntegerField()
    height = fields.IntegerField()
    imageUri = fields.TextField()
    thumbnailUri = fields.TextField()
    tags = ImageTagSerializer(many=True)
    regions = ImageRegionSerializer(many=True)
