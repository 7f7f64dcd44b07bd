"""The base viewsets of the Hasty dialect."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from annotator.models import Media
from api.common import viewsets
from api.common.negotiation import PreferredOrFirst
from api.common.parsers import JSONParser
from api.common.renderers import FastJSONRenderer

from .authentication import HastyAuthentication
from .exceptions import ErrorSerializer, exception_handler
from .pagination import HastyPagination


class HastyView(viewsets.DialectView):
    """What all views under /v1 have."""

    dialect = "Hasty"
    authentication_classes = (HastyAuthentication,)
    renderer_classes = (FastJSONRenderer,)
    parser_classes = (JSONParser,)
    content_negotiation_class = PreferredOrFirst
    pagination_class: Any = HastyPagination
    exception_handler = staticmethod(exception_handler)
    error_serializer_class = ErrorSerializer


class UnknownAddressView(HastyView, viewsets.UnknownAddressView):
    """Every other address under /v1."""


class HastyViewSet(HastyView, viewsets.DialectViewSet):
    """Addresses that name no workspace and no project."""


class WorkspaceViewSet(HastyView, viewsets.WorkspaceViewSet):
    """Addresses of one workspace."""


class ProjectViewSet(HastyView, viewsets.ProjectViewSet):
    """Addresses of one project and of its rows."""


class MediumViewSet(ProjectViewSet):
    """Addresses of one medium of `media_queryset`, which is read with its project."""

    media_queryset: QuerySet[Any]

    @classmethod
    def object_rows(cls) -> QuerySet[Any]:
        return cls.media_queryset.filter(project__trashed_at__isnull=True).select_related("project")


class ImageViewSet(MediumViewSet):
    """Addresses of one image: any medium of a project that is not a video; `self.image` is it."""

    lookup_url_kwarg = "image_id"
    object_noun = "image"
    media_queryset = Media.objects.exclude(kind="video")

    @property
    def image(self) -> Media:
        image: Media = self.get_object()
        return image


class VideoViewSet(MediumViewSet):
    """Addresses of one video; `self.video` is it."""

    lookup_url_kwarg = "video_id"
    object_noun = "video"
    media_queryset = Media.objects.filter(kind="video")

    @property
    def video(self) -> Media:
        video: Media = self.get_object()
        return video
