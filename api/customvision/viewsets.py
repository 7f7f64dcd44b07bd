"""The base viewsets of the Custom Vision dialect."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.domain.errors import Invalid, Missing
from annotator.models import Media, Project
from api.common import viewsets
from api.common.files import FileParser
from api.common.negotiation import PreferredOrFirst
from api.common.parsers import JSONParser
from api.common.renderers import FastJSONRenderer

from .annotations import AnnotatedImage, annotate
from .authentication import CustomVisionAuthentication
from .exceptions import CustomVisionErrorSerializer, exception_handler
from .pagination import TakeSkipPagination
from .renderers import TextXMLRenderer, XMLRenderer
from .versions import VERSIONS


class CustomVisionView(viewsets.DialectView):
    """What all views under /customvision have."""

    dialect = "CustomVision"
    authentication_classes: Any = (CustomVisionAuthentication,)
    renderer_classes = (FastJSONRenderer, XMLRenderer, TextXMLRenderer)
    parser_classes = (JSONParser,)
    content_negotiation_class = PreferredOrFirst
    pagination_class: Any = TakeSkipPagination
    exception_handler = staticmethod(exception_handler)
    error_serializer_class = CustomVisionErrorSerializer
    bare_list_actions = frozenset({"list", "list_by_ids", "suggest"})
    path_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "version": {"type": "string", "enum": list(VERSIONS)}
    }
    #: The codes of the viewset's errors, by the domain's code or by the name of the input.
    error_codes: ClassVar[Mapping[str, str]] = {}

    def missing(self, noun: str) -> Missing:
        """Return the error for an object that is not there, or that the actor cannot see, with its own code."""
        return Missing(f"There is no such {noun}.", code=f"NotFound{noun.title()}")


class UnknownAddressView(CustomVisionView, viewsets.UnknownAddressView):
    """Every other address under /customvision."""


class CustomVisionViewSet(CustomVisionView, viewsets.DialectViewSet):
    """Addresses that name no project."""


class ProjectViewSet(CustomVisionView, viewsets.ProjectViewSet):
    """Addresses of one project and of its rows."""

    project_url_kwarg = "projectId"
    #: What reads the bodies of actions that are sent files.
    file_parsers: ClassVar[Mapping[str, type[FileParser]]] = {}

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        found: Any = super().initialize_request(request, *args, **kwargs)
        if self.action in self.file_parsers:
            found.parsers = [self.file_parsers[self.action]()]
        return found  # type: ignore[no-any-return]

    def resolve_path(self) -> None:
        """Find the objects that the path names; which of them is missing, the code of the error says."""
        try:
            super().resolve_path()
        except Missing:
            if self.lookup_url_kwarg in self.kwargs:  # raises for a project that the actor cannot see
                key = self.parse_key(self.kwargs[self.project_url_kwarg], "project")
                self.parse_key(self.kwargs[self.lookup_url_kwarg or ""], self.object_noun)
                self.find(Project.objects.all, "project", pk=key)
            raise


class ProjectImagesViewSet(ProjectViewSet):
    """Addresses of the images of a project."""

    queryset = Media.objects.filter(kind="image")

    def get_images(self) -> QuerySet[Any]:
        """Return the images of the project with all that a response holds of them but their annotations."""
        rows: Any = self.get_queryset()
        found: QuerySet[Any] = rows.with_home().select_related("blob")
        return found

    def get_images_by_id(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Media]:
        """Return images by their ids; ids that name none are left out."""
        wanted = set(keys)
        return self.get_images().in_bulk(wanted) if wanted else {}

    def get_named_images(self, keys: Iterable[uuid.UUID], field: str) -> dict[uuid.UUID, Media]:
        """Return images that a body names, by their ids. Raises Invalid when one is not there."""
        wanted = set(keys)
        found = self.get_images_by_id(wanted)
        if missing := wanted - found.keys():
            message = f"There is no image {min(missing)} in this project."
            raise Invalid(message, field=field, code="BadRequestInvalidIds")
        return found

    def annotate_in_order(self, keys: Iterable[uuid.UUID]) -> list[AnnotatedImage]:
        """Return images with their annotations in the order of their ids, each once. At most three queries."""
        wanted = list(dict.fromkeys(keys))
        return annotate(self.get_queryset(), wanted, self.absolute) if wanted else []

    def respond_batch(self, summary: Mapping[str, Any], *, is_successful: bool) -> Response:
        """Return what became of each item of a batch: 200, or 207 unless all went well."""
        return self.respond(summary, status=200 if is_successful else 207)
