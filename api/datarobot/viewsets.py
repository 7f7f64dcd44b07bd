"""The base viewsets of the DataRobot dialect."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response

from api.common import viewsets
from api.common.negotiation import PreferredOrFirst
from api.common.parsers import JSONParser
from api.common.renderers import FastJSONRenderer

from .authentication import DataRobotAuthentication
from .exceptions import DataRobotErrorSerializer, exception_handler
from .pagination import DataRobotPagination


class DataRobotView(viewsets.DialectView):
    """What all views under /api/v2 have."""

    dialect = "DataRobot"
    authentication_classes = (DataRobotAuthentication,)
    renderer_classes = (FastJSONRenderer,)
    parser_classes = (JSONParser,)
    content_negotiation_class = PreferredOrFirst
    pagination_class: Any = DataRobotPagination
    exception_handler = staticmethod(exception_handler)
    error_serializer_class = DataRobotErrorSerializer

    def link(self, path: str) -> str:
        """Return the absolute address of a path below /api/v2/, at the address that was asked."""
        return self.absolute(f"/api/v2/{path}")

    def respond_at(self, path: str, body: Any = None, *, status: int = 202) -> Response:
        """Return a response whose Location is a path below /api/v2/: 202 for what is being done, 303 for where it is."""
        return Response(body, status=status, headers={"Location": self.link(path)})


class UnknownAddressView(DataRobotView, viewsets.UnknownAddressView):
    """Every other address under /api/v2."""


class DataRobotViewSet(DataRobotView, viewsets.DialectViewSet):
    """Addresses that name no project."""


class ProjectViewSet(DataRobotView, viewsets.ProjectViewSet):
    """Addresses of one project and of its rows."""

    project_url_kwarg = "projectId"
