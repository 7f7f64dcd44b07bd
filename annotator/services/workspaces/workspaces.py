"""Writes of workspaces."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Denied, Invalid
from annotator.events import kinds, payloads
from annotator.models import Membership, Role, User, Workspace, WorkspaceClock
from annotator.services import naming, security_log
from annotator.services.security_log import Kind

_TEXTS = {
    "description": 2000,
    "unique_name": 128,
    "logo_url": 2000,
    "background_color": 9,
    "support_email": 254,
}
_FLAGS = ("is_public", "allow_support")


@transaction.atomic
def create(*, name: str, ref: str = "", owner: User | None = None) -> Workspace:
    """Make a workspace; `owner` becomes its first member. For commands, and for `create_own`.

    Raises Conflict when `ref` is in use; without `ref` an unused one is made from the name.
    """
    clean_name = text.clean(name, field="name", limit=200)
    if ref:
        ref = naming.check_ref(ref)
        if Workspace.all_objects.filter(ref=ref).exists():
            raise Conflict(f"There is already a workspace {ref!r}.", field="ref")
    else:
        ref = naming.free_ref(Workspace.all_objects.all(), clean_name, "workspace")
    try:
        with transaction.atomic():
            workspace = Workspace.all_objects.create(name=clean_name, ref=ref)
    except IntegrityError:
        raise Conflict(f"There is already a workspace {ref!r}.", field="ref") from None
    WorkspaceClock.objects.create(workspace=workspace)
    actor = None
    if owner is not None:
        Membership.all_objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        actor = Actor(user_id=owner.pk)
    events.record(
        actor=actor,
        kind=kinds.WORKSPACE_CREATED,
        workspace_id=workspace.pk,
        object_id=workspace.pk,
        after=payloads.WorkspacePayload(name=clean_name, ref=ref),
    )
    security_log.record(Kind.WORKSPACE_CREATED, actor=actor, workspace_id=workspace.pk)
    return workspace


def may_create(user: User) -> bool:
    """Return whether a person may make workspaces, as WORKSPACE_CREATORS says."""
    return settings.WORKSPACE_CREATORS == "everyone" or user.is_staff


def create_own(*, actor: Actor, name: str) -> Workspace:
    """Make a workspace that the actor owns. Raises Denied when only the staff may."""
    user = User.objects.get(pk=actor.user_id)
    if not may_create(user):
        raise Denied(
            "Only administrators of this server may make workspaces. Ask one of them.", code="not_yours"
        )
    return create(name=name, owner=user)


@transaction.atomic
def update(*, actor: Actor, workspace: Workspace, changes: dict[str, Any]) -> Workspace:
    """Change name, description, logo_url, colors, support fields; unknown keys are an error of the caller."""
    policy.require(actor, workspace, "workspace.manage")
    columns: dict[str, Any] = {}
    for field, value in changes.items():
        if field == "name":
            columns["name"] = text.clean(value, field="name", limit=200)
        elif field in _TEXTS:
            columns[field] = text.clean(
                value or "",
                field=field,
                limit=_TEXTS[field],
                required=False,
                multiline=field == "description",
            )
        elif field in _FLAGS:
            if not isinstance(value, bool):
                raise Invalid(f"{field} must be true or false.", field=field)
            columns[field] = value
        elif field == "settings":
            columns["settings"] = {**workspace.settings, **value}
        else:
            raise ValueError(f"workspaces have no {field}")
    if columns.get("logo_url") and not columns["logo_url"].startswith(("http://", "https://")):
        raise Invalid("logo_url must be an http or https address.", field="logo_url")
    for field, value in columns.items():
        setattr(workspace, field, value)
    workspace.save(update_fields=[*columns, "updated_at"])
    events.record(
        actor=actor,
        kind=kinds.WORKSPACE_UPDATED,
        workspace_id=workspace.pk,
        object_id=workspace.pk,
        after=changes,
    )
    return workspace
