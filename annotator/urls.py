"""The composition root of HTTP: all dialects, all pages."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("annotator.web.urls")),
    path("", include("api.urls")),
    path("admin/", admin.site.urls),
]
