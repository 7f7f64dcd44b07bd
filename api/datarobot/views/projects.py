"""Projects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Media, Project
from annotator.services.insight import targets
from annotator.services.insight.target_kinds import Target
from annotator.services.projects import projects

from ..filters import ProjectFilterSet
from ..pagination import ArrayPagination, ArrayQuerySerializer
from ..serializers.datasets import ProjectCreateSerializer
from ..serializers.projects import ProjectChangeSerializer, ProjectSerializer
from ..serializers.uploads import ArchiveParser
from ..viewsets import ProjectViewSet as BaseProjectViewSet
from .creation import ProjectCreation

Pairs = list[tuple[Project, Target | None]]


class ProjectViewSet(ProjectCreation, BaseProjectViewSet):
    """Projects."""

    queryset = Project.objects.all()
    serializer_class = ProjectSerializer
    pagination_class = ArrayPagination
    bare_list_actions = frozenset({"list"})
    filterset_classes = {"list": ProjectFilterSet}
    query_serializer_classes = {"list": ArrayQuerySerializer}
    request_serializer_classes = {
        "create": ProjectCreateSerializer,
        "partial_update": ProjectChangeSerializer,
    }
    body_content = {"create": {**ArchiveParser.content(), "application/json": ProjectCreateSerializer}}
    permission_actions = {
        "list": None,
        "create": "project.create",
        "retrieve": "project.read",
        "partial_update": "project.manage",
        "destroy": "project.delete",
    }

    def resolve_path(self) -> None:
        if self.project_url_kwarg in self.kwargs:
            super().resolve_path()
        elif self.action == "create":
            self.find_workspace()

    def get_projects(self) -> Any:
        """Return the projects that the actor sees, with what their responses hold of other tables."""
        images = Media.all_objects.filter(project=OuterRef("pk"), kind="image", trashed_at__isnull=True)
        return Project.objects.visible_to(self.actor).annotate(has_images=Exists(images))

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List projects as a bare array."""
        rows = self.filter_queryset(self.get_projects().filter(origin="user"))
        return self.respond(self._with_targets(self.paginate_queryset(rows) or []))

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read a project."""
        return self._respond_with_project()

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Change the name or the description of a project."""
        data = self.get_validated_data()
        changes = {name: data[name] for name in ("name", "description") if name in data}
        if changes:
            projects.update(actor=self.actor, project=self.project, changes=changes)
        return self._respond_with_project()

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Move a project to the trash."""
        projects.trash(actor=self.actor, project=self.project)
        return Response(status=204)

    def _respond_with_project(self) -> Response:
        return self.respond(self._with_targets(self.get_projects().filter(pk=self.project.pk))[0])

    def _with_targets(self, rows: Iterable[Project]) -> Pairs:
        """Return projects with their targets."""
        every = {each.pk: each for each in rows}
        found = targets.of_projects(every)
        return [(each, found.get(key)) for key, each in every.items()]
