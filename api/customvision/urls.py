"""All addresses of Custom Vision in one table, mounted at /customvision/ for all versions alike."""

from __future__ import annotations

from django.urls import include, path, re_path, register_converter

from api.common.routes import addresses

from .versions import VersionConverter
from .views.domains import DomainViewSet
from .views.images import ImageViewSet, TaggedImageViewSet, UntaggedImageViewSet
from .views.projects import ProjectViewSet
from .views.regions import ImageRegionViewSet, ImageTagViewSet
from .views.tags import TagViewSet
from .viewsets import UnknownAddressView

register_converter(VersionConverter, "customvision_version")

P = "projects/<str:projectId>"

ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
ADD_AND_REMOVE = {"post": "create", "delete": "destroy"}

_TRAINING = addresses(
    [
        ("domains", DomainViewSet, {"get": "list"}),
        ("domains/<str:domainId>", DomainViewSet, {"get": "retrieve"}),
        ("projects", ProjectViewSet, {"get": "list", "post": "create"}),
        (P, ProjectViewSet, ONE),
        (f"{P}/tags", TagViewSet, {"get": "list", "post": "create"}),
        (f"{P}/tags/<str:tagId>", TagViewSet, ONE),
        (f"{P}/images", ImageViewSet, {"get": "list", "post": "create", "delete": "destroy"}),
        (f"{P}/images/id", ImageViewSet, {"get": "list_by_ids"}),
        (f"{P}/images/count", ImageViewSet, {"get": "count"}),
        (f"{P}/images/tagged", TaggedImageViewSet, {"get": "list"}),
        (f"{P}/images/tagged/count", TaggedImageViewSet, {"get": "count"}),
        (f"{P}/images/untagged", UntaggedImageViewSet, {"get": "list"}),
        (f"{P}/images/untagged/count", UntaggedImageViewSet, {"get": "count"}),
        (f"{P}/images/files", ImageViewSet, {"post": "create_from_base64"}),
        (f"{P}/images/metadata", ImageViewSet, {"post": "add_metadata"}),
        (f"{P}/images/regions", ImageRegionViewSet, ADD_AND_REMOVE),
        (f"{P}/images/tags", ImageTagViewSet, ADD_AND_REMOVE),
    ]
)

urlpatterns = [
    path("<customvision_version:version>/training/", include(_TRAINING)),
    re_path(r"^[\s\S]*$", UnknownAddressView.as_view()),
]
