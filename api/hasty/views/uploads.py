"""Upload slots."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotator.services.media import uploads

from ..pagination import WholeList
from ..serializers.uploads import SlotSerializer, UploadsInSerializer, UploadsQuerySerializer
from ..viewsets import ProjectViewSet


class UploadViewSet(ProjectViewSet):
    """Upload slots."""

    pagination_class = WholeList
    serializer_class = SlotSerializer
    request_serializer_classes = {"create": UploadsInSerializer}
    query_serializer_classes = {"create_by_query": UploadsQuerySerializer}
    list_actions = frozenset({"create", "create_by_query"})
    permission_actions = {"create": "media.upload", "create_by_query": "media.upload"}

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create upload slots."""
        return self.create_slots(**self.get_validated_data())

    def create_by_query(self, request: Request, **kwargs: Any) -> Response:
        """Create upload slots by parameters of the query string."""
        return self.create_slots(**self.validated_query)

    def create_slots(self, count: int, style: str = "simple") -> Response:
        """Return a response with new slots."""
        slots = uploads.create_slots(actor=self.actor, project=self.project, count=count, style=style)
        return self.get_paginated_response(self.get_serializer(slots, many=True).data)
