"""Inviting people into a workspace: those who have an account, and new ones by a one-time link."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Denied
from annotator.models import Membership, User, Workspace
from annotator.services import security_log
from annotator.services.accounts import accounts, sign_in
from annotator.services.security_log import Kind
from annotator.services.workspaces import members

# An invitation is handed over by chat or mail, so it lives longer than a link from the operator's console.
INVITATION_VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite(
    *, actor: Actor, workspace: Workspace, name: str, role: str, display_name: str = "", email: str = ""
) -> tuple[Membership, str]:
    """Make a person a member and return (membership, secret of a one-time link; empty for one who has an account).

    `name` is the user name, or the e-mail address of somebody who has an account here. A new person has no
    password until they set one. Raises Denied below admin or for a role above one's own, Conflict for a member.
    """
    policy.require(actor, workspace, "member.manage")
    person = accounts.find(name=text.clean(name, field="name", limit=150))
    if person is not None:
        return members.add(actor=actor, workspace=workspace, user=person, role=role), ""
    person = User.objects.create(
        username=accounts.new_name(name),
        display_name=text.clean(display_name, field="display_name", limit=150, required=False),
        email=accounts.clean_email(email),
        password="!",  # noqa: S106 (unusable by Django's convention)
    )
    security_log.record(Kind.ACCOUNT_CREATED, actor=actor, user_id=person.pk, workspace_id=workspace.pk)
    member = members.add(actor=actor, workspace=workspace, user=person, role=role)
    return member, sign_in.make_link(user=person, valid_for=INVITATION_VALID_FOR, actor=actor)


@transaction.atomic
def invite_again(*, actor: Actor, member: Membership) -> str:
    """Return a new one-time link for a person who has never signed in; Conflict for anybody else: it would open their account."""
    policy.require_may_act_on(actor, member.workspace, member.role)
    if member.user.last_login is not None or member.user.has_usable_password() or member.user.service_of_id:
        raise Conflict("This person has an account already and signs in herself.")
    if Membership.all_objects.filter(user=member.user).exclude(pk=member.pk).exists():
        raise Denied("This person belongs to another workspace too.", code="not_yours")
    return sign_in.make_link(user=member.user, valid_for=INVITATION_VALID_FOR, actor=actor)
