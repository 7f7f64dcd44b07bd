"""Who may do what: one table of roles and actions, one question. Nothing else decides permissions."""

from __future__ import annotations

import uuid

from annotator.db.prepared import Prepared
from annotator.domain.actor import Actor
from annotator.domain.errors import Denied, Missing
from annotator.models import Membership, Project, Role, Workspace

_READ = frozenset({"workspace.read", "project.read"})
_ANNOTATE = _READ | {"label.write", "tag.write", "status.write"}
_REVIEW = _ANNOTATE | {"export.create"}
_MANAGE = _REVIEW | {
    "project.create", "project.manage", "dataset.write", "media.upload", "media.write", "media.delete",
    "vocabulary.write", "import.create", "job.cancel",
}  # fmt: skip
_ADMINISTER = _MANAGE | {
    "project.delete",
    "trash.purge",
    "member.manage",
    "token.manage",
    "workspace.manage",
    "bucket.manage",
}

GRANTS: dict[str, frozenset[str]] = {
    Role.VIEWER: _READ,
    Role.ANNOTATOR: _ANNOTATE,
    Role.REVIEWER: _REVIEW,
    Role.MANAGER: _MANAGE,
    Role.ADMIN: _ADMINISTER,
    Role.OWNER: _ADMINISTER | {"workspace.delete", "audit.read"},
}
ACTIONS = GRANTS[Role.OWNER]

# To which work states a role may move a medium. AUTO-LABELLED is set by automated labeling alone.
_BY_ANNOTATOR = frozenset({"NEW", "IN PROGRESS", "TO REVIEW", "SKIPPED"})
STATUS_GRANTS: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset(),
    Role.ANNOTATOR: _BY_ANNOTATOR,
    Role.REVIEWER: _BY_ANNOTATOR | {"DONE"},
    Role.MANAGER: _BY_ANNOTATOR | {"DONE", "COMPLETED"},
    Role.ADMIN: _BY_ANNOTATOR | {"DONE", "COMPLETED"},
    Role.OWNER: _BY_ANNOTATOR | {"DONE", "COMPLETED"},
}
# From these states an annotator may not take a medium back; a reviewer reopens it.
FINISHED = frozenset({"DONE", "COMPLETED"})
# From these states a medium may be finished where review is required.
_REVIEWED = FINISHED | {"TO REVIEW"}
_RANKS: dict[str, int] = {role: rank for rank, role in enumerate(Role.values)}
_ROLE_NAMES: dict[str, str] = {
    Role.VIEWER: "a viewer",
    Role.ANNOTATOR: "an annotator",
    Role.REVIEWER: "a reviewer",
    Role.MANAGER: "a manager",
    Role.ADMIN: "an admin",
}


def allows(role: str, action: str) -> bool:
    """Return whether `role` grants `action`; an unknown action is a mistake in the code."""
    if action not in ACTIONS:
        raise ValueError(f"unknown action {action!r}")
    return action in GRANTS[role]


_roles = Prepared(
    lambda shape, workspace, user: Membership.objects.filter(
        workspace_id=workspace, user_id=user
    ).values_list("role", flat=True)
)


def role_in(actor: Actor, workspace_id: uuid.UUID) -> str | None:
    """Return the actor's role in a workspace within the limits of its token, or None for a stranger."""
    if actor.workspace_id not in (None, workspace_id):
        return None
    found = _roles(workspace_id, actor.user_id)
    return found[0] if found else None


def require(actor: Actor, scope: Project | Workspace, action: str) -> str:
    """Return the actor's role in `scope` if it grants `action`.

    Raises Missing when the actor cannot see the scope (stranger, or outside its token's limits) and
    Denied with a reason in words when the role does not allow the action. One query.
    """
    if not isinstance(actor, Actor):
        raise TypeError(f"require takes an Actor, not {type(actor).__name__}")
    if isinstance(scope, Project):
        workspace_id, outside = scope.workspace_id, actor.project_id not in (None, scope.pk)
    else:
        workspace_id, outside = scope.pk, False
    role = None if outside else role_in(actor, workspace_id)
    if role is None:
        raise Missing(
            "There is no such project." if isinstance(scope, Project) else "There is no such workspace."
        )
    permit(actor, scope, role, action)
    return role


def permit(actor: Actor, scope: Project | Workspace, role: str, action: str) -> None:
    """Raise Denied unless `role`, which the actor has in `scope`, and the limits of its token allow the action. No query."""
    check(role, action)
    if actor.scopes and action not in actor.scopes:
        raise Denied(f"This token may not do this ({action}).", code="token_scope")
    if actor.project_id is not None and not isinstance(scope, Project) and action not in _READ:
        raise Denied("This token is limited to one project.", code="token_scope")


def check(role: str, action: str) -> None:
    """Raise Denied with a reason in words when `role` does not grant `action`."""
    if not allows(role, action):
        raise Denied(f"As {_ROLE_NAMES.get(role, role)} you may not do this ({action}).", code="role")


def may_act_on(role: str, other: str | None) -> bool:
    """Return whether a member with `role` may act on a membership, invitation or token of somebody with role `other`.

    The one rule for roles, removals, invitations, links and tokens: nobody acts on a stronger role than their own,
    and nobody gives one. `other` is None for somebody without a membership.
    """
    if not (allows(role, "member.manage") or allows(role, "token.manage")):
        return False
    return other is None or _RANKS[role] <= _RANKS[other]


def require_may_act_on(
    actor: Actor, workspace: Workspace, *others: str | None, action: str = "member.manage"
) -> str:
    """Return the actor's role in `workspace` if it grants `action` and may act on each of the roles; see `may_act_on`."""
    own = require(actor, workspace, action)
    if not all(may_act_on(own, other) for other in others):
        raise Denied(
            f"As {_ROLE_NAMES.get(own, own)} you may not act on somebody with a stronger role, or give one.",
            code="role",
        )
    return own


def check_status(role: str, base: str, current: str, *, requires_review: bool) -> None:
    """Raise Denied when `role` may not move a medium from state `current` to `base`."""
    if may_set_status(role, base, current, requires_review=requires_review):
        return
    if may_set_status(role, base, current):
        raise Denied(
            "This project requires review. Submit the image for review first; a reviewer accepts it.",
            code="review_required",
        )
    raise Denied(
        f"As {_ROLE_NAMES.get(role, role)} you may not move an image from {current} to {base}.", code="role"
    )


def may_set_status(
    role: str, base: str, current: str | None = None, *, requires_review: bool = False
) -> bool:
    """Return whether `role` may move a medium from state `current` to state `base` (both of the seven base words).

    Where a project requires review, a medium is finished only from TO REVIEW, whatever the role.
    """
    if base not in STATUS_GRANTS[role]:
        return False
    if role == Role.ANNOTATOR and current in FINISHED:
        return False
    return not (requires_review and base in FINISHED and current not in _REVIEWED)


def may_review(role: str) -> bool:
    """Return whether `role` may accept what was submitted for review, or send it back with a reason."""
    return may_set_status(role, "DONE", "TO REVIEW", requires_review=True)
