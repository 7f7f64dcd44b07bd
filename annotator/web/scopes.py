"""The scope of a page: a project or workspace with the actor's role in it; non-members get Missing."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from annotator import policy
from annotator.db.prepared import visible_one
from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import Media, Project, Workspace
from annotator.services.projects import projects
from annotator.web.actors import actor_of, page, signed_in


@dataclass(frozen=True, slots=True)
class Scope:
    """A workspace, optionally one of its projects, and the actor's role there."""

    actor: Actor
    role: str
    workspace: Workspace
    project_or_none: Project | None = None

    @property
    def project(self) -> Project:
        assert self.project_or_none is not None
        return self.project_or_none

    def may(self, action: str) -> bool:
        """Return whether the actor's role grants an action of policy.py, to show or hide a control."""
        return policy.allows(self.role, action)

    @property
    def grants(self) -> dict[str, bool]:
        """All actions as {"label_write": True, ...}, for templates."""
        return {action.replace(".", "_"): policy.allows(self.role, action) for action in policy.ACTIONS}


def project_scope(actor: Actor, project_id: uuid.UUID) -> Scope:
    """Return the scope of a project that the actor can see, or raise Missing. One query."""
    project: Any = projects.find(actor=actor, project_id=project_id)
    return Scope(actor, project.role_of_actor, project.workspace, project)


def workspace_scope(actor: Actor, workspace_id: uuid.UUID) -> Scope:
    """Return the scope of a workspace that the actor can see, or raise Missing. One query."""
    workspace = visible_one(Workspace.objects.all, actor, pk=workspace_id)
    if workspace is None:
        raise Missing("There is no such workspace.")
    return Scope(actor, workspace.role_of_actor, workspace)


def workspace_of(path_ids: Mapping[str, Any]) -> uuid.UUID | None:
    """Return the workspace that the ids of a path lie in, None for a path without any. At most one query."""
    if "workspace_id" in path_ids:
        return uuid.UUID(str(path_ids["workspace_id"]))
    if "project_id" in path_ids:
        rows = Project.all_objects.filter(pk=path_ids["project_id"])
        return rows.values_list("workspace_id", flat=True).first()
    if "media_id" in path_ids:
        found = Media.all_objects.filter(pk=path_ids["media_id"])
        return found.values_list("project__workspace_id", flat=True).first()
    return None


View = Callable[..., HttpResponseBase]


def _scoped(
    guard: Callable[[View], View], find: Callable[[Actor, uuid.UUID], Scope], name: str
) -> Callable[[View], View]:
    """Return a decorator that passes the view a Scope instead of the id `name` of its path."""

    def decorate(view: View) -> View:
        @guard
        @functools.wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            return view(request, find(actor_of(request), kwargs.pop(name)), **kwargs)

        return wrapped

    return decorate


project_page = _scoped(page, project_scope, "project_id")
project_call = _scoped(signed_in, project_scope, "project_id")
workspace_page = _scoped(page, workspace_scope, "workspace_id")
workspace_call = _scoped(signed_in, workspace_scope, "workspace_id")
