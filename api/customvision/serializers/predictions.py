"""Predictions of models: what is asked for, what one is, and images created of them."""

from __future__ import annotations

from api.common import fields
from api.common.files import FileParser
from api.common.serializers import ListSerializer, QuerySerializer, Serializer

from ..filters import MAX_TAGS, NEWEST, OLDEST
from ..iterations import IterationField
from .metadata import MetadataField
from .regions import BoundingBoxSerializer
from .uploads import MAX_IMAGES, RegionListSerializer, tag_ids

MAX_PREDICTIONS = 64
_SHARE = {"low": 0, "high": 1}


# --- trying a model ---


class QuickTestParser(FileParser):
    """One image, as the part of a form or as bare bytes."""

    part_name = "imageData"
    max_files = 1


class QuickTestQuerySerializer(QuerySerializer):
    """The model that is tried, and whether its prediction is kept."""

    iterationId = IterationField()
    store = fields.QueryBooleanField(default=True)


class PublishedPredictionQuerySerializer(QuerySerializer):
    """Who asks."""

    application = fields.QueryTextField(max_length=200, required=False, help_text="The name of a program.")


class ImageUrlSerializer(Serializer):
    """The address of an image."""

    url = fields.HttpAddressField(max_length=2_000)


class PredictionSerializer(Serializer):
    """A tag that a model gives, with its score; with a box when it was found in a place."""

    probability = fields.NumberField()
    tagId = fields.UUIDField()
    tagName = fields.TextField()
    boundingBox = BoundingBoxSerializer(allow_null=True)
    tagType = fields.TextField()


class ImagePredictionSerializer(Serializer):
    """What a model finds in an image."""

    id = fields.UUIDField()
    project = fields.UUIDField()
    iteration = fields.UUIDField()
    created = fields.DateTimeField()
    predictions = PredictionSerializer(many=True)


class RegionProposalSerializer(Serializer):
    """A region that may hold an object."""

    confidence = fields.NumberField()
    boundingBox = BoundingBoxSerializer()


class ImageRegionProposalSerializer(Serializer):
    """The regions of an image that may hold objects."""

    projectId = fields.UUIDField()
    imageId = fields.UUIDField()
    proposals = RegionProposalSerializer(many=True)


# --- predictions that were kept ---


class StoredImagePredictionSerializer(ImagePredictionSerializer):
    """A prediction that was kept with its image."""

    resizedImageUri = fields.TextField()
    thumbnailUri = fields.TextField()
    originalImageUri = fields.TextField()
    domain = fields.UUIDField()


class PredictionQueryTagSerializer(Serializer):
    """A tag that predictions have, and with which score."""

    id = fields.UUIDField()
    minThreshold = fields.NumberField(**_SHARE, required=False, allow_null=True)
    maxThreshold = fields.NumberField(**_SHARE, required=False, allow_null=True)


class _QueryTagListSerializer(ListSerializer):
    child = PredictionQueryTagSerializer()
    max_items = MAX_TAGS


class PredictionQueryTokenSerializer(Serializer):
    """Which predictions are listed, and where the list goes on."""

    session = fields.LineField(max_length=200, required=False, allow_null=True)
    continuation = fields.LineField(max_length=200, required=False, allow_null=True)
    maxCount = fields.IntegerField(low=0, high=256, required=False, allow_null=True)
    orderBy = fields.ChoiceField((NEWEST, OLDEST, "Suggested"), required=False, allow_null=True)
    tags = _QueryTagListSerializer(required=False, allow_null=True)
    iterationId = IterationField(allow_null=True)
    startTime = fields.DateTimeField(required=False, allow_null=True)
    endTime = fields.DateTimeField(required=False, allow_null=True)
    application = fields.LineField(max_length=200, required=False, allow_null=True)


class PredictionQueryResultSerializer(Serializer):
    """A page of predictions that were kept."""

    token = PredictionQueryTokenSerializer()
    results = StoredImagePredictionSerializer(many=True)


class DeletePredictionsQuerySerializer(QuerySerializer):
    """Which predictions are deleted."""

    ids = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_PREDICTIONS)


class ImageIdCreateEntrySerializer(Serializer):
    """A prediction whose image is taken into the project."""

    id = fields.UUIDField(help_text="Of the prediction.")
    tagIds = tag_ids()
    regions = RegionListSerializer(required=False)


class _EntryListSerializer(ListSerializer):
    child = ImageIdCreateEntrySerializer()
    max_items = MAX_IMAGES


class ImageIdCreateBatchSerializer(Serializer):
    """Predictions whose images are taken into the project."""

    images = _EntryListSerializer()
    tagIds = tag_ids()
    metadata = MetadataField(required=False)


# --- suggestions ---


class SuggestionQuerySerializer(QuerySerializer):
    """The model that suggests."""

    iterationId = IterationField(required=True, help_text="The model.")


class SuggestedTagsQuerySerializer(SuggestionQuerySerializer):
    """The images that get suggestions."""

    imageIds = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_PREDICTIONS)


class TagFilterSerializer(Serializer):
    """The tags of suggestions, and from which score on they count."""

    tagIds = tag_ids(required=True)
    threshold = fields.NumberField(**_SHARE)


class SuggestedTagAndRegionQueryTokenSerializer(Serializer):
    """Which images with suggestions are listed, and where the list goes on."""

    tagIds = tag_ids()
    threshold = fields.NumberField(**_SHARE, required=False)
    session = fields.LineField(max_length=200, required=False)
    continuation = fields.LineField(max_length=200, required=False)
    maxCount = fields.IntegerField(low=0, high=256, required=False)
    sortBy = fields.ChoiceField(("UncertaintyAscending", "UncertaintyDescending"), required=False)


class SuggestedTagAndRegionSerializer(ImagePredictionSerializer):
    """What a model suggests for an image."""

    predictionUncertainty = fields.NumberField()


class StoredSuggestedTagAndRegionSerializer(SuggestedTagAndRegionSerializer):
    """The same, with the image."""

    width = fields.IntegerField()
    height = fields.IntegerField()
    resizedImageUri = fields.TextField()
    thumbnailUri = fields.TextField()
    originalImageUri = fields.TextField()
    domain = fields.UUIDField()


class SuggestedTagAndRegionQuerySerializer(Serializer):
    """A page of images with suggestions."""

    token = SuggestedTagAndRegionQueryTokenSerializer()
    results = StoredSuggestedTagAndRegionSerializer(many=True)
