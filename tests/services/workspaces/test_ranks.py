"""One rule for all that acts on a membership: every way, for every pair of roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator import policy
from annotator.domain.errors import Denied
from annotator.models import ApiToken, Event, Invitation, Membership, Role, User, Workspace
from annotator.services import undo
from annotator.services.accounts import operators, tokens
from annotator.services.workspaces import invitations, members
from tests.world import World, make_user, make_workspace

Way = Callable[[World, Any, Workspace, Membership], object]


def _give_role(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    other_role = other.role
    Membership.objects.filter(pk=other.pk).update(role=Role.VIEWER)
    other.refresh_from_db()
    return members.set_role(actor=actor, member=other, role=other_role)


def _take_role(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    return members.set_role(
        actor=actor, member=other, role=Role.VIEWER if other.role != Role.VIEWER else Role.ANNOTATOR
    )


def _remove(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    return members.remove(actor=actor, member=other)


def _add(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    return members.add(actor=actor, workspace=workspace, user=w.vera, role=other.role)


def _restore(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    owner = members.ensure(workspace=workspace, user=make_user("over"), role=Role.OWNER)
    seq = undo.remove_member(actor=w.actor(owner.user), member=other)
    Event.all_objects.filter(workspace=workspace, seq=seq).update(actor=actor.user_id)
    return undo.restore_member(actor=actor, workspace=workspace, seq=seq)


def _invite(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    return invitations.invite(actor=actor, workspace=workspace, name="nina", role=other.role)


def _link(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    return invitations.renew(actor=actor, invitation=_invited(w, workspace, other))


def _revoke_invitation(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    return invitations.revoke(actor=actor, invitation=_invited(w, workspace, other))


def _invited(w: World, workspace: Workspace, other: Membership) -> Invitation:
    return invitations.invite(
        actor=w.actor(w.olga), workspace=workspace, name="nina", role=other.role
    ).invitation


def _issue_token(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    service = operators.ensure_service(workspace=workspace)
    members.ensure(workspace=workspace, user=service, role=other.role)
    return tokens.create(actor=actor, name="x", workspace=workspace, user=service)


def _revoke_token(w: World, actor: Any, workspace: Workspace, other: Membership) -> object:
    token, _ = tokens.issue(user=other.user, name="x", workspace=workspace)
    return tokens.revoke(actor=actor, token_id=token.pk)


WAYS: list[Way] = [
    _give_role, _take_role, _remove, _add, _restore, _invite, _link, _revoke_invitation, _issue_token, _revoke_token,
]  # fmt: skip


@pytest.mark.parametrize("other", Role.values)
@pytest.mark.parametrize("own", Role.values)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_nobody_acts_on_a_stronger_role(w: World, way: Way, own: str, other: str) -> None:
    workspace = make_workspace("pairs")
    me, them = make_user("me"), make_user("them")
    Membership.objects.create(workspace=workspace, user=me, role=own)
    member = Membership.objects.create(workspace=workspace, user=them, role=other)
    Membership.objects.create(workspace=workspace, user=w.olga, role=Role.OWNER)
    is_allowed = own == Role.OWNER or (own == Role.ADMIN and other != Role.OWNER)
    assert policy.may_act_on(own, other) == is_allowed
    if is_allowed:
        way(w, w.actor(me), workspace, member)
        return
    with pytest.raises(Denied):
        way(w, w.actor(me), workspace, member)


def test_two_owners_of_whom_one_cannot_sign_in(w: World) -> None:
    """A service account or a closed account does not keep a workspace."""
    own = Membership.objects.get(workspace=w.workspace, user=w.olga)
    service = operators.ensure_service(workspace=w.workspace)
    Membership.objects.create(workspace=w.workspace, user=service, role=Role.OWNER)
    gone = make_user("gone", is_active=False)
    Membership.objects.create(workspace=w.workspace, user=gone, role=Role.OWNER)
    with pytest.raises(Exception, match="needs an owner"):
        members.remove(actor=w.actor(w.olga), member=own)
    User.objects.filter(pk=gone.pk).update(is_active=True)
    members.remove(actor=w.actor(w.olga), member=own)


def test_tokens_do_not_revive_with_the_membership(w: World) -> None:
    member = Membership.objects.get(workspace=w.workspace, user=w.ann)
    of_workspace = w.token(w.ann, workspace=w.workspace)
    of_project = w.token(w.ann, workspace=w.workspace, project=w.project)
    elsewhere = w.token(w.ann, workspace=w.other_workspace)
    seq = undo.remove_member(actor=w.actor(w.olga), member=member)
    undo.restore_member(actor=w.actor(w.olga), workspace=w.workspace, seq=seq)
    for text in (of_workspace, of_project):
        with pytest.raises(Denied):
            tokens.actor_of(text)
    assert tokens.actor_of(elsewhere).user_id == w.ann.pk
    assert ApiToken.all_objects.filter(user=w.ann).count() == 1
