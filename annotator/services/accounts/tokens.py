"""API tokens: made, revoked and turned into an Actor; nothing of any dialect's header belongs here.

A token reads `<id>.<secret>`; only the SHA-256 of the secret is stored, so it is shown once and never again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from annotator import events, policy
from annotator.db.prepared import Prepared
from annotator.domain.actor import Actor
from annotator.domain.errors import Denied, Invalid, Missing
from annotator.domain.ids import parse_uuid
from annotator.domain.text import clean
from annotator.events import kinds, payloads
from annotator.models import ApiToken, Membership, Project, User, Workspace
from annotator.server import clients
from annotator.services import clocks, security_log
from annotator.services.accounts import rates
from annotator.services.security_log import Kind

USED_EVERY = timedelta(seconds=60)


def digest_of(secret: str) -> str:
    """Return the SHA-256 of a secret as hex: secrets are random, so a slow hash would only cost time."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def issue(
    *,
    user: User,
    name: str,
    workspace: Workspace | None = None,
    project: Project | None = None,
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
    actor: Actor | None = None,
) -> tuple[ApiToken, str]:
    """Make a token without asking anybody: for the operator's console and for `create`.

    Returns the row and the text `<id>.<secret>`, the only time that the secret is known.
    """
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.all_objects.create(
            user=user,
            workspace=workspace,
            project=project,
            name=clean(name, field="name", limit=150),
            digest=digest_of(secret),
            shown_prefix=secret[:6],
            scopes=sorted(scopes),
            expires_at=expires_at,
            created_by_id=actor.user_id if actor else None,
        )
        _record(actor, kinds.TOKEN_CREATED, token)
        _log(Kind.TOKEN_CREATED, actor, token)
    return token, f"{token.pk}.{secret}"


def create(
    *,
    actor: Actor,
    name: str,
    workspace: Workspace | None = None,
    project: Project | None = None,
    user: User | None = None,
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for the actor, or with `token.manage` for a service account of the workspace.

    `workspace` and `project` limit it; a token made through a token can only be narrower than that one.
    Raises Invalid for a past expiry, unknown scopes or a project outside the workspace, Missing for a
    workspace that the actor cannot see, Denied for another person's account.
    """
    requested = frozenset(scopes)
    if unknown := requested - policy.ACTIONS:
        raise Invalid(f"Unknown scopes: {', '.join(sorted(unknown))}.", field="scopes")
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid("The expiry must be in the future.", field="expires_at")
    if project is not None and workspace is None:
        workspace = Workspace.objects.get(pk=project.workspace_id)
    if project is not None and workspace is not None and project.workspace_id != workspace.pk:
        raise Invalid("The project belongs to another workspace.", field="project")
    if workspace is not None:
        policy.require(actor, project or workspace, "project.read" if project else "workspace.read")
    _check_narrower(actor, workspace, project, requested)
    owner = user or User.objects.get(pk=actor.user_id)
    if owner.pk != actor.user_id:
        if workspace is None or owner.service_of_id != workspace.pk:
            raise Denied(
                "A token can be made for oneself or for a service account of the workspace.", code="not_yours"
            )
        policy.require_may_act_on(actor, workspace, _role_of(owner.pk, workspace.pk), action="token.manage")
    return issue(
        user=owner,
        name=name,
        workspace=workspace,
        project=project,
        scopes=requested,
        expires_at=expires_at,
        actor=actor,
    )


def _check_narrower(
    actor: Actor, workspace: Workspace | None, project: Project | None, scopes: frozenset[str]
) -> None:
    """Raise Denied when the new token would reach beyond the token that the actor came with."""
    if actor.workspace_id is not None and (workspace is None or workspace.pk != actor.workspace_id):
        raise Denied("This token is limited to one workspace.", code="token_scope")
    if actor.project_id is not None and (project is None or project.pk != actor.project_id):
        raise Denied("This token is limited to one project.", code="token_scope")
    if actor.scopes and not (scopes and scopes <= actor.scopes):
        raise Denied("This token may only make tokens with its own scopes.", code="token_scope")


@transaction.atomic
def revoke(*, actor: Actor, token_id: uuid.UUID) -> None:
    """Delete a token: one's own, or with `token.manage` one that is limited to the workspace. Missing otherwise.

    Raises Denied for the token of a member with a stronger role.
    """
    token = ApiToken.all_objects.select_related("workspace").filter(pk=token_id).first()
    if token is None or actor.workspace_id not in (None, token.workspace_id):
        raise Missing("There is no such token.")
    if token.user_id != actor.user_id:
        if token.workspace is None:
            raise Missing("There is no such token.")
        owner_role = _role_of(token.user_id, token.workspace.pk)
        policy.require_may_act_on(actor, token.workspace, owner_role, action="token.manage")
    _record(actor, kinds.TOKEN_REVOKED, token)
    _log(Kind.TOKEN_REVOKED, actor, token)
    token.delete()


@transaction.atomic
def revoke_all(*, actor: Actor | None, user_id: uuid.UUID, workspace: Workspace) -> int:
    """Delete the tokens of a person that are limited to the workspace or one of its projects; return how many.

    For the removal of a member, which asks for the permission.
    """
    found = list(ApiToken.all_objects.filter(user_id=user_id, workspace=workspace))
    for token in found:
        _record(actor, kinds.TOKEN_REVOKED, token)
        _log(Kind.TOKEN_REVOKED, actor, token)
        token.delete()
    return len(found)


def _role_of(user_id: uuid.UUID, workspace_id: uuid.UUID) -> str | None:
    rows = Membership.all_objects.filter(user_id=user_id, workspace_id=workspace_id)
    return rows.values_list("role", flat=True).first()


def _record(actor: Actor | None, kind: kinds.Kind[payloads.TokenPayload, Any], token: ApiToken) -> None:
    """Record in the workspace's stream; a token without a workspace concerns only its owner."""
    if token.workspace_id is not None:
        after: payloads.TokenPayload = {
            "name": token.name,
            "user": str(token.user_id),
            "prefix": token.shown_prefix,
        }
        events.record(
            actor=actor, kind=kind, workspace_id=token.workspace_id, object_id=token.pk, after=after
        )


def _log(kind: Kind, actor: Actor | None, token: ApiToken) -> None:
    details = {"name": token.name, "prefix": token.shown_prefix}
    security_log.record(
        kind, actor=actor, user_id=token.user_id, workspace_id=token.workspace_id, details=details
    )


_NOBODY = digest_of("nobody")


_live_tokens = Prepared(
    lambda shape, token: ApiToken.all_objects.filter(pk=token, user__is_active=True).values_list(
        "digest", "user_id", "workspace_id", "project_id", "scopes", "expires_at"
    )
)


def actor_of(token_text: str) -> Actor:
    """Return the Actor of `<id>.<secret>`; raise Denied (code "unauthenticated") when it is unknown or expired.

    One query. The comparison takes the same time for a wrong secret and an unknown id.
    """
    head, _, secret = token_text.strip().partition(".")
    token_id = parse_uuid(head.lower())
    row = None
    if token_id is not None:
        row = next(iter(_live_tokens(token_id)), None)
    right = hmac.compare_digest(digest_of(secret), row[0] if row else _NOBODY)
    if row is None or not right or token_id is None:
        security_log.record(Kind.TOKEN_FAILED, details={"reason": "unknown"})
        rates.check_failures("token", clients.current().address)
        raise Denied("The credential is unknown.", code="unauthenticated")
    _, user_id, workspace_id, project_id, scopes, expires_at = row
    if expires_at is not None and expires_at <= timezone.now():
        security_log.record(
            Kind.TOKEN_FAILED, user_id=user_id, workspace_id=workspace_id, details={"reason": "expired"}
        )
        raise Denied("The credential has expired.", code="unauthenticated")
    token_usage.note(token_id)
    return Actor(
        user_id=user_id,
        token_id=token_id,
        workspace_id=workspace_id,
        project_id=project_id,
        scopes=frozenset(scopes),
        via="api",
    )


class TokenUsage:
    """Remembers which tokens were used and writes `used_at` at most once a minute, never in a request's thread.

    Uses only accumulate until `flush` is called: by the server's background writer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fresh: dict[uuid.UUID, datetime] = {}
        self._written: dict[uuid.UUID, datetime] = {}

    def note(self, token_id: uuid.UUID) -> None:
        """Note a use, in memory only."""
        now = timezone.now()
        last = self._written.get(token_id)
        if last is None or not clocks.is_within(last, USED_EVERY):
            with self._lock:
                self._fresh[token_id] = now

    def flush(self) -> int:
        """Write what was noted and return how many tokens; a busy database keeps them for the next time."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
        for token_id, at in fresh.items():
            stale = Q(used_at__isnull=True) | clocks.is_older("used_at", USED_EVERY)
            try:
                ApiToken.all_objects.filter(stale, pk=token_id).update(used_at=at)
            except DatabaseError:
                with self._lock:
                    self._fresh = fresh | self._fresh
                raise
            self._written[token_id] = at
        if len(self._written) > 10_000:
            self._written.clear()
        return len(fresh)


token_usage = TokenUsage()
