"""The view of all dialects: credential, path, role, query and body in the one order of refusals, then one call and its answer.

A dialect derives its own base view and says four things: who asks (`actor`), how a list is paged (`page`), how an object
is named (`render`), how a refusal looks (`error_status`, `error_body`). Its views say which objects a path names
(`find`) and hold one method for each HTTP method, marked with its `operation`.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator import policy
from annotator.db import prepared
from annotator.domain.actor import Actor
from annotator.domain.errors import Busy, DomainError, Missing
from annotator.models import Project, Workspace

from . import links
from .errors import Broken, NotAllowed, as_refusal
from .operations import Operation, operation_of
from .parsers import parse_json
from .query import given
from .shapes import ListOf

_log = logging.getLogger("api")
_WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")


class FirstOf(BaseContentNegotiation):
    """The parser is the view's only one; the renderer is the one that the Accept header likes best, else the first of all."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        if len(renderers) > 1:
            for wanted in _by_preference(request.META.get("HTTP_ACCEPT", "")):
                for renderer in renderers:
                    kind = renderer.media_type
                    if wanted in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
                        return renderer, kind
        return renderers[0], renderers[0].media_type


def _by_preference(accept: str) -> list[str]:
    """Return the media types of an Accept header, the most wanted first; those with q=0 and a q that is none are left out."""
    found = []
    for part in accept.split(","):
        kind, *parameters = (word.strip().lower() for word in part.split(";"))
        weight = next((word[2:].strip() for word in parameters if word.startswith("q=")), "1")
        if kind and _WEIGHT.fullmatch(weight) and float(weight) > 0:
            found.append((-float(weight), kind))
    return [kind for _, kind in sorted(found, key=lambda pair: pair[0])]


class DialectView(APIView):
    """One address of one dialect. An instance lives for one request.

    While a handler runs: `who` is the actor, `place` the project or workspace that the path names and `role` the
    actor's role in it, `asked` the values of the query, `body` those of the body. A handler returns what the answer
    says, None for an empty one, or a Response of its own.
    """

    content_negotiation_class = FirstOf
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    #: The security scheme of OpenAPI under its name.
    credential: ClassVar[dict[str, Any]] = {}
    #: The dialect's name, which begins the names of its components in the schema.
    dialect: ClassVar[str] = ""
    #: The type of a refusal's body, for the schema.
    error_type: ClassVar[Any] = None
    is_documented: ClassVar[bool] = True
    #: The schema of all parameters of paths, and those of parameters that have one of their own.
    path_schema: ClassVar[dict[str, Any]] = {"type": "string"}
    path_schemas: ClassVar[dict[str, dict[str, Any]]] = {}

    who: Actor
    place: Project | Workspace | None = None
    role: str = ""
    promise: Operation
    asked: dict[str, Any]
    body: Any = None

    # --- what a dialect says ---

    def actor(self, request: HttpRequest) -> Actor:
        """Return who asks, by the dialect's header. Raises Denied (code "unauthenticated") or Busy."""
        raise NotImplementedError

    def page(self, rows: QuerySet[Any]) -> Any:
        """Return the dialect's answer for the asked page of rows, each by `render`."""
        raise NotImplementedError

    def render(self, row: Any) -> Any:
        """Return a row under the dialect's names."""
        raise NotImplementedError

    def error_status(self, error: DomainError) -> int:
        """Return the status of a refusal."""
        raise NotImplementedError

    def error_body(self, error: DomainError) -> Any:
        """Return the body of a refusal."""
        raise NotImplementedError

    def page_schema(self, item: dict[str, Any], promise: Operation) -> dict[str, Any]:
        """Return the schema of a list of items, for operations that promise one as `gives=[Item]`."""
        return {"type": "array", "items": item}

    def find(self, **path: str) -> None:
        """Find the objects that the path names and set `place` and `role`. Raises Missing for what the actor cannot see."""

    # --- the order of things ---

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs = args, kwargs
        wrapped: Request = self.initialize_request(request, *args, **kwargs)
        self.request = wrapped
        self.headers = self.default_response_headers
        try:
            chosen = FirstOf().select_renderer(wrapped, self.get_renderers())
            wrapped.accepted_renderer, wrapped.accepted_media_type = chosen
            response = self._answer(request)
        except Exception as error:
            response = self._refuse(request, error)
        return self.finalize_response(wrapped, response, *args, **kwargs)

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {"Cache-Control": "no-store"}

    def _answer(self, request: HttpRequest) -> Response:
        self.who = self.actor(request)
        name = (request.method or "").lower()
        handler = getattr(self, name, None) if name in self.http_method_names else None
        if handler is None:
            raise NotAllowed(name.upper(), self.allowed_methods)
        self.promise = promise = operation_of(handler)
        self.find(**self.kwargs)
        if promise.may:
            self.check(promise.may)
        self.asked = promise.query.read(given(request)) if promise.query else {}
        if promise.body is not None:
            self.body = self.read_body(promise)
        answer = handler()
        return answer if isinstance(answer, Response) else Response(answer, status=promise.status)

    def check(self, action: str) -> None:
        """Raise Denied when the role that `find` has found, or the token, does not allow the action."""
        if self.place is None:
            raise RuntimeError("find must set place before a role can be checked")
        policy.permit(self.who, self.place, self.role, action)

    def read_body(self, promise: Operation) -> Any:
        """Return what the body says, checked and renamed."""
        assert promise.body is not None
        content = self.request._request.body
        if not content and promise.is_body_optional:
            return promise.body.read([] if isinstance(promise.body, ListOf) else {})
        return promise.body.read(parse_json(content))

    def _refuse(self, request: HttpRequest, error: Exception) -> Response:
        refusal = as_refusal(error)
        if refusal is None:
            number = getattr(request, "request_id", "")
            _log.error("%s %s failed, request %s", request.method, request.path, number, exc_info=error)
            refusal = Broken(f"Something went wrong on our side; nothing was changed. Request {number}.")
        response = Response(self.error_body(refusal), status=self.error_status(refusal))
        if isinstance(refusal, Busy) and refusal.retry_after:
            response["Retry-After"] = str(max(1, round(refusal.retry_after)))
        if isinstance(refusal, NotAllowed):
            response["Allow"] = ", ".join(refusal.allowed)
        return response

    @property
    def allowed_methods(self) -> list[str]:
        return [name.upper() for name in self.http_method_names if getattr(self, name, None)]

    def absolute(self, path: str) -> str:
        """Return the absolute address of a path of ours, by the host that was asked."""
        return links.absolute(self.request, path)


class Unknown(DialectView):
    """Mixed before a dialect's base view: every address under its prefix that it does not have."""

    http_method_names = [*DialectView.http_method_names, "options", "trace"]
    is_documented = False

    def find(self, **path: str) -> None:
        raise Missing("There is no such address.")

    def get(self) -> None:
        """Never reached: `find` refuses."""

    head = post = put = patch = delete = options = trace = get  # type: ignore[assignment]


def seen_by(
    rows: Callable[[], QuerySet[Any]], actor: Actor, noun: str, *, code: str | None = None, **keys: uuid.UUID
) -> Any:
    """Return the one row with these ids that the actor can see, with her role there as `role_of_actor`; Missing otherwise.

    `rows` is one function of the view's, see models.prepared; `code` is that of the refusal. One query.
    """
    found = prepared.visible_one(rows, actor, **keys)
    if found is None:
        raise Missing(f"There is no such {noun}.", code=code)
    return found
