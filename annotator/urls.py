"""The composition root of HTTP: all dialects, all pages."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

apps.get_app_config("admin").load()  # type: ignore[attr-defined]

urlpatterns = [
    path("", include("annotator.web.urls")),
    path("", include("api.urls")),
    path("admin/", admin.site.urls),
]
