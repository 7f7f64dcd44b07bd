"""Where a page of ours is: the project or workspace with the actor's role in it; strangers never learn that it exists."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import Project, Workspace
from annotator.web.actors import actor_of, page, signed_in


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace, perhaps one of its projects, and what the actor is there."""

    actor: Actor
    role: str
    workspace: Workspace
    project_or_none: Project | None = None

    @property
    def project(self) -> Project:
        assert self.project_or_none is not None
        return self.project_or_none

    def may(self, action: str) -> bool:
        """Return whether the actor's role here grants an action of policy.py: for showing or hiding a control."""
        return policy.allows(self.role, action)

    @property
    def grants(self) -> dict[str, bool]:
        """Every action as {"label_write": True, ...}, for templates."""
        return {action.replace(".", "_"): policy.allows(self.role, action) for action in policy.ACTIONS}


def project_place(actor: Actor, project_id: uuid.UUID) -> Place:
    """Return the place of a project that the actor may see, or raise Missing. Two queries."""
    project = Project.objects.visible_to(actor).select_related("workspace").filter(pk=project_id).first()
    role = policy.role_in(actor, project.workspace_id) if project else None
    if project is None or role is None:
        raise Missing("There is no such project.")
    return Place(actor, role, project.workspace, project)


def workspace_place(actor: Actor, workspace_id: uuid.UUID) -> Place:
    """Return the place of a workspace that the actor may see, or raise Missing. Two queries."""
    workspace = Workspace.objects.visible_to(actor).filter(pk=workspace_id).first()
    role = policy.role_in(actor, workspace.pk) if workspace else None
    if workspace is None or role is None:
        raise Missing("There is no such workspace.")
    return Place(actor, role, workspace)


Inner = Callable[..., HttpResponseBase]


def _placed(
    guard: Callable[[Inner], Inner], find: Callable[[Actor, uuid.UUID], Place], name: str
) -> Callable[[Inner], Inner]:
    """Return a decorator that gives the view a Place instead of the id `name` of its address."""

    def decorate(view: Inner) -> Inner:
        @guard
        @functools.wraps(view)
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            return view(request, find(actor_of(request), kwargs.pop(name)), **kwargs)

        return inner

    return decorate


project_page = _placed(page, project_place, "project_id")
project_call = _placed(signed_in, project_place, "project_id")
workspace_page = _placed(page, workspace_place, "workspace_id")
workspace_call = _placed(signed_in, workspace_place, "workspace_id")
