"""Users and apps of requests: a user is a workspace by its slug, an app one of its projects by its slug."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing
from annotator.models import Project, Workspace

from . import ids

#: The user that a credential is of.
ME = "me"


def workspaces(actor: Actor) -> QuerySet[Any]:
    """Return the workspaces that the actor sees, each with the actor's role there."""
    rows: Any = Workspace.objects
    found: QuerySet[Any] = rows.with_role(actor).order_by("ref")
    return found


def projects(actor: Actor) -> QuerySet[Any]:
    """Return the apps that the actor sees with their workspaces, each with the actor's role there."""
    rows: Any = Project.objects
    found: QuerySet[Any] = rows.with_role(actor).filter(origin="user").select_related("workspace")
    return found


def find_workspace(actor: Actor, user_id: str) -> Any:
    """Return the workspace of a user, with the actor's role. Raises Missing; Invalid for "me" where that is several."""
    rows = workspaces(actor)
    if user_id in ("", ME):
        found = list(rows[:2])
        if len(found) > 1:
            raise Invalid(
                "This key reaches several workspaces: name one as user_id, or use a key that is limited to one.",
                field="user_id",
            )
    else:
        found = list(rows.filter(ref=user_id)) if ids.is_possible(user_id) else []
    if not found:
        raise Missing("There is no such user.")
    return found[0]


def find_project(actor: Actor, user_id: str, app_id: str) -> Any:
    """Return the project of an app, with its workspace and the actor's role. One query.

    Without an app it is that of a key that is limited to one. Raises Missing; Invalid where it is not clear which is meant.
    """
    rows = projects(actor)
    if user_id not in ("", ME):
        rows = rows.filter(workspace__ref=user_id) if ids.is_possible(user_id) else rows.none()
    if app_id:
        rows = rows.filter(ref=app_id) if ids.is_possible(app_id) else rows.none()
    elif actor.project_id is None:
        raise Invalid(
            "Name an app by user_app_id.app_id, or use a key that is limited to one.",
            field="user_app_id.app_id",
        )
    found = list(rows[:2])
    if not found:
        raise Missing("There is no such app.")
    if len(found) > 1:
        raise Invalid("Several workspaces have an app of this id: name one as user_id.", field="user_id")
    return found[0]
