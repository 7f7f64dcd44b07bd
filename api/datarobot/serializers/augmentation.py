"""Augmentation lists, their samples and their options as DataRobot names them."""

from __future__ import annotations

from typing import Any

from annotator.domain.augmentation import (
    BY_NAME,
    DEFAULT_PROBABILITY,
    MAX_NEW_IMAGES,
    TRANSFORMATIONS,
    Parameter,
)
from annotator.services.insight.augmentation_samples import MAX_ROWS
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

#: The one column of images that a project has.
IMAGE_FEATURE = "image"
#: Of all parameters: none is larger.
_LIMITS = {"low": 0.0, "high": 1e6}


class ListQuerySerializer(QuerySerializer):
    """The parameters of the list of augmentation lists."""

    projectId = fields.QueryTextField()
    featureName = fields.QueryTextField(required=False)


class ParamSerializer(Serializer):
    """A parameter of a transformation. In a request only the current value counts; without it the default does."""

    name = fields.TextField()
    currentValue = fields.NumberField(required=False, **_LIMITS)
    minValue = fields.NumberField(required=False, **_LIMITS)
    maxValue = fields.NumberField(required=False, **_LIMITS)


class TransformationSerializer(Serializer):
    """A transformation of a list."""

    name = fields.ChoiceField(tuple(BY_NAME))
    enabled = fields.BooleanField(required=False)
    params = ParamSerializer(many=True, required=False)


class AugmentationListSerializer(Serializer):
    """An augmentation list in a response."""

    id = fields.UUIDField()
    name = fields.TextField()
    projectId = fields.UUIDField()
    featureName = fields.TextField()
    inUse = fields.BooleanField()
    initialList = fields.BooleanField()
    numberOfNewImages = fields.IntegerField()
    transformationProbability = fields.NumberField()
    transformations = TransformationSerializer(many=True)
    samplesId = fields.UUIDField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "id": instance.pk,
            "name": instance.name,
            "projectId": instance.project_id,
            "featureName": instance.feature or IMAGE_FEATURE,
            "inUse": instance.is_in_use,
            "initialList": instance.is_initial,
            "numberOfNewImages": instance.number_of_new_images,
            "transformationProbability": instance.probability,
            "transformations": [_transformation(one) for one in instance.transformations],
            "samplesId": instance.samples_id,
        }


def _transformation(stored: dict[str, Any]) -> dict[str, Any]:
    known = BY_NAME[stored["name"]]
    return {
        "name": known.name,
        "enabled": stored["enabled"],
        "params": [
            {
                "name": parameter.name,
                "currentValue": stored["params"][parameter.name],
                "minValue": parameter.minimum,
                "maxValue": parameter.maximum,
            }
            for parameter in known.parameters
        ],
    }


class ChangeSerializer(Serializer):
    """What changes an augmentation list; inUse and projectId are ignored."""

    name = fields.NameField(required=False)
    featureName = fields.TextField(required=False)
    initialList = fields.BooleanField(required=False)
    numberOfNewImages = fields.IntegerField(required=False, low=0, high=MAX_NEW_IMAGES)
    transformationProbability = fields.NumberField(required=False, low=0.0, high=1.0)
    transformations = TransformationSerializer(many=True, required=False)


class CreateSerializer(ChangeSerializer):
    """A new augmentation list; inUse and samplesId are ignored."""

    name = fields.NameField()
    projectId = fields.TextField()
    numberOfNewImages = fields.IntegerField(low=1, high=MAX_NEW_IMAGES)
    transformationProbability = fields.NumberField(low=0.0, high=1.0)


class CreatedSerializer(Serializer):
    """The id of a new augmentation list."""

    augmentationListId = fields.UUIDField()


class SamplesRequestSerializer(Serializer):
    """How many originals the samples are made of."""

    numberOfRows = fields.IntegerField(low=1, high=MAX_ROWS)


class OnceSerializer(CreateSerializer):
    """A list that is not kept, and how many originals its samples are made of."""

    numberOfRows = fields.IntegerField(low=1, high=MAX_ROWS)


class StatusIdSerializer(Serializer):
    """The id of the status, which names the samples too."""

    statusId = fields.UUIDField()


class SampleSerializer(Serializer):
    """An image of the samples: an original, or a copy with the id of its original."""

    imageId = fields.UUIDField()
    originalImageId = fields.UUIDField(allow_null=True)
    projectId = fields.UUIDField()
    height = fields.IntegerField()
    width = fields.IntegerField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return a sample that has `original_id`, the image that stands for the bytes of its original."""
        is_copy = instance.copy > 0
        return {
            "imageId": instance.pk if is_copy else instance.original_id,
            "originalImageId": instance.original_id if is_copy else None,
            "projectId": instance.project_id,
            "height": instance.height,
            "width": instance.width,
        }


class OptionsParamSerializer(Serializer):
    """A parameter that a transformation has."""

    name = fields.TextField()
    translatedName = fields.TextField()
    type = fields.ChoiceField(("int", "float"))
    currentValue = fields.NumberField()
    minValue = fields.NumberField()
    maxValue = fields.NumberField()


class OptionsTransformationSerializer(Serializer):
    """A transformation that there is."""

    name = fields.ChoiceField(tuple(BY_NAME))
    translatedName = fields.TextField()
    affectedByTransformationProbability = fields.BooleanField()
    enabledByDefault = fields.BooleanField()
    params = OptionsParamSerializer(many=True)


class OptionsSerializer(Serializer):
    """What an augmentation list of a project may hold."""

    id = fields.UUIDField()
    name = fields.TextField()
    projectId = fields.UUIDField()
    featureName = fields.TextField()
    minTransformationProbability = fields.NumberField()
    currentTransformationProbability = fields.NumberField()
    maxTransformationProbability = fields.NumberField()
    minNumberOfNewImages = fields.IntegerField()
    currentNumberOfNewImages = fields.IntegerField()
    maxNumberOfNewImages = fields.IntegerField()
    transformations = OptionsTransformationSerializer(many=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the options of a project."""
        return {
            "id": instance.pk,
            "name": instance.name,
            "projectId": instance.pk,
            "featureName": IMAGE_FEATURE,
            "minTransformationProbability": 0.0,
            "currentTransformationProbability": DEFAULT_PROBABILITY,
            "maxTransformationProbability": 1.0,
            "minNumberOfNewImages": 1,
            "currentNumberOfNewImages": 1,
            "maxNumberOfNewImages": MAX_NEW_IMAGES,
            "transformations": [
                {
                    "name": one.name,
                    "translatedName": _words(one.name),
                    "affectedByTransformationProbability": one.probability is None,
                    "enabledByDefault": one.is_default,
                    "params": [_param(parameter) for parameter in one.parameters],
                }
                for one in TRANSFORMATIONS
            ],
        }


def _param(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "translatedName": _words(parameter.name),
        "type": parameter.type,
        "currentValue": parameter.default,
        "minValue": parameter.minimum,
        "maxValue": parameter.maximum,
    }


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
