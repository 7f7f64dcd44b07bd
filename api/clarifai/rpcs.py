"""The RPCs of the vendor's service that are served: each a handler, `(call, request) -> response` in the vendor's messages.

Nothing here knows how messages come and go: the JSON channel and another front call `answer`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from annotator import policy
from annotator.domain.actor import Actor

from . import messages, scopes, statuses

Scope = Literal["app", "user", None]


@dataclass(slots=True)
class Call:
    """Who asks and where: `scope` is the project (app) or workspace (user) that the request names, with the actor's role.

    `origin` is `scheme://host` of this server as the caller sees it.
    """

    actor: Actor
    origin: str
    scope: Any = None

    @property
    def project(self) -> Any:
        """The project, for RPCs of an app."""
        return self.scope

    @property
    def workspace(self) -> Any:
        """The workspace, for RPCs of a user."""
        return self.scope


Handler = Callable[[Call, Any], Any]


@dataclass(frozen=True, slots=True)
class Rpc:
    """One RPC; `action` is what policy is asked for in the scope, None asks nothing."""

    name: str
    handler: Handler
    scope: Scope
    action: str | None


RPCS: dict[str, Rpc] = {}


def rpc(name: str, action: str | None, scope: Scope = "app") -> Callable[[Handler], Handler]:
    """Register the handler of an RPC."""

    def register(handler: Handler) -> Handler:
        RPCS[name] = Rpc(name, handler, scope, action)
        return handler

    return register


def find_scope(found: Rpc, actor: Actor, user_id: str, app_id: str) -> Any:
    """Return what a request of this RPC names by user and app. Raises Missing and Invalid."""
    if found.scope == "app":
        return scopes.find_project(actor, user_id, app_id)
    return scopes.find_workspace(actor, user_id) if found.scope == "user" else None


def permit(found: Rpc, actor: Actor, scope: Any) -> None:
    """Raise Denied unless the actor's role in the scope grants what the RPC does."""
    if found.action is not None:
        policy.permit(actor, scope, scope.role_of_actor, found.action)


def answer(found: Rpc, call: Call, request: Any) -> Any:
    """Return the response to a request; its scope is found and permitted unless the call has it already."""
    if call.scope is None and found.scope is not None:
        names = request.user_app_id
        call.scope = find_scope(found, call.actor, names.user_id, names.app_id)
        permit(found, call.actor, call.scope)
    response = found.handler(call, request)
    if not response.status.code:
        response.status.CopyFrom(statuses.status(statuses.SUCCESS))
    return response


def new_response(name: str, **fields: Any) -> Any:
    """Return a response of an RPC."""
    return messages.method(name)[1](**fields)
