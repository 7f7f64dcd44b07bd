"""The labeling page: a shell with what it must know to start; images and labels come by annotator.web.editor_api."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotator.models import Media, MediaKind
from annotator.services.projects.usage import project_usage
from annotator.web import media_filter
from annotator.web.actors import actor_of, page, user_of
from annotator.web.selectors import label as selectors


@require_safe
@page
def label_page(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Show one image, or send on to the page of a video; `?` and the filters of the media list give the order of next and previous."""
    media = selectors.find_media(actor_of(request), media_id)
    if media.kind == MediaKind.VIDEO:
        return redirect("video", media_id=media.pk)
    project_usage.note(media.project)
    selection = media_filter.for_labeling(media_filter.read(request.GET))
    boot = boot_of(request, media, media_filter.query_string(selection))
    context = {"boot": boot, "media": media, "project": media.project}
    return render(request, "label/page.html", context | selectors.preload_urls(media, boot["filter"]))


def boot_of(request: HttpRequest, media: Media, query: str) -> dict[str, Any]:
    """Return what the page starts with: its session, its image and the filter (docs/editor-protocol.md)."""
    session = selectors.session(user_of(request), media.project, csrf=get_token(request))
    return {**session, "media": media.pk, "filter": query}
