"""Read-only queries for the pages of workspaces and members."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from annotator import policy
from annotator.domain.actor import Actor
from annotator.models import Event, Invitation, Membership, Role, User, Workspace
from annotator.services.workspaces import invitations as service, quotas
from annotator.web.display_names import role_choices, role_name
from annotator.web.scopes import Scope


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member; `may_change` says whether the actor can change the member's role or remove them."""

    member: Membership
    role_name: str
    is_self: bool
    is_waiting: bool
    may_change: bool
    is_last_owner: bool


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    workspace: Workspace
    role_name: str
    members: int
    projects: int


def usage(scope: Scope) -> quotas.Usage:
    """Return what the workspace stores and may store. One query."""
    return quotas.usage(Workspace.all_objects.select_related("clock").get(pk=scope.workspace.pk))


def workspaces(actor: Actor) -> list[WorkspaceRow]:
    """Return the actor's workspaces by name with their sizes. Three queries."""
    mine = list(
        Membership.objects.filter(user_id=actor.user_id)
        .select_related("workspace")
        .order_by("workspace__name", "workspace__ref")
    )
    ids = [member.workspace_id for member in mine]
    people = dict(Membership.objects.filter(workspace__in=ids).values_list("workspace").annotate(Count("id")))
    live = Count("projects", filter=Q(projects__trashed_at=None))
    projects = dict(Workspace.objects.filter(pk__in=ids).annotate(n=live).values_list("pk", "n"))
    return [
        WorkspaceRow(
            each.workspace,
            role_name(each.role),
            people.get(each.workspace_id, 0),
            projects.get(each.workspace_id, 0),
        )
        for each in mine
    ]


def members(scope: Scope) -> list[MemberRow]:
    """Return the members of a workspace, strongest role first, then by name. One query."""
    order = list(Role.values)
    rows = list(Membership.objects.filter(workspace=scope.workspace).select_related("user"))
    owners = sum(row.role == Role.OWNER for row in rows)
    rows.sort(key=lambda row: (order.index(row.role), row.user.shown_name.casefold()))
    return [
        MemberRow(
            member=row,
            role_name=role_name(row.role),
            is_self=row.user_id == scope.actor.user_id,
            is_waiting=row.user_id != scope.actor.user_id
            and row.user.last_login is None
            and not row.user.has_usable_password()
            and row.user.service_of_id is None,
            may_change=policy.may_act_on(scope.role, row.role),
            is_last_owner=row.role == Role.OWNER and owners == 1,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An open invitation; `may_change` says whether the actor can renew or revoke it."""

    invitation: Invitation
    role_name: str
    may_change: bool


def invitations(scope: Scope) -> list[InvitationRow]:
    """Return the open invitations of a workspace, newest first; none for those who do not manage members. One query."""
    if not scope.may("member.manage"):
        return []
    rows = service.pending_in(scope.workspace)[:200]
    return [InvitationRow(row, role_name(row.role), policy.may_act_on(scope.role, row.role)) for row in rows]


def invitations_to(user: User) -> list[InvitationRow]:
    """Return the open invitations that a person may answer, oldest first. One query."""
    return [InvitationRow(row, role_name(row.role), True) for row in service.pending_for(user)[:50]]


def assignable_roles(scope: Scope) -> list[tuple[str, str, str]]:
    """Return the roles that the actor can assign: none stronger than their own."""
    return [choice for choice in role_choices() if policy.may_act_on(scope.role, choice[0])]


def label_changes_by_user(project_id: uuid.UUID, days: int = 7) -> dict[uuid.UUID, tuple[int, object]]:
    """Return {user id: (changes of labels, time of the last one)} of the last days. One index-only query."""
    since = timezone.now() - timedelta(days=days)
    rows = Event.all_objects.filter(
        project_id=project_id, kind="labels.changed", at__gte=since, actor__isnull=False
    )
    return {
        user_id: (count, last)
        for user_id, count, last in rows.values_list("actor_id").annotate(Count("id"), Max("at"))
    }
