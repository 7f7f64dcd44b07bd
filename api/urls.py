"""Mounts the dialects at their native paths; they do not collide."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include("api.hasty.urls")),
]
