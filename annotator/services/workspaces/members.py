"""Writes of memberships: who belongs to a workspace, in which role."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid
from annotator.events import kinds, payloads
from annotator.models import Invitation, Membership, Role, User, Workspace
from annotator.services import security_log
from annotator.services.accounts import tokens
from annotator.services.security_log import Kind


def check_role(role: object) -> str:
    """Return a valid role or raise Invalid naming the allowed ones."""
    if role not in Role.values:
        raise Invalid(f"role must be one of {', '.join(Role.values)}.", field="role")
    return str(role)


@transaction.atomic
def ensure(*, workspace: Workspace, user: User, role: str) -> Membership:
    """Make `user` a member unless they are one; an existing membership keeps its role. For commands of the operator."""
    member, created = Membership.all_objects.get_or_create(
        workspace=workspace, user=user, defaults={"role": check_role(role)}
    )
    if created:
        _tell(None, kinds.MEMBER_ADDED, member)
    return member


@transaction.atomic
def add(*, actor: Actor, workspace: Workspace, user: User, role: str) -> Membership:
    """Add a person with a role no stronger than the actor's own."""
    policy.require_may_act_on(actor, workspace, check_role(role))
    if user.service_of_id not in (None, workspace.pk):
        raise Invalid("This service account belongs to another workspace.", field="user")
    member, created = Membership.all_objects.get_or_create(
        workspace=workspace, user=user, defaults={"role": role}
    )
    if not created:
        raise Conflict(f"{user.shown_name} is a member already, as {member.role}.", field="user")
    _tell(actor, kinds.MEMBER_ADDED, member)
    return member


@transaction.atomic
def join(*, user: User, workspace: Workspace, role: str) -> Membership:
    """Make a person a member by an invitation that they accepted; a membership that exists keeps its role."""
    member, created = Membership.all_objects.get_or_create(
        workspace=workspace, user=user, defaults={"role": role}
    )
    if created:
        _tell(Actor(user_id=user.pk), kinds.MEMBER_ADDED, member)
    return member


@transaction.atomic
def set_role(*, actor: Actor, member: Membership, role: str) -> Membership:
    """Change a member's role. The last owner stays one."""
    policy.require_may_act_on(actor, member.workspace, check_role(role), member.role)
    if role != member.role:
        _keep_an_owner(member)
        before, member.role = member.role, role
        member.save(update_fields=["role", "updated_at"])
        _withdraw_invitations(member)
        _tell(actor, kinds.MEMBER_CHANGED, member, before)
    return member


@transaction.atomic
def remove(*, actor: Actor, member: Membership) -> None:
    """Take a person out of the workspace; everybody may leave. Sockets close.

    The person's tokens of this workspace are deleted: they do not work again when the person comes back.
    """
    if member.user_id == actor.user_id:
        policy.require(actor, member.workspace, "workspace.read")
    else:
        policy.require_may_act_on(actor, member.workspace, member.role)
    _keep_an_owner(member)
    events.recheck_sockets()  # before an event wakes their poller
    tokens.revoke_all(actor=actor, user_id=member.user_id, workspace=member.workspace)
    _withdraw_invitations(member, is_leaving=True)
    _tell(actor, kinds.MEMBER_REMOVED, member)
    member.delete()


def _withdraw_invitations(member: Membership, *, is_leaving: bool = False) -> None:
    """Remove the invitations that the member made and could not make any more."""
    rows = Invitation.all_objects.filter(workspace_id=member.workspace_id, invited_by_id=member.user_id)
    if not is_leaving:
        rows = rows.exclude(role__in=[role for role in Role.values if policy.may_act_on(member.role, role)])
    rows.delete()


def _keep_an_owner(member: Membership) -> None:
    """Raise Conflict unless another person who can sign in owns the workspace too.

    All owners are locked in one order, so that two of them cannot leave at the same moment.
    """
    if member.role != Role.OWNER:
        return
    owners = Membership.all_objects.select_for_update(of=("self",)).filter(
        workspace_id=member.workspace_id, role=Role.OWNER
    )
    rows = owners.order_by("pk").values_list("pk", "user__is_active", "user__service_of")
    if not any(key != member.pk and is_active and service is None for key, is_active, service in rows):
        raise Conflict("A workspace needs an owner: make somebody else the owner first.", field="role")


_LOGGED = {
    kinds.MEMBER_ADDED.name: Kind.MEMBER_ADDED,
    kinds.MEMBER_CHANGED.name: Kind.MEMBER_ROLE,
    kinds.MEMBER_REMOVED.name: Kind.MEMBER_REMOVED,
}


def _tell(
    actor: Actor | None, kind: kinds.Kind[payloads.MemberPayload, Any], member: Membership, before: str = ""
) -> None:
    """Record a change in the workspace's stream and in the security log; `before` is the former role."""
    after: payloads.MemberPayload = {"user": str(member.user_id), "role": member.role}
    events.record(actor=actor, kind=kind, workspace_id=member.workspace_id, object_id=member.pk, after=after)
    security_log.record(
        _LOGGED[kind.name],
        actor=actor,
        user_id=member.user_id,
        workspace_id=member.workspace_id,
        details={"role": member.role} | ({"before": before} if before else {}),
    )
