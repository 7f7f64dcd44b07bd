"""Mounts the dialects at their native paths; they do not collide."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from . import docs
from .clarifai.viewsets import UnknownAddressView as NotOfClarifai
from .coactive import urls as coactive
from .coactive.viewsets import UnknownAddressView as NotOfCoactive
from .customvision.viewsets import UnknownAddressView as NotOfCustomVision
from .datarobot.viewsets import UnknownAddressView as NotOfDataRobot
from .hasty.viewsets import UnknownAddressView as NotOfHasty

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/schema/", docs.schema, name="api_schema"),
    path("api/schema", docs.schema),
    path("api/docs/", docs.page, name="api_docs"),
    path("api/docs", docs.page),
    path("v1", NotOfHasty.as_view()),
    path("v1/", include("api.hasty.urls")),
    path("api/v2", NotOfDataRobot.as_view()),
    path("api/v2/", include("api.datarobot.urls")),
    path("api/v0", NotOfCoactive.as_view()),
    path("api/v0/", include(coactive.V0)),
    path("api/v1", NotOfCoactive.as_view()),
    path("api/v1/", include(coactive.V1)),
    path("v2", NotOfClarifai.as_view()),
    path("v2/", include("api.clarifai.urls")),
    path("customvision", NotOfCustomVision.as_view()),
    path("customvision/", include("api.customvision.urls")),
]
