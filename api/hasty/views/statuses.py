"""The statuses that a project has for its images."""

from __future__ import annotations

from typing import Any

from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import MediaStatus
from annotator.services.media import statuses

from ..serializers.statuses import StatusInSerializer, StatusSerializer
from ..viewsets import ProjectViewSet


class StatusViewSet(ListModelMixin, ProjectViewSet):
    """Statuses."""

    queryset = MediaStatus.objects.order_by("order", "name_key", "id")
    lookup_url_kwarg = "status_id"
    object_noun = "status"
    serializer_class = StatusSerializer
    request_serializer_classes = {"create": StatusInSerializer, "update": StatusInSerializer}
    permission_actions = {
        "list": "project.read",
        "create": "project.manage",
        "update": "project.manage",
        "destroy": "project.manage",
    }

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a status."""
        data = self.get_validated_data()
        data["color"] = data.get("color") or ""
        return self.respond(statuses.create(actor=self.actor, project=self.project, **data))

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a status."""
        changes = self.get_validated_data()
        return self.respond(statuses.update(actor=self.actor, status=self.get_object(), changes=changes))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a status."""
        statuses.delete(actor=self.actor, status=self.get_object())
        return Response(status=204)
