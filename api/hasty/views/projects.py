"""E50 to E53 and D1: projects."""

from __future__ import annotations

from typing import Any

from annotator import policy
from annotator.domain import text
from annotator.domain.errors import Invalid
from annotator.models import Project, Workspace
from annotator.services.projects import projects
from api.common import query
from api.common.operations import operation

from ..base import PAGE, HastyView, InProject
from ..serializers import projects as names


class Projects(HastyView):
    shows = names.out
    workspaces: dict[Any, Workspace]

    def find(self) -> None:  # type: ignore[override]
        """Find the workspaces of the key; where there is only one, its role is asked before the body is read."""
        if self.request.method == "POST":
            self.workspaces = {row.pk: row for row in Workspace.objects.with_role(self.who)}
            if len(self.workspaces) == 1:
                self.may_create(*self.workspaces.values())

    def may_create(self, workspace: Workspace) -> Workspace:
        policy.permit(self.who, workspace, workspace.role_of_actor, "project.create")  # type: ignore[attr-defined]
        return workspace

    @operation(
        "List projects",
        query=PAGE | query.query(name=query.words(doc="Part of the name, in any case.")),
        gives=[names.ProjectOut],
        key="E51",
    )
    def get(self) -> Any:
        rows = Project.objects.visible_to(self.who).filter(origin="user")
        if self.asked.get("name"):
            rows = rows.filter(name_key__contains=text.name_key(self.asked["name"]))
        return self.page(rows.order_by("sort_key", "id"))

    @operation("Create a project", body=names.PROJECT, gives=names.ProjectOut, key="E50")
    def post(self) -> Any:
        wanted = self.body.pop("workspace_id", None)
        if wanted is None and len(self.workspaces) != 1:
            raise Invalid(
                "This key belongs to several workspaces: name one in workspace_id.", field="workspace_id"
            )
        workspace = self.workspaces.get(wanted) if wanted else next(iter(self.workspaces.values()))
        if workspace is None:
            raise Invalid("workspace_id must be the workspace of the key.", field="workspace_id")
        return self.render(projects.create(actor=self.who, workspace=self.may_create(workspace), **self.body))


class OneProject(InProject):
    shows = names.out

    @operation("Read a project", may="project.read", gives=names.ProjectOut, key="E52")
    def get(self) -> Any:
        return self.render(self.place)

    @operation(
        "Change a project", may="project.manage", body=names.PROJECT, gives=names.ProjectOut, key="E53"
    )
    def put(self) -> Any:
        if self.body.pop("workspace_id", None) not in (None, self.place.workspace_id):
            raise Invalid("A project stays in its workspace.", field="workspace_id")
        return self.render(projects.update(actor=self.who, project=self.place, changes=self.body))

    @operation("Delete a project", may="project.delete", status=204, key="D1")
    def delete(self) -> None:
        projects.trash(actor=self.who, project=self.place)
