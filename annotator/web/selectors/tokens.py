"""Read-only queries for the page of API tokens; secrets are not stored."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from annotator import policy
from annotator.domain.actor import Actor
from annotator.models import ApiToken, Membership, Project, Workspace


@dataclass(frozen=True, slots=True)
class TokenRow:
    token: ApiToken
    is_mine: bool
    is_expired: bool


def _roles(actor: Actor) -> dict[object, str]:
    return dict(Membership.objects.filter(user_id=actor.user_id).values_list("workspace_id", "role"))


def tokens(actor: Actor) -> list[TokenRow]:
    """Return the actor's own tokens, and those of workspaces whose tokens the actor can manage; newest first. Two queries."""
    managed = [key for key, role in _roles(actor).items() if policy.allows(role, "token.manage")]
    rows = ApiToken.all_objects.filter(Q(user_id=actor.user_id) | Q(workspace__in=managed))
    now = timezone.now()
    return [
        TokenRow(
            token, token.user_id == actor.user_id, token.expires_at is not None and token.expires_at <= now
        )
        for token in rows.select_related("user", "workspace", "project").order_by("-created_at", "-id")[:500]
    ]


def workspaces(actor: Actor) -> list[Workspace]:
    """Return the workspaces that a token may be limited to, with their projects loaded. Two queries."""
    rows = list(Workspace.objects.visible_to(actor).order_by("name", "ref"))
    projects = Project.objects.visible_to(actor).exclude(origin="catalog").order_by("sort_key", "id")
    for workspace in rows:
        workspace.shown_projects = []  # type: ignore[attr-defined]
    by_id = {workspace.pk: workspace for workspace in rows}
    for project in projects:
        by_id[project.workspace_id].shown_projects.append(project)  # type: ignore[attr-defined]
    return rows
