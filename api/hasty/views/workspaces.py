"""E75 to E77: workspaces."""

from __future__ import annotations

from typing import Any

from annotator.models import Workspace
from annotator.services.workspaces import workspaces
from api.common.operations import operation

from ..base import PAGE, HastyView, InWorkspace
from ..serializers import workspaces as names


class Workspaces(HastyView):
    shows = names.out

    @operation("List the workspaces of the key", query=PAGE, gives=[names.WorkspaceOut], key="E75")
    def get(self) -> Any:
        return self.page(Workspace.objects.with_role(self.who).order_by("name", "id"))


class OneWorkspace(InWorkspace):
    shows = names.out

    @operation("Read a workspace", may="workspace.read", gives=names.WorkspaceOut, key="E76")
    def get(self) -> Any:
        return self.render(self.place)

    @operation(
        "Change a workspace",
        may="workspace.manage",
        body=names.WORKSPACE,
        gives=names.WorkspaceOut,
        key="E77",
    )
    def put(self) -> Any:
        workspaces.update(actor=self.who, workspace=self.place, changes=names.changes(self.body))
        return self.render(self.place)
