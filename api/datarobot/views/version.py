"""The version that the client asks for first."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from ..serializers.version import VersionSerializer
from ..viewsets import DataRobotViewSet

MAJOR, MINOR = 2, 49


class VersionViewSet(DataRobotViewSet):
    """The version of the API."""

    serializer_class = VersionSerializer
    permission_actions = {"retrieve": None}

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        """Read the version of the API that is served."""
        return self.respond({"major": MAJOR, "minor": MINOR, "versionString": f"{MAJOR}.{MINOR}.0"})
