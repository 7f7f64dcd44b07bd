"""Domains: what projects are for."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ..domains import DOMAINS
from ..serializers.projects import DomainSerializer
from ..viewsets import CustomVisionViewSet


class DomainViewSet(CustomVisionViewSet):
    """Domains."""

    lookup_url_kwarg = "domainId"
    serializer_class = DomainSerializer
    pagination_class = None
    permission_actions = {"list": None, "retrieve": None}

    def resolve_path(self) -> None:
        if self.action == "retrieve":
            self.object = DOMAINS.get(self.parse_key(self.kwargs[self.lookup_url_kwarg], "domain"))
            if self.object is None:
                raise self.missing("domain")

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List domains."""
        return self.respond(list(DOMAINS.values()))

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Read a domain."""
        return self.respond(self.get_object())
