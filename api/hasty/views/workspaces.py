"""Workspaces."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Workspace
from annotator.services.workspaces import workspaces

from .. import viewsets
from ..serializers.workspaces import WorkspaceInSerializer, WorkspaceSerializer


class WorkspaceViewSet(ListModelMixin, RetrieveModelMixin, viewsets.WorkspaceViewSet):
    """Workspaces."""

    queryset = Workspace.objects.order_by("name", "id")
    serializer_class = WorkspaceSerializer
    request_serializer_classes = {"update": WorkspaceInSerializer}
    permission_actions = {"list": None, "retrieve": "workspace.read", "update": "workspace.manage"}

    def resolve_path(self) -> None:
        if self.action != "list":
            super().resolve_path()

    def get_queryset(self) -> QuerySet[Workspace]:
        """Return the workspaces that the actor is a member of."""
        return self.queryset.with_role(self.actor)

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a workspace."""
        changes = self.get_validated_data()
        return self.respond(workspaces.update(actor=self.actor, workspace=self.scope, changes=changes))
