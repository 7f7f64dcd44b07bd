"""All addresses of DataRobot in one table, mounted at /api/v2/."""

from __future__ import annotations

from django.urls import re_path

from api.common.routes import addresses

from .views.projects import ProjectViewSet
from .views.version import VersionViewSet
from .viewsets import UnknownAddressView

P = "projects/<str:projectId>/"

ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    *addresses(
        [
            ("version/", VersionViewSet, {"get": "retrieve"}),
            ("projects/", ProjectViewSet, {"get": "list"}),
            (P, ProjectViewSet, ONE),
        ]
    ),
    re_path(r"^[\s\S]*$", UnknownAddressView.as_view()),
]
