"""The page of one video: the browser's own player, and what is known of the file."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator.domain.errors import Missing
from annotator.models import DatasetItem, Media, MediaKind, VideoFacts
from annotator.services import event_rows
from annotator.services.media import urls as media_urls
from annotator.services.video import playing
from annotator.web import page_context
from annotator.web.actors import actor_of, page
from annotator.web.scopes import project_scope


@require_safe
@page
def video(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Show one video; while it is read, the page follows its job."""
    actor = actor_of(request)
    rows = Media.objects.visible_to(actor).filter(kind=MediaKind.VIDEO).select_related("blob", "status")
    media = rows.filter(pk=media_id).first()
    if media is None:
        raise Missing("There is no such video.")
    scope = project_scope(actor, media.project_id)
    head = event_rows.head(media.project_id)
    home = DatasetItem.all_objects.filter(media=media, is_home=True).select_related("dataset").get()
    played = playing.playable(media, name=home.name)
    context = {
        "media": media, "home": home, "played": played, "original": media_urls.addresses(media, name=home.name).original,
        "facts": VideoFacts.objects.filter(media=media).defer("frames").first(), "is_made": "/proxy/" in (played.url or ""),
        "boot": {"project": media.project_id, "media": media.pk, "head": head},
    }  # fmt: skip
    return render(
        request, "media/video.html", _named(page_context.project(request, scope, "media") | context)
    )


def _named(context: dict[str, Any]) -> dict[str, Any]:
    """The last part of the path at the top is the video's name."""
    return context | {"tab_label": context["home"].name}
