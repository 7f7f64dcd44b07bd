"""All addresses of Coactive: v0, mounted at /api/v0/, and v1, mounted at /api/v1/."""

from __future__ import annotations

from django.urls import re_path

from api.common.routes import addresses

from .views.images import ImageMetadataViewSet, ImageStatusViewSet
from .viewsets import UnknownAddressView

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
