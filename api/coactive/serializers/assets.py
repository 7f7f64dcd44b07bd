"""Which image or video of an account is meant."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import QuerySerializer

from .images import MAX_IDS


class _AssetQuerySerializer(QuerySerializer):
    """A dataset with a path in it."""

    dataset_id = fields.UUIDField(required=False)
    path = fields.QueryKeyField(max_length=2_000, required=False)


class ImageDetailQuerySerializer(_AssetQuerySerializer):
    """An image by its id, or by dataset and path."""

    coactive_image_id = fields.UUIDField(source="asset_id", required=False)
    image_path = fields.QueryKeyField(max_length=2_000, required=False, help_text="Another name of `path`.")


class VideoDetailQuerySerializer(_AssetQuerySerializer):
    """A video by its id, or by dataset and path."""

    coactive_video_id = fields.UUIDField(source="asset_id", required=False)


class SimilarImagesQuerySerializer(QuerySerializer):
    """The image to compare with, by its id, path in the dataset or address."""

    dataset_id = fields.UUIDField()
    image_public_url = fields.QueryKeyField(max_length=2_000, required=False)
    coactive_image_id = fields.UUIDField(required=False)
    image_path = fields.QueryKeyField(max_length=2_000, required=False)


class SearchQuerySerializer(QuerySerializer):
    """What to look for."""

    dataset_id = fields.UUIDField()
    query = fields.QueryTextField(required=False)
    queries = fields.QueryListField(child=fields.QueryTextField(), is_split=False, required=False)
    coactive_image_ids = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_IDS, required=False)
    encoder = fields.QueryTextField(required=False)
    concept_ids = fields.QueryListField(child=fields.UUIDField(), max_items=MAX_IDS, required=False)
    metadata_filters = fields.QueryTextField(max_length=10_000, required=False)
    asset_type = fields.ChoiceField(("image", "video", "keyframe"), required=False)
    search_type = fields.ChoiceField(("visual", "audio"), required=False)
