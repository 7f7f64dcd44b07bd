"""Who acts: a frozen set of ids that queries and policy take; made by api/common and web, never from a model inside a service."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or service account, perhaps acting through a token.

    `workspace_id` and `project_id` are the limits of the token (None = no limit); they intersect
    the user's memberships and can only narrow them. `scopes` is reserved for narrower tokens:
    an empty set means everything that the role allows.
    """

    user_id: uuid.UUID
    token_id: uuid.UUID | None = None
    workspace_id: uuid.UUID | None = None
    project_id: uuid.UUID | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    via: str = "web"
