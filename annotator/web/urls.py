"""Addresses of our own pages and of the labeling page's calls."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from annotator.web import editor_api
from annotator.web.views import label, sign_in_link

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/link/<str:secret>/", sign_in_link.sign_in_link, name="sign-in-link"),
    path("sign-in/link/<str:secret>", sign_in_link.sign_in_link),
    path("label/<uuid:media_id>/", label.label_page, name="label"),
    path("label/<uuid:media_id>", label.label_page),
    path("web/media/<uuid:media_id>/state", editor_api.media_state, name="media-state"),
    path("web/media/<uuid:media_id>/changes", editor_api.media_changes, name="media-changes"),
    path("web/projects/<uuid:project_id>/events", editor_api.project_events, name="project-events"),
    path("web/projects/<uuid:project_id>/film", editor_api.project_film, name="project-film"),
]
