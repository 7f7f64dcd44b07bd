"""All addresses of Coactive: v0, mounted at /api/v0/, and v1, mounted at /api/v1/."""

from __future__ import annotations

from django.urls import re_path

from api.common.routes import addresses

from .views.assets import (
    AssetMetadataViewSet,
    AssetViewSet,
    DatasetImageViewSet,
    DatasetVideoViewSet,
    OldAssetMetadataViewSet,
)
from .views.credentials import CredentialsViewSet
from .views.datasets import AddedAssetViewSet, DatasetViewSet
from .views.images import ImageMetadataViewSet, ImageStatusViewSet
from .views.insight import (
    ClassificationViewSet,
    ConceptViewSet,
    DynamicTagViewSet,
    QueryViewSet,
    SearchViewSet,
)
from .viewsets import UnknownAddressView

D = "datasets/<str:dataset_id>"
C = "concepts/<str:concept_id>"
T = "dynamic-tag-categories/<str:category_id>"
Q = "queries/<str:query_id>"

MANY = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "patch": "partial_update", "delete": "remove"}

_UNKNOWN = re_path(r"^[\s\S]*$", UnknownAddressView.as_view())

V0 = [
    *addresses(
        [
            ("images/metadata", ImageMetadataViewSet, {"get": "list_by_ids"}),
            ("images/<str:coactive_image_id>/metadata", ImageMetadataViewSet, {"get": "retrieve"}),
            ("datasets/<str:dataset_id>/images/statuses", ImageStatusViewSet, {"get": "list_by_paths"}),
        ]
    ),
    _UNKNOWN,
]

V1 = [
    *addresses(
        [
            ("datasets", DatasetViewSet, MANY),
            (D, DatasetViewSet, ONE),
            (f"{D}/images", DatasetImageViewSet, {"get": "list"}),
            (f"{D}/videos", DatasetVideoViewSet, {"get": "list"}),
            (f"{D}/image/<str:coactive_image_id>", DatasetImageViewSet, {"delete": "remove"}),
            (f"{D}/video/<str:coactive_video_id>", DatasetVideoViewSet, {"delete": "remove"}),
            (f"{D}/assets", AddedAssetViewSet, {"post": "create"}),
            (f"{D}/assets-metadata", AssetMetadataViewSet, {"put": "update"}),
            (f"{D}/assets_metadata", OldAssetMetadataViewSet, {"put": "update"}),
            ("assets/image-detail", AssetViewSet, {"get": "image"}),
            ("assets/video-detail", AssetViewSet, {"get": "video"}),
            ("credentials/aws", CredentialsViewSet, {"post": "create_aws"}),
            ("credentials/gcp", CredentialsViewSet, {"post": "create_gcp"}),
            ("credentials/validate", CredentialsViewSet, {"post": "validate"}),
            ("search", SearchViewSet, {"get": "list"}),
            ("search/similar-images", SearchViewSet, {"get": "list_similar"}),
            ("concepts", ConceptViewSet, MANY),
            (C, ConceptViewSet, ONE),
            (f"{C}/labels", ConceptViewSet, {"get": "list_labels", "patch": "update_labels"}),
            (f"{C}/candidates", ConceptViewSet, {"get": "candidates"}),
            (f"{C}/prediction_estimation", ConceptViewSet, {"get": "predict"}),
            ("dynamic-tag-categories", DynamicTagViewSet, MANY),
            (T, DynamicTagViewSet, {"get": "retrieve", "delete": "remove"}),
            (f"{T}/dynamic-tags", DynamicTagViewSet, {"get": "list_tags", "post": "create_tag"}),
            (
                f"{T}/dynamic-tags/<str:dynamic_tag_id>",
                DynamicTagViewSet,
                {"get": "retrieve_tag", "put": "update_tag", "delete": "remove_tag"},
            ),
            (
                f"{T}/dynamic-tags/<str:dynamic_tag_id>/top-content",
                DynamicTagViewSet,
                {"get": "list_content"},
            ),
            ("classify/image/url", ClassificationViewSet, {"post": "create"}),
            ("queries", QueryViewSet, MANY),
            (Q, QueryViewSet, {"get": "retrieve", "delete": "remove"}),
            (f"{Q}/stop", QueryViewSet, {"post": "stop"}),
            (f"{Q}/csv/url", QueryViewSet, {"get": "download"}),
        ]
    ),
    _UNKNOWN,
]
