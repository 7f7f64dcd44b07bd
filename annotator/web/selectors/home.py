"""Read-only queries for the home page: the projects of a user's workspaces with their progress."""

from __future__ import annotations

from dataclasses import dataclass, field

from annotator import policy
from annotator.domain.actor import Actor
from annotator.models import Membership, Project, Workspace
from annotator.web.selectors import progress


@dataclass(frozen=True, slots=True)
class ProjectRow:
    project: Project
    progress: progress.Progress


@dataclass(slots=True)
class WorkspaceGroup:
    """A workspace of the actor with its projects, and whether the actor can add one."""

    workspace: Workspace
    role: str
    may_create: bool
    rows: list[ProjectRow] = field(default_factory=list)


def groups(actor: Actor) -> list[WorkspaceGroup]:
    """Return the actor's workspaces by name with their projects in natural order. Four queries."""
    mine = (
        Membership.objects.filter(user_id=actor.user_id)
        .select_related("workspace")
        .order_by("workspace__name", "workspace__ref")
    )
    found = {
        member.workspace_id: WorkspaceGroup(
            member.workspace, member.role, policy.allows(member.role, "project.create")
        )
        for member in mine
    }
    projects = list(Project.objects.visible_to(actor).exclude(origin="catalog").order_by("sort_key", "id"))
    progress_of = progress.of_projects(project.pk for project in projects)
    for project in projects:
        found[project.workspace_id].rows.append(ProjectRow(project, progress_of[project.pk]))
    return list(found.values())


def names(actor: Actor) -> list[Project]:
    """Return the actor's projects with their workspaces, as choices. One query."""
    rows = Project.objects.visible_to(actor).exclude(origin="catalog").select_related("workspace")
    return list(rows.order_by("workspace__name", "sort_key", "id"))
