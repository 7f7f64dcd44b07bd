"""Projects and domains."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from annotator import policy
from annotator.domain.errors import Invalid, Missing
from annotator.models import Concept, Project, TagGroup, Workspace
from annotator.services.projects import projects
from annotator.services.vocabulary import concepts
from api.common.operations import operation

from ..base import CustomVisionView, InProject
from ..serializers import projects as names

_CODES = {
    "name": "BadRequestProjectName",
    "description": "BadRequestProjectDescription",
    "domainId": "BadRequestProjectUnknownDomain",
    "classificationType": "BadRequestProjectUnknownClassification",
    "targetExportPlatforms": "BadRequestProjectUnsupportedExportPlatform",
}


def _read(rows: Any) -> Any:
    """Return projects with what their answer needs of other tables."""
    default = TagGroup.all_objects.filter(project=OuterRef("pk"), is_default=True)
    negative = Concept.all_objects.filter(project=OuterRef("pk"), is_negative=True)
    return rows.annotate(tag_kind=Subquery(default.values("kind")[:1]), has_negative=Exists(negative))


class Domains(CustomVisionView):
    @operation("List domains", gives=list[names.DomainOut], key="GetDomains")
    def get(self) -> Any:
        return list(names.domains().values())


class OneDomain(CustomVisionView):
    def find(self, **path: str) -> None:
        key = self.key(path["domainId"], "domain", "NotFoundDomain")
        if key not in names.domains():
            raise Missing("There is no such domain.", code="NotFoundDomain")
        self.domain = names.domains()[key]

    @operation("Read a domain", gives=names.DomainOut, key="GetDomain")
    def get(self) -> Any:
        return self.domain


class Projects(CustomVisionView):
    codes = _CODES
    shows = names.out
    workspaces: list[Workspace]

    def find(self, **path: str) -> None:
        """Find the workspaces of the key; where there is only one, its role is asked before the body is read."""
        if self.request.method == "POST":
            self.workspaces = list(Workspace.objects.with_role(self.who))
            for workspace in self.workspaces[:1] if len(self.workspaces) == 1 else ():
                policy.permit(self.who, workspace, workspace.role_of_actor, "project.create")  # type: ignore[attr-defined]

    @operation("List projects", gives=list[names.ProjectOut], key="GetProjects")
    def get(self) -> Any:
        rows = Project.objects.visible_to(self.who).filter(origin="user")
        return [self.render(row) for row in _read(rows).order_by("sort_key", "id")]

    @operation(
        "Create a project",
        query=names.NEW,
        body=names.OPTIONS,
        is_body_optional=True,
        gives=names.ProjectOut,
        key="CreateProject",
    )
    def post(self) -> Any:
        if self.body:
            raise Invalid("Storage options are not supported.", code="BadRequestNotSupported")
        if len(self.workspaces) != 1:
            raise Invalid("This key belongs to several workspaces; use one that is limited to a workspace.")
        asked = {"domain": names.NEW_DOMAIN, **self.asked}
        names.kind_of(asked["domain"])
        made = projects.create(
            actor=self.who,
            workspace=self.workspaces[0],
            name=asked["name"],
            description=asked.get("description", ""),
            settings=names.kept_settings(asked, {}),
        )
        apply_kind(self, made, asked)
        return self.render(_read(Project.objects).get(pk=made.pk))


def apply_kind(view: CustomVisionView, project: Project, given: dict[str, Any]) -> None:
    """Let the default group of tags take one tag for an image (Multiclass) or several (Multilabel), when one is given."""
    if "kind" in given:
        group = TagGroup.all_objects.select_related("project").get(project=project, is_default=True)
        kind = "SELECTION" if given["kind"] == "Multiclass" else "MULTIPLE-SELECTION"
        concepts.update_group(actor=view.who, group=group, changes={"kind": kind})


class OneProject(InProject):
    codes = _CODES
    shows = names.out

    def answer(self) -> Any:
        return self.render(_read(Project.objects).get(pk=self.place.pk))

    @operation("Read a project", may="project.read", gives=names.ProjectOut, key="GetProject")
    def get(self) -> Any:
        return self.answer()

    @operation(
        "Change a project",
        may="project.manage",
        body=names.CHANGED,
        gives=names.ProjectOut,
        key="UpdateProject",
    )
    def patch(self) -> Any:
        changes = {name: value for name, value in self.body.items() if name != "settings"}
        given = names.SETTINGS.read(self.body.get("settings", {}), "settings")
        before = names.kind_of(names.domain_of(self.place))
        if "domain" in given and names.kind_of(given["domain"]) != before:
            code = "BadRequestProjectUnsupportedDomainTypeChange"
            raise Invalid(f"The domain of this project stays one for {before}.", field="domainId", code=code)
        if given:
            changes["settings"] = names.kept_settings(given, self.place.settings)
        projects.update(actor=self.who, project=self.place, changes=changes)
        apply_kind(self, self.place, given)
        return self.answer()

    @operation("Delete a project", may="project.delete", status=204, key="DeleteProject")
    def delete(self) -> None:
        projects.trash(actor=self.who, project=self.place)
