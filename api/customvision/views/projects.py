"""Projects."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db.models import Exists, OuterRef, Subquery
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid, Missing
from annotator.models import Concept, Job, Project, TagGroup, Workspace
from annotator.services.projects import duplication, projects
from annotator.services.vocabulary import concepts

from ..domains import DEFAULT_DOMAIN, find_domain
from ..serializers.projects import (
    MULTICLASS,
    ArtifactQuerySerializer,
    CreateProjectOptionsSerializer,
    CreateProjectQuerySerializer,
    ImportProjectQuerySerializer,
    ProjectChangeSerializer,
    ProjectExportSerializer,
    ProjectSerializer,
    domain_of,
    kept_settings,
)
from ..viewsets import ProjectViewSet as BaseProjectViewSet


class ProjectViewSet(BaseProjectViewSet):
    """Projects."""

    serializer_class = ProjectSerializer
    pagination_class = None
    query_serializer_classes = {
        "create": CreateProjectQuerySerializer,
        "import_copy": ImportProjectQuerySerializer,
        "read_artifact": ArtifactQuerySerializer,
    }
    response_serializer_classes = {"export": ProjectExportSerializer}
    request_serializer_classes = {
        "create": CreateProjectOptionsSerializer,
        "partial_update": ProjectChangeSerializer,
    }
    optional_bodies = frozenset({"create"})
    permission_actions = {
        "list": None,
        "create": "project.create",
        "retrieve": "project.read",
        "partial_update": "project.manage",
        "destroy": "project.delete",
        "export": "export.create",
        "import_copy": None,
        "read_artifact": "project.read",
    }
    model_actions = frozenset({"read_artifact"})
    error_codes = {
        "import_token": "BadRequestInvalidImportToken",
        "token": "BadRequestInvalidImportToken",
        "path": "BadRequestInvalidArtifactUri",
        "name": "BadRequestProjectName",
        "description": "BadRequestProjectDescription",
        "domainId": "BadRequestProjectUnknownDomain",
        "classificationType": "BadRequestProjectUnknownClassification",
        "targetExportPlatforms": "BadRequestProjectUnsupportedExportPlatform",
    }

    #: The workspaces that the actor sees: a new project is put into the only one.
    workspaces: list[Workspace]

    def resolve_path(self) -> None:
        if self.project_url_kwarg in self.kwargs:
            super().resolve_path()
        elif self.action == "create":
            self.workspaces = list(Workspace.objects.with_role(self.actor))

    def check_permissions(self, request: Request) -> None:
        """Ask the project's role, or for a new one that of the workspace, where it is clear which."""
        if self.action != "create":
            super().check_permissions(request)
        elif len(self.workspaces) == 1:
            self.scope, self.role = self.workspaces[0], self.workspaces[0].role_of_actor  # type: ignore
            super().check_permissions(request)

    def get_queryset(self) -> Any:
        """Return the projects that the actor sees, with what their responses hold of other tables."""
        default = TagGroup.all_objects.filter(project=OuterRef("pk"), is_default=True)
        negative = Concept.all_objects.filter(project=OuterRef("pk"), is_negative=True)
        copies = Job.all_objects.filter(project=OuterRef("pk"), kind=duplication.JOB).order_by("-number")
        return Project.objects.visible_to(self.actor).annotate(
            tag_kind=Subquery(default.values("kind")[:1]),
            has_negative=Exists(negative),
            copy_state=Subquery(copies.values("state")[:1]),
        )

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List projects."""
        rows = self.get_queryset().filter(origin="user").order_by("sort_key", "id")
        return self.respond(list(rows))

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a project."""
        data = {"domain": DEFAULT_DOMAIN.id, **self.validated_query}
        if self.get_validated_data():
            raise Invalid("Storage options are not supported.", code="BadRequestNotSupported")
        if len(self.workspaces) != 1:
            raise Invalid("This key belongs to several workspaces; use one that is limited to a workspace.")
        find_domain(data["domain"])
        project = projects.create(
            actor=self.actor,
            workspace=self.workspaces[0],
            name=data["name"],
            description=data.get("description", ""),
            settings=kept_settings(data, {}),
        )
        return self._respond_with_kind(project, data)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read a project."""
        return self.respond(self.get_queryset().get(pk=self.project.pk))

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Change a project."""
        changes = self.get_validated_data()
        settings = changes.pop("settings", {})
        before = domain_of(self.project).type
        if "domain" in settings and find_domain(settings["domain"]).type != before:
            raise Invalid(
                f"The domain of this project stays one for {before}.",
                field="domainId",
                code="BadRequestProjectUnsupportedDomainTypeChange",
            )
        if settings:
            changes["settings"] = kept_settings(settings, self.project.settings)
        projects.update(actor=self.actor, project=self.project, changes=changes)
        return self._respond_with_kind(self.project, settings)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a project."""
        projects.trash(actor=self.actor, project=self.project)
        return Response(status=204)

    def export(self, request: Request, **kwargs: Any) -> Response:
        """Name a project for a copy.

        The token works for a day, and for keys that may export the project.
        """
        token = duplication.token_of(actor=self.actor, project=self.project)
        return self.respond({**duplication.measure(self.project), "iterations": 0, "token": token})

    def import_copy(self, request: Request, **kwargs: Any) -> Response:
        """Copy the project of a token.

        The copy is in the workspace of the project, and called as it unless there is a name. Its status is Importing until all
        images are there.
        """
        query = self.validated_query
        source = duplication.find(actor=self.actor, token=query["token"])
        project, _ = duplication.start(actor=self.actor, source=source, name=query.get("name", ""))
        return self.respond(self.get_queryset().get(pk=project.pk))

    def read_artifact(self, request: Request, **kwargs: Any) -> NoReturn:
        """Read a file of a project's models."""
        message = "There is no such artifact: there is no model installed on this server that makes any."
        raise Missing(message, code="NotFound")

    def _respond_with_kind(self, project: Project, data: dict[str, Any]) -> Response:
        """Respond with a project whose default tag group takes one tag for an image (Multiclass) or several, where that is given."""
        if "kind" in data:
            group = TagGroup.all_objects.select_related("project").get(project=project, is_default=True)
            kind = "SELECTION" if data["kind"] == MULTICLASS else "MULTIPLE-SELECTION"
            concepts.update_group(actor=self.actor, group=group, changes={"kind": kind})
        return self.respond(self.get_queryset().get(pk=project.pk))
