"""The labeling page: a shell with what it must know to start; pictures and labels come by annotator.web.editor_api."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator.models import Media, User
from annotator.services.projects import projects
from annotator.web.actors import actor_of, page
from annotator.web.media_filter import MediaFilter
from annotator.web.selectors import label as selectors
from annotator.web.strings import editor_strings


@require_safe
@page
def label_page(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Show one picture; `?` and the filters of the media list give the order of next and previous."""
    media = selectors.find_media(actor_of(request), media_id)
    projects.opened(project=media.project)
    boot = boot_of(request, media, MediaFilter.read(request.GET).query())
    context = {"boot": boot, "media": media, "project": media.project}
    return render(request, "label/page.html", context | selectors.first_fetches(media, boot["filter"]))


def boot_of(request: HttpRequest, media: Media, query: str) -> dict[str, Any]:
    """Return the page's first knowledge (docs/editor-protocol.md, `boot`)."""
    user, project = request.user, media.project
    assert isinstance(user, User)
    return {
        "v": 1,
        "user": {"id": user.pk, "name": user.shown_name, "initials": user.initials, "hue": user.hue},
        "project": {"id": project.pk, "name": project.name},
        "media": media.pk,
        "urls": {
            "state": "/web/media/{id}/state",
            "changes": "/web/media/{id}/changes",
            "events": f"/web/projects/{project.pk}/events",
            "film": f"/web/projects/{project.pk}/film",
            "ws": f"/ws/projects/{project.pk}/",
            "label_page": "/label/{id}/",
            "media_page": f"/projects/{project.pk}/media/",
            "classes_page": f"/projects/{project.pk}/classes/",
            "project_page": f"/projects/{project.pk}/",
            "sign_in": settings.LOGIN_URL,
        },
        **selectors.vocabulary(project.pk),
        "people": selectors.people(project.workspace_id),
        "csrf": get_token(request),
        "debug": settings.DEBUG_EDITOR,
        "filter": query,
        "strings": editor_strings(),
    }
