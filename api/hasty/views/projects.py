"""Projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid
from annotator.models import Project, Workspace
from annotator.services.projects import projects

from .. import viewsets
from ..filters import NameFilterSet
from ..serializers.projects import ProjectInSerializer, ProjectSerializer


class ProjectViewSet(ListModelMixin, RetrieveModelMixin, viewsets.ProjectViewSet):
    """Projects."""

    queryset = Project.objects.filter(origin="user").order_by("sort_key", "id")
    serializer_class = ProjectSerializer
    request_serializer_classes = {"create": ProjectInSerializer, "update": ProjectInSerializer}
    filterset_class = NameFilterSet
    permission_actions = {
        "list": None,
        "retrieve": "project.read",
        "create": "project.create",
        "update": "project.manage",
        "destroy": "project.delete",
    }
    #: Where a project is created: the workspaces of the credential, and the one of them that is the scope.
    workspaces: Mapping[Any, Any]
    scope: Any

    def resolve_path(self) -> None:
        if self.action == "create":
            self.workspaces = {row.pk: row for row in Workspace.objects.with_role(self.actor)}
            if len(self.workspaces) == 1:
                self.scope = next(iter(self.workspaces.values()))
                self.role = self.scope.role_of_actor
        elif self.action != "list":
            super().resolve_path()

    def check_permissions(self, request: Request) -> None:
        """Ask for the role; with several workspaces, the body must be read to know in which."""
        if self.action != "create" or self.scope is not None:
            super().check_permissions(request)

    def get_queryset(self) -> QuerySet[Project]:
        """Return the projects that the actor can see."""
        return self.queryset.visible_to(self.actor)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a project."""
        data = self.get_validated_data()
        self.scope = self.find_workspace(data.pop("workspace_id", None))
        self.role = self.scope.role_of_actor
        self.check_permissions(request)
        return self.respond(projects.create(actor=self.actor, workspace=self.scope, **data))

    def find_workspace(self, wanted: Any) -> Any:
        """Return the workspace that the body names, or the only one."""
        if wanted is None and len(self.workspaces) != 1:
            message = "This key belongs to several workspaces: name one in workspace_id."
            raise Invalid(message, field="workspace_id")
        found = self.workspaces.get(wanted) if wanted else next(iter(self.workspaces.values()))
        if found is None:
            raise Invalid("workspace_id must be the workspace of the key.", field="workspace_id")
        return found

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Change a project."""
        changes = self.get_validated_data()
        if changes.pop("workspace_id", None) not in (None, self.project.workspace_id):
            raise Invalid("A project stays in its workspace.", field="workspace_id")
        return self.respond(projects.update(actor=self.actor, project=self.project, changes=changes))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a project."""
        projects.trash(actor=self.actor, project=self.project)
        return Response(status=204)
