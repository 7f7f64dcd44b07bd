"""The base viewset of the JSON channel: a body or query string becomes the message of an RPC, its answer JSON again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from api.common import viewsets
from api.common.parsers import JSONParser
from api.common.renderers import FastJSONRenderer

from . import messages, rpcs, schemas, statuses
from .authentication import ClarifaiAuthentication
from .exceptions import ClarifaiErrorSerializer, exception_handler

#: What a client wants the ids of its requests to begin with.
_PREFIX = "X-Clarifai-Request-ID-Prefix"


class ClarifaiView(viewsets.DialectView):
    """What all views under /v2 have."""

    dialect = "Clarifai"
    authentication_classes = (ClarifaiAuthentication,)
    renderer_classes = (FastJSONRenderer,)
    parser_classes = (JSONParser,)
    exception_handler = staticmethod(exception_handler)
    error_serializer_class = ClarifaiErrorSerializer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        prefix = request.headers.get(_PREFIX, "")
        if prefix.isprintable() and isinstance(getattr(response, "data", None), dict):
            response.data["status"]["req_id"] = statuses.request_id(prefix[:64])
        return super().finalize_response(request, response, *args, **kwargs)


class UnknownAddressView(ClarifaiView, viewsets.UnknownAddressView):
    """Every other address under /v2."""


class RpcViewSet(ClarifaiView, viewsets.DialectViewSet):
    """RPCs of one noun: a subclass names the module of their handlers, and has an action of each RPC's name."""

    path_schema = {"type": "string", "minLength": 1, "maxLength": 128}
    pagination_class = None
    permission_actions: ClassVar[dict[str, str | None]]  # type: ignore[misc]

    def __init_subclass__(cls, *, handlers: ModuleType, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.permission_actions = {}
        for one in rpcs.RPCS.values():
            if one.handler.__module__ == handlers.__name__:
                setattr(cls, one.name, _action(one))
                cls.permission_actions[one.name] = one.action
        cls.list_actions = frozenset()
        cls.response_schemas = schemas.Responses(cls.permission_actions)
        cls.body_content = schemas.Bodies(cls.permission_actions)
        cls.optional_bodies = frozenset(cls.permission_actions)

    def resolve_path(self) -> None:
        """Find user and app where the path or the credential names them; where the body does, `answer` does it."""
        found = rpcs.RPCS[self.action]
        names = self.kwargs
        if "user_id" in names or (self.request.method == "GET" and found.scope is not None):
            user_id, app_id = (
                names.get(key) or self.request.query_params.get(f"user_app_id.{key}", "")
                for key in ("user_id", "app_id")
            )
            self.scope = rpcs.find_scope(found, self.actor, user_id, app_id)
            self.role = self.scope.role_of_actor if self.scope is not None else ""  # type: ignore[union-attr]

    def check_permissions(self, request: Request) -> None:
        if self.scope is not None:
            super().check_permissions(request)

    def read_request(self) -> Any:
        """Return the message of the request: body or query string, and over them what the path names."""
        kind = messages.method(self.action)[0]
        if self.request.method == "GET":
            data: Any = messages.read_query(kind, self.request.query_params)
        else:
            data = self.get_data()
        found = messages.read(kind, data)
        for name, value in self.kwargs.items():
            setattr(found.user_app_id if name in ("user_id", "app_id") else found, name, value)
        return found

    def get_data(self) -> Any:
        """Return the parsed body, an empty object for none."""
        return super().get_data() if self.request.stream is not None else {}

    @property
    def query_parameters(self) -> Sequence[Mapping[str, Any]]:  # type: ignore[override]
        """The parameters of the query string, for the OpenAPI document."""
        return schemas.query_parameters(self.action)

    @classmethod
    def get_schema_components(cls) -> Mapping[str, Any]:
        return schemas.components(cls.permission_actions)


def _action(found: rpcs.Rpc) -> Callable[..., Response]:
    """Return the action of an RPC; its docstring is the handler's."""

    def action(self: RpcViewSet, request: Request, **kwargs: Any) -> Response:
        call = rpcs.Call(self.actor, self.origin, self.scope)
        response = rpcs.answer(found, call, self.read_request())
        return Response(messages.write(response), status=statuses.http_status(response.status.code))

    action.__doc__, action.__module__ = found.handler.__doc__, found.handler.__module__
    action.__name__ = found.name
    return action
