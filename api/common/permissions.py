"""One permission class for all viewsets: it asks policy, by the action that the viewset names."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from annotator import policy


class PolicyPermission(BasePermission):
    """Allows what the actor's role in `view.scope` grants: `view.permission_actions` by the viewset's action.

    An action of None asks nothing here (a list of what the actor can see). Raises Denied with the reason.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        action = view.permission_actions[view.action]
        if action is not None:
            policy.permit(view.actor, view.scope, view.role, action)
        return True
