"""The base viewsets of the Coactive dialect."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from annotator.domain import ids
from annotator.domain.errors import Invalid
from annotator.models import Project, Workspace
from api.common import viewsets
from api.common.files import FileParser
from api.common.parsers import JSONParser
from api.common.renderers import FastJSONRenderer

from .authentication import CoactiveAuthentication
from .exceptions import CoactiveErrorSerializer, exception_handler
from .pagination import CoactivePagination


@contextmanager
def located(place: str) -> Iterator[None]:
    """Let errors of input in the block say where it was: "path", "query" or "body"."""
    try:
        yield
    except ValidationError as error:
        raise ValidationError({place: error.detail}) from None


class CoactiveView(viewsets.DialectView):
    """What all views under /api/v0 and /api/v1 have."""

    dialect = "Coactive"
    authentication_classes = (CoactiveAuthentication,)
    renderer_classes = (FastJSONRenderer,)
    parser_classes = (JSONParser,)
    pagination_class: Any = CoactivePagination
    exception_handler = staticmethod(exception_handler)
    error_serializer_class = CoactiveErrorSerializer


class UnknownAddressView(CoactiveView, viewsets.UnknownAddressView):
    """Every other address under /api/v0 and /api/v1."""


class CoactiveViewSet(CoactiveView, viewsets.DialectViewSet):
    """Addresses that name at most one object: by an id that is a UUID, else 422."""

    #: What the object that the path names is called in messages.
    object_noun: ClassVar[str] = ""
    #: The order of a list: fields, each with "asc" or "desc".
    sort_fields: ClassVar[Sequence[tuple[str, str]]] = ()
    #: What reads the bodies of actions that are sent files.
    file_parsers: ClassVar[Mapping[str, type[FileParser]]] = {}

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        found: Any = super().initialize_request(request, *args, **kwargs)
        if self.action in self.file_parsers:
            found.parsers = [self.file_parsers[self.action]()]
        return found  # type: ignore[no-any-return]

    def get_validated_data(self) -> Any:
        with located("body"):
            return super().get_validated_data()

    def get_validated_query(self) -> dict[str, Any]:
        with located("query"):
            return super().get_validated_query()

    def path_key(self, name: str) -> uuid.UUID:
        """Return an id of the path. Raises ValidationError for one that is not a UUID."""
        key = ids.parse_uuid(self.kwargs[name])
        if key is None:
            raise ValidationError({"path": {name: ErrorDetail("must be a UUID.", code="invalid")}})
        return key

    def find_in_project(self, rows: Callable[[], QuerySet[Any]], noun: str, key: uuid.UUID) -> Any:
        """Return the row of a project that the actor can see, and make its project the scope."""
        row = self.find(rows, noun, pk=key)
        self.scope, self.role = row.project, row.role_of_actor
        return row

    @property
    def project(self) -> Project:
        """The project of the object that the path names."""
        assert isinstance(self.scope, Project)
        return self.scope


class WorkspaceViewSet(CoactiveViewSet):
    """Addresses at the level of the account: what they write is in the only workspace that the token reaches."""

    #: The workspaces that the actor sees.
    workspaces: list[Workspace]

    def resolve_path(self) -> None:
        super().resolve_path()
        if self.scope is None and self.permission_actions[self.action] is not None:
            self.workspaces = list(Workspace.objects.with_role(self.actor))

    def check_permissions(self, request: Request) -> None:
        """Ask the role in the workspace, where it is clear which."""
        if self.scope is None and self.permission_actions[self.action] is not None:
            if len(self.workspaces) != 1:
                return
            self.scope, self.role = self.workspaces[0], self.workspaces[0].role_of_actor  # type: ignore
        super().check_permissions(request)

    def get_workspace(self) -> Workspace:
        """Return the workspace. Raises Invalid where the token reaches several or none."""
        if len(self.workspaces) != 1:
            raise Invalid("This token reaches several workspaces; use one that is limited to a workspace.")
        return self.workspaces[0]
