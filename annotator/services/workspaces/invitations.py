"""Invitations into a workspace: offered by its admins, accepted or declined by the invited person."""

from __future__ import annotations

import contextlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Busy, Conflict, Denied, Invalid, Missing
from annotator.models import Invitation, Membership, User, Workspace
from annotator.server import clients
from annotator.services import security_log
from annotator.services.accounts import accounts, rates
from annotator.services.accounts.tokens import digest_of
from annotator.services.security_log import Kind
from annotator.services.workspaces import members

VALID_FOR = timedelta(days=7)
#: Invitations of one workspace in an hour: they can send mail to any address.
MAX_PER_HOUR = 60
_ENDED = "This invitation was answered, withdrawn or is too old. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation with the secrets of its links, known only now; empty for somebody who has an account.

    `secret` is for the inviter to hand over, `mail_secret` for the message to the address: it shows whose that is.
    """

    invitation: Invitation
    secret: str = ""
    mail_secret: str = ""


class Opened(NamedTuple):
    """An invitation whose link was opened, and whether the link came by mail."""

    invitation: Invitation
    is_from_mail: bool


@transaction.atomic
def invite(
    *, actor: Actor, workspace: Workspace, name: str, role: str, display_name: str = "", email: str = ""
) -> Invited:
    """Offer a membership to the person with this user name or verified e-mail address, or to a new person by link.

    The name of a new person becomes their user name, which they can change when they accept; an e-mail address that
    nobody has verified becomes the address of a new account. Raises Denied for a role above one's own, Conflict for
    a member and for somebody who is invited already.
    """
    policy.require_may_act_on(actor, workspace, members.check_role(role))
    name = text.clean(name, field="name", limit=150)
    person = accounts.find(name=name)
    if person is None:
        return _invite_new(actor, workspace, name, role, display_name=display_name, email=email)
    if person.service_of_id is not None or not person.is_active:
        raise Invalid("This account cannot be invited: it is deactivated or a service account.", field="name")
    if member := Membership.all_objects.filter(workspace=workspace, user=person).first():
        raise Conflict(f"{person.shown_name} is a member already, as {member.role}.", field="name")
    _check_not_invited(workspace, Q(user=person), person.shown_name)
    return Invited(_create(actor, workspace, role=role, user=person))


def _invite_new(
    actor: Actor, workspace: Workspace, name: str, role: str, *, display_name: str, email: str
) -> Invited:
    _check_may_create_accounts(actor)
    username = "" if "@" in name else accounts.new_name(name)
    address = accounts.clean_email(email if username else name, field="email" if username else "name")
    _check_not_invited(
        workspace, Q(user=None, username__iexact=username, email__iexact=address), username or address
    )
    if username:
        _check_not_invited(workspace, Q(user=None, username__iexact=username), username)
    invitation = _create(
        actor,
        workspace,
        role=role,
        username=username,
        email=address,
        display_name=text.clean(display_name, field="display_name", limit=150, required=False),
    )
    return _with_secrets(invitation)


def _check_may_create_accounts(actor: Actor) -> None:
    """Raise Denied unless admins of workspaces may invite people without an account, as ACCOUNT_CREATORS says."""
    if settings.ACCOUNT_CREATORS == "admins" or User.objects.filter(pk=actor.user_id, is_staff=True).exists():
        return
    words = (
        "There is no such account, and only administrators of this server may make accounts. Ask one of them."
    )
    raise Denied(words, code="not_yours")


@transaction.atomic
def renew(*, actor: Actor, invitation: Invitation) -> Invited:
    """Make new links for an invitation; the older ones end. Conflict for somebody who has an account."""
    policy.require_may_act_on(actor, invitation.workspace, invitation.role)
    if invitation.user_id is not None:
        raise Conflict("This person has an account: they accept the invitation on their home page.")
    _take_one(invitation.workspace)
    security_log.record(
        Kind.LINK_CREATED, actor=actor, workspace_id=invitation.workspace_id, details=_facts(invitation)
    )
    return _with_secrets(invitation)


@transaction.atomic
def revoke(*, actor: Actor, invitation: Invitation) -> None:
    """Withdraw an invitation."""
    policy.require_may_act_on(actor, invitation.workspace, invitation.role)
    _end(actor, invitation, "revoked")


def pending_in(workspace: Workspace) -> QuerySet[Invitation]:
    """Return the open invitations of a workspace, newest first; the caller has asked the policy."""
    rows = Invitation.all_objects.filter(workspace=workspace, expires_at__gt=timezone.now())
    return rows.select_related("user", "invited_by").order_by("-created_at", "-pk")


def pending_for(user: User) -> QuerySet[Invitation]:
    """Return the open invitations that a signed-in person may answer: to the account or its verified address."""
    is_theirs = Q(user=user)
    if user.email and user.email_verified_at is not None:
        is_theirs |= Q(user=None, email__iexact=user.email)
    rows = Invitation.all_objects.filter(is_theirs, expires_at__gt=timezone.now())
    return rows.select_related("workspace", "invited_by").order_by("created_at", "pk")


def open_link(*, secret: str) -> Opened:
    """Return the invitation of a link; raise Missing when it is answered, withdrawn or too old. Changes nothing."""
    digest = digest_of(secret)
    rows = Invitation.all_objects.filter(
        Q(digest=digest) | Q(mail_digest=digest), user=None, expires_at__gt=timezone.now()
    )
    found = rows.select_related("workspace", "invited_by").first()
    if found is None:
        security_log.record(Kind.LINK_FAILED)
        rates.check_failures("link", clients.current().address)
        raise Missing(_ENDED, code="link_void")
    return Opened(found, found.mail_digest == digest)


@transaction.atomic
def accept(*, actor: Actor, invitation_id: uuid.UUID) -> Membership:
    """Become a member by an invitation to one's account or verified address. Missing for anybody else's."""
    user = User.objects.get(pk=actor.user_id)
    return _join(user, _lock(pending_for(user).filter(pk=invitation_id)))


@transaction.atomic
def accept_by_link(*, actor: Actor, secret: str) -> Membership:
    """Become a member with one's account by the link of an invitation to somebody without one."""
    opened = open_link(secret=secret)
    invitation = _lock(Invitation.all_objects.filter(pk=opened.invitation.pk))
    user = User.objects.get(pk=actor.user_id)
    _verify(user, opened)
    return _join(user, invitation)


@transaction.atomic
def accept_as_new(*, secret: str, username: str) -> tuple[User, Membership]:
    """Make an account with this user name and become a member; raise Conflict when somebody has the name.

    The account has no password until the person sets one. A link that came by mail verifies the address.
    """
    opened = open_link(secret=secret)
    invitation = _lock(Invitation.all_objects.filter(pk=opened.invitation.pk))
    user = User.objects.create(
        username=accounts.new_name(username, field="username"),
        display_name=invitation.display_name,
        email=invitation.email,
        password="!",  # noqa: S106 (unusable by Django's convention)
    )
    security_log.record(
        Kind.ACCOUNT_CREATED, actor=Actor(user_id=user.pk), workspace_id=invitation.workspace_id
    )
    _verify(user, opened)
    return user, _join(user, invitation)


@transaction.atomic
def decline(*, actor: Actor, invitation_id: uuid.UUID) -> None:
    """Decline an invitation to one's account or verified address."""
    user = User.objects.get(pk=actor.user_id)
    _end(actor, _lock(pending_for(user).filter(pk=invitation_id)), "declined")


@transaction.atomic
def decline_by_link(*, secret: str) -> None:
    """Decline an invitation by its link."""
    opened = open_link(secret=secret)
    _end(None, _lock(Invitation.all_objects.filter(pk=opened.invitation.pk)), "declined")


def forget_old() -> int:
    """Remove invitations that are too old; return how many rows went."""
    return Invitation.all_objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _create(actor: Actor, workspace: Workspace, **fields: object) -> Invitation:
    _take_one(workspace)
    invitation: Invitation = Invitation.all_objects.create(
        workspace=workspace,
        invited_by_id=actor.user_id,
        expires_at=timezone.now() + VALID_FOR,
        **fields,
    )
    security_log.record(
        Kind.MEMBER_INVITED,
        actor=actor,
        user_id=invitation.user_id,
        workspace_id=workspace.pk,
        details=_facts(invitation),
    )
    return invitation


def _with_secrets(invitation: Invitation) -> Invited:
    secret, mail_secret = secrets.token_urlsafe(32), ""
    invitation.digest, invitation.mail_digest = digest_of(secret), ""
    if invitation.email and settings.SENDS_EMAIL:
        mail_secret = secrets.token_urlsafe(32)
        invitation.mail_digest = digest_of(mail_secret)
    invitation.expires_at = timezone.now() + VALID_FOR
    invitation.save(update_fields=["digest", "mail_digest", "expires_at", "updated_at"])
    return Invited(invitation, secret, mail_secret)


def _take_one(workspace: Workspace) -> None:
    """Raise Busy when the workspace invites too often."""
    wait, _ = rates.take(f"invite:{workspace.pk}", rate=MAX_PER_HOUR / 3600, burst=MAX_PER_HOUR)
    if wait:
        raise Busy(
            f"At most {MAX_PER_HOUR} invitations an hour. Try again in a few minutes.",
            code=rates.THROTTLED,
            retry_after=wait,
        )


def _check_not_invited(workspace: Workspace, who: Q, name: str) -> None:
    """Raise Conflict for an open invitation; one that is too old is removed."""
    rows = Invitation.all_objects.filter(who, workspace=workspace)
    rows.filter(expires_at__lte=timezone.now()).delete()
    if rows.exists():
        raise Conflict(f"{name} is invited already. Revoke that invitation first.", field="name")


def _lock(rows: QuerySet[Invitation]) -> Invitation:
    """Return the one invitation, locked until the transaction ends, so that it is answered once."""
    found = rows.select_for_update(of=("self",)).select_related("workspace").first()
    if found is None:
        raise Missing(_ENDED, code="link_void")
    return found


def _join(user: User, invitation: Invitation) -> Membership:
    workspace: Workspace = invitation.workspace
    invitation.delete()
    member = members.join(user=user, workspace=workspace, role=invitation.role)
    Invitation.all_objects.filter(workspace=workspace, user=user).delete()
    return member


def _verify(user: User, opened: Opened) -> None:
    """Note a link that came by mail as proof of the account's address, unless another account has proved it first."""
    email = opened.invitation.email
    if opened.is_from_mail and email.casefold() == user.email.casefold():
        with contextlib.suppress(Conflict):
            accounts.mark_verified(user=user, email=email, actor=Actor(user_id=user.pk))


def _end(actor: Actor | None, invitation: Invitation, how: str) -> None:
    security_log.record(
        Kind.INVITATION_ENDED,
        actor=actor,
        user_id=invitation.user_id,
        workspace_id=invitation.workspace_id,
        details=_facts(invitation) | {"how": how},
    )
    invitation.delete()


def _facts(invitation: Invitation) -> dict[str, str | int | bool]:
    return {"role": invitation.role, "name": invitation.shown_name}
