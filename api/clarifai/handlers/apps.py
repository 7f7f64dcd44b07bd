"""Users and apps: workspaces and their projects."""

from __future__ import annotations

from typing import Any

from annotator.domain.errors import Invalid, TooLarge
from annotator.models import Project, Workspace
from annotator.services.projects import projects

from .. import ids, messages, scopes, statuses
from ..exceptions import refusing
from ..paging import page_of
from ..rpcs import Call, new_response, rpc

LANGUAGE = "en"
#: Visible to whoever is a member.
PRIVATE = 10


def settings_of(project: Project) -> dict[str, Any]:
    """Return what only this dialect keeps of a project."""
    found: dict[str, Any] = project.settings.get("clarifai", {})
    return found


def language_of(project: Project) -> str:
    """Return the language in which the concepts of a project are named."""
    return str(settings_of(project).get("default_language", LANGUAGE))


def user_message(workspace: Workspace) -> Any:
    """Return a workspace as a user."""
    return messages.resources().User(
        id=workspace.ref,
        first_name=workspace.name or workspace.ref,
        created_at=messages.timestamp(workspace.created_at),
        visibility={"gettable": PRIVATE},
    )


def app_message(project: Project) -> Any:
    """Return a project as an app."""
    kept = settings_of(project)
    found = messages.resources().App(
        id=project.ref,
        name=project.name,
        default_language=language_of(project),
        user_id=project.workspace.ref,
        created_at=messages.timestamp(project.created_at),
        modified_at=messages.timestamp(project.updated_at),
        description=project.description,
        notes=kept.get("notes", ""),
        sample_ms=kept.get("sample_ms", 0),
        visibility={"gettable": PRIVATE},
    )
    if "metadata" in kept:
        found.metadata.CopyFrom(messages.write_struct(kept["metadata"]))
    return found


@rpc("GetUser", "workspace.read", "user")
def get_user(call: Call, request: Any) -> Any:
    """Get a user: the workspace that the key is for."""
    return new_response("GetUser", user=user_message(call.workspace))


@rpc("ListApps", "workspace.read", "user")
def list_apps(call: Call, request: Any) -> Any:
    """List the apps of a user, the oldest first."""
    rows = scopes.projects(call.actor).filter(workspace=call.workspace).order_by("created_at", "id")
    if request.name:
        rows = rows.filter(name__icontains=request.name) if request.name.isprintable() else rows.none()
    return new_response("ListApps", apps=[app_message(row) for row in rows[page_of(request)]])


@rpc("GetApp", "project.read")
def get_app(call: Call, request: Any) -> Any:
    """Get an app."""
    return new_response("GetApp", app=app_message(call.project))


@rpc("PostApps", "project.create", "user")
def post_apps(call: Call, request: Any) -> Any:
    """Create an app: a project of the workspace. A request has one app."""
    if len(request.apps) != 1:
        raise Invalid("A request creates exactly one app.", field="apps")
    app = request.apps[0]
    with refusing({"ref_taken": statuses.DUPLICATE_KEY}):
        made = projects.create(
            actor=call.actor,
            workspace=call.workspace,
            name=app.name or app.id,
            description=app.description,
            ref=ids.check_new(app.id),
            settings={"clarifai": _kept(app)},
        )
    return new_response("PostApps", apps=[app_message(made)])


@rpc("PatchApps", None, "user")
def patch_apps(call: Call, request: Any) -> Any:
    """Change an app: its name, description, notes, metadata, language or sampling. A request has one app."""
    if len(request.apps) != 1:
        raise Invalid("A request changes exactly one app.", field="apps")
    app = request.apps[0]
    project = scopes.find_project(call.actor, call.workspace.ref, app.id)
    return new_response("PatchApps", apps=[_patch(call, project, app, request.action)])


@rpc("PatchApp", "project.manage")
def patch_app(call: Call, request: Any) -> Any:
    """Change one app: its name, description, notes, metadata, language or sampling."""
    return new_response("PatchApp", app=_patch(call, call.project, request.app, request.action))


@rpc("DeleteApp", "project.delete")
def delete_app(call: Call, request: Any) -> Any:
    """Delete an app: its project goes to the trash."""
    projects.trash(actor=call.actor, project=call.project)
    return new_response("DeleteApp")


def _patch(call: Call, project: Project, app: Any, action: str) -> Any:
    """Change a project as an app says and return its message."""
    if action not in ("overwrite", "merge"):
        raise Invalid("action must be overwrite or merge.", field="action")
    changes: dict[str, Any] = {key: getattr(app, key) for key in ("name", "description") if getattr(app, key)}
    kept = _kept(app)
    if action == "merge" and "metadata" in kept:
        kept["metadata"] = settings_of(project).get("metadata", {}) | kept["metadata"]
    if kept:
        changes["settings"] = {"clarifai": settings_of(project) | kept}
    return app_message(projects.update(actor=call.actor, project=project, changes=changes))


def _kept(app: Any) -> dict[str, Any]:
    """Return what an app says that projects have no column for."""
    found: dict[str, Any] = {
        key: getattr(app, key) for key in ("default_language", "notes", "sample_ms") if getattr(app, key)
    }
    if len(app.notes) > 64 * 1024:
        raise TooLarge("notes may have at most 64 KB.", field="notes")
    if not all(
        character.isprintable() or character in "\n\t\r" for character in app.default_language + app.notes
    ):
        raise Invalid("notes and default_language must be plain text.", field="notes")
    if app.HasField("metadata"):
        found["metadata"] = messages.read_struct(app.metadata)
    return found
