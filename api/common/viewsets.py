"""The base viewset of all dialects: the order of errors, and the objects that a path names in one query.

An instance lives for one request. The order: 401 credential, 429 rate, 405 method, 404 path, 403 role, 400 query and body.
A dialect derives its own base and sets the classes of DRF: authentication, pagination, exception handler, renderers.
"""

from __future__ import annotations

import functools
import io
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ListSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from annotator.db import prepared
from annotator.domain import ids
from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import Project, Workspace
from annotator.server.bodies import ADMITTED, Admission, Answer, Refused

from .exceptions import MethodNotAllowed
from .files import FileParser
from .filters import FilterBackend, FilterSet
from .permissions import PolicyPermission
from .throttling import TokenThrottle


class DialectView(APIView):
    """What all views of a dialect share: credential, rate, and responses that no cache keeps."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    throttle_classes = (TokenThrottle,)
    format_kwarg = None  # no address has a format suffix
    #: The dialect's name, which begins the names of its components in the OpenAPI document.
    dialect: ClassVar[str] = ""
    exception_handler: ClassVar[Any]
    #: The body of errors, for the OpenAPI document.
    error_serializer_class: ClassVar[type[BaseSerializer[Any]]]

    #: Actions whose body holds files: it may be as large as ANNOTATOR_MAX_BODY_MB says.
    file_actions: ClassVar[frozenset[str]] = frozenset()
    #: Actions that decode or fetch images while the caller waits: they run in threads of their own (see asgi.py).
    decoding_actions: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def get_schema_components(cls) -> Mapping[str, Any]:
        """Return components of the OpenAPI document that the view's plain schemas refer to, by name."""
        return {}

    @property
    def max_body_bytes(self) -> int:
        """How large the body of this request may be."""
        holds_files = getattr(self, "action", None) in self.file_actions
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if holds_files else settings.MAX_JSON_BYTES
        return limit

    def admit(self, request: HttpRequest, **kwargs: Any) -> Admission:
        """Return what the request may send, after all checks of the view that need no body: `dispatch` up to the handler.

        Raises Refused with the view's response.
        """
        self.args, self.kwargs, self.headers = (), kwargs, self.default_response_headers
        self.request = checked = self.initialize_request(request, **kwargs)
        try:
            self.initial(checked, **kwargs)
        except Exception as error:
            response = self.finalize_response(checked, self.handle_exception(error), **kwargs)
            response.render()
            headers = ((name.lower().encode(), value.encode("latin-1")) for name, value in response.items())
            raise Refused(Answer(response.status_code, response.content, tuple(headers))) from None
        return Admission(
            sender=self.sender,
            limit=self.max_body_bytes,
            is_parsed=not any(isinstance(parser, FileParser) for parser in checked.parsers or ()),
        )

    @property
    def sender(self) -> str:
        """Whose turns the request takes where requests wait: those of its credential."""
        return f"token {self.actor.token_id}"

    def check_throttles(self, request: Request) -> None:
        """Count the request, once: one that was admitted before was counted then."""
        if not request.META.get(ADMITTED):
            super().check_throttles(request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return the response, which is freed when it is sent: kept by the view it would wait for the garbage collector."""
        response = super().dispatch(request, *args, **kwargs)
        del self.response
        return response

    def get_exception_handler(self) -> Callable[[Exception, Any], Response]:
        return type(self).exception_handler

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {"Cache-Control": "no-store"}

    @property
    def actor(self) -> Actor:
        """Who asks."""
        actor: Actor = self.request.auth  # type: ignore[assignment]
        return actor

    @functools.cached_property
    def origin(self) -> str:
        """`scheme://host` that was asked. Raises DisallowedHost (400) for a host that is not ours."""
        return f"{self.request.scheme}://{self.request.get_host()}"

    def absolute(self, path: str) -> str:
        """Return the absolute address of a path of ours, given percent-encoded; one that is absolute already stays."""
        return path if path.startswith(("http://", "https://")) else self.origin + path


class UnknownAddressView(DialectView):
    """Mixed before a dialect's base view: every address under its prefix that it does not have."""

    http_method_names = [*DialectView.http_method_names, "options", "trace"]

    def check_permissions(self, request: Request) -> None:
        raise Http404

    def get(self, request: Request) -> Response:
        """Never reached: the permissions refuse."""
        raise Http404

    head = post = put = patch = delete = options = trace = get  # type: ignore[assignment]


class DialectViewSet(DialectView, GenericViewSet):
    """One noun of a dialect: its actions are named in `urls.py`, each makes one service call.

    `serializer_class` writes responses (`response_serializer_classes` those of other actions), the other serializers
    read bodies and parameters by action; `filterset_class` (`filterset_classes` by action) and `pagination_class` are
    those of lists.
    """

    permission_classes = (PolicyPermission,)
    filter_backends = (FilterBackend,)
    #: The policy action of each action of the viewset; None asks nothing.
    permission_actions: ClassVar[Mapping[str, str | None]] = {}
    response_serializer_classes: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    request_serializer_classes: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    query_serializer_classes: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    filterset_classes: ClassVar[Mapping[str, type[FilterSet]]] = {}
    #: Actions that need a model: they check what they are sent and answer that none is installed, or are empty without one.
    model_actions: ClassVar[frozenset[str]] = frozenset()
    #: Actions whose body may be left out.
    optional_bodies: ClassVar[frozenset[str]] = frozenset()

    # For the OpenAPI document: actions that respond with a list in the dialect's envelope or with a bare one, statuses of success other than 200 (204 for destroy),
    # bodies by media type, where they are not that of a serializer alone, responses that are plain values, their types where they are not JSON, parameters of the path.
    list_actions: ClassVar[frozenset[str]] = frozenset({"list"})
    bare_list_actions: ClassVar[frozenset[str]] = frozenset()
    success_statuses: ClassVar[Mapping[str, tuple[int, ...]]] = {}
    body_content: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    #: Types of the files in a form, by the names of their parts.
    part_types: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    response_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    response_media_types: ClassVar[Mapping[str, str]] = {}
    path_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "uuid"}
    path_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    #: Parameters of the query string that no serializer reads, as the document has them.
    query_parameters: Sequence[Mapping[str, Any]] = ()

    #: The project or workspace that the path names, and the actor's role there.
    scope: Project | Workspace | None = None
    role: str = ""
    object: Any = None
    #: What `query_serializer_classes` has read; empty for actions without one.
    validated_query: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        chosen = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = chosen
        self.perform_authentication(request)
        self.check_throttles(request)
        if (request.method or "").lower() not in self.action_map:
            raise MethodNotAllowed(request.method or "", self.allowed_methods)
        self.resolve_path()
        self.check_permissions(request)
        self.validated_query = self.get_validated_query()

    @property
    def sender(self) -> str:
        """Whose turns the request takes: those of the workspace that the path names, else of the credential."""
        scope = self.scope
        workspace_id = scope.workspace_id if isinstance(scope, Project) else scope and scope.pk
        return f"workspace {workspace_id}" if workspace_id else super().sender

    def resolve_path(self) -> None:
        """Find the objects that the path names and set `scope`, `role` and `object`. Raises Missing."""

    def get_object(self) -> Any:
        """Return the object that the path names; `resolve_path` has found it."""
        return self.object

    def get_serializer_context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self}

    def get_serializer_class(self) -> Any:
        return self.response_serializer_classes.get(self.action) or super().get_serializer_class()

    def get_data(self) -> Any:
        """Return the parsed body; one that is empty is an empty object or list where it may be left out.

        Elsewhere it is parsed too: DRF would take it for {}. It is not read through `request.data`, which keeps the values
        until the garbage collector finds request and view: a few large bodies one after the other then fill the memory.
        """
        request: Any = self.request
        stream = request.stream
        if stream is None and self.action in self.optional_bodies:
            return [] if issubclass(self.request_serializer_classes[self.action], ListSerializer) else {}
        parser = request.negotiator.select_parser(request, request.parsers)
        if stream is None:
            stream = io.BytesIO()
        return parser.parse(stream, request.content_type, request.parser_context)

    def get_validated_data(self) -> Any:
        """Return the request's body as its serializer reads it. Raises ValidationError.

        By `run_validation`, because `is_valid` keeps all values in the serializer, which is in a cycle with its fields.
        """
        serializer = self.request_serializer_classes[self.action](context=self.get_serializer_context())
        return serializer.run_validation(self.get_data())

    def get_validated_query(self) -> dict[str, Any]:
        """Return the parameters of the query string as their serializer reads them. Raises ValidationError."""
        if self.action not in self.query_serializer_classes:
            return {}
        serializer = self.query_serializer_classes[self.action](data=self.request.query_params)
        serializer.is_valid(raise_exception=True)
        found: dict[str, Any] = serializer.validated_data
        return found

    def respond(self, instance: Any, status: int = 200) -> Response:
        """Return a response with an object, or a list of them, under the dialect's names."""
        serializer = self.get_serializer(instance, many=isinstance(instance, list))
        return Response(serializer.data, status=status)

    def missing(self, noun: str) -> Missing:
        """Return the error for an object that is not there, or that the actor cannot see."""
        return Missing(f"There is no such {noun}.")

    def parse_key(self, value: str, noun: str) -> uuid.UUID:
        """Return an id of the path; one that is not a UUID names nothing: Missing."""
        key = ids.parse_uuid(value)
        if key is None:
            raise self.missing(noun)
        return key

    def find(self, rows: Callable[[], QuerySet[Any]], noun: str, **keys: uuid.UUID) -> Any:
        """Return the row with these ids that the actor can see, with `role_of_actor`; Missing otherwise. One query.

        `rows` is the same function at each request, because its SQL is compiled once.
        """
        found = prepared.visible_one(rows, self.actor, **keys)
        if found is None:
            raise self.missing(noun)
        return found


class WorkspaceViewSet(DialectViewSet):
    """Addresses of one workspace."""

    workspace_url_kwarg: ClassVar[str] = "workspace_id"
    scope: Workspace

    def resolve_path(self) -> None:
        key = self.parse_key(self.kwargs[self.workspace_url_kwarg], "workspace")
        self.scope = self.object = self.find(Workspace.objects.all, "workspace", pk=key)
        self.role = self.scope.role_of_actor  # type: ignore[attr-defined]


def _projects_with_seq() -> QuerySet[Any]:
    return Project.objects.annotate(seq=F("clock__seq"))


class ProjectViewSet(DialectViewSet):
    """Addresses of one project, and of its rows: where the path has `lookup_url_kwarg` it names one of `queryset`.

    `object_noun` is the row's name in messages. The row, its project and the actor's role come in one query.
    """

    project_url_kwarg: ClassVar[str] = "project_id"
    object_noun: ClassVar[str] = "project"
    #: Whether the total of a list is kept until the project's next event: every write of its rows records one.
    keeps_total: ClassVar[bool] = False
    scope: Project

    @property
    def project(self) -> Project:
        return self.scope

    def resolve_path(self) -> None:
        project_id = self.parse_key(self.kwargs[self.project_url_kwarg], "project")
        value = self.kwargs.get(self.lookup_url_kwarg) if self.lookup_url_kwarg else None
        if value is None:
            self.scope = self.object = self.find(_projects_with_seq, "project", pk=project_id)
            self.role = self.scope.role_of_actor  # type: ignore[attr-defined]
        else:
            key = self.parse_key(value, self.object_noun)
            row = self.find(type(self).object_rows, self.object_noun, pk=key, project_id=project_id)
            self.object, self.scope, self.role = row, row.project, row.role_of_actor

    @property
    def version(self) -> tuple[uuid.UUID, int] | None:
        """The project and the number of its last event, as they were before the rows of a list are read.

        None when the list's total is counted for every page.
        """
        seq = getattr(self.scope, "seq", None)
        return (self.scope.pk, seq) if self.keeps_total and seq is not None else None

    @classmethod
    def object_rows(cls) -> QuerySet[Any]:
        """Return the rows that a path may name, of projects that are not in the trash, each with its project."""
        assert cls.queryset is not None
        return cls.queryset.filter(project__trashed_at__isnull=True).select_related("project")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows of the project; whoever sees the project sees them."""
        return super().get_queryset().filter(project=self.project)
