"""The calls of the labeling page about issues: list, open, comment, resolve, delete."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from annotator.server.json_body import read_object
from annotator.services.review import issues
from annotator.web import forms
from annotator.web.actors import actor_of, signed_in
from annotator.web.forms import as_json
from annotator.web.selectors import issues as selectors, label


def _comment_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request says of the comment that it writes: its text, who is mentioned, its id, and the page."""
    return {
        "body": body.get("text"),
        "mentions": forms.many_ids(body, "mentions", issues.MAX_MENTIONS) if body.get("mentions") else [],
        "key": forms.one_id(body, "id") if body.get("id") is not None else None,
        "client": forms.client(body),
    }


@require_safe
@signed_in
def issue_list(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Return the issues of an image with their comments, oldest first."""
    media = label.find_media(actor_of(request), media_id)
    return as_json({"items": selectors.of_media(media.pk)})


@require_POST
@signed_in
def create(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Open an issue with a first comment; without x and y it is about the whole image."""
    actor = actor_of(request)
    media = label.find_media(actor, media_id)
    body = read_object(request)
    issues.create(actor=actor, media=media, x=body.get("x"), y=body.get("y"), **_comment_of(body))
    return as_json({"items": selectors.of_media(media.pk)})


@require_POST
@signed_in
def comment(request: HttpRequest, issue_id: uuid.UUID) -> HttpResponse:
    """Add a comment."""
    actor = actor_of(request)
    issue = issues.find(actor, issue_id)
    issues.comment(actor=actor, issue=issue, **_comment_of(read_object(request)))
    return as_json({"items": selectors.of_media(issue.media_id)})


@require_POST
@signed_in
def resolve(request: HttpRequest, issue_id: uuid.UUID) -> HttpResponse:
    """Resolve an issue, or open it again."""
    actor = actor_of(request)
    issue = issues.find(actor, issue_id)
    body = read_object(request)
    issues.resolve(
        actor=actor, issue=issue, is_resolved=forms.boolean(body, "is_resolved"), client=forms.client(body)
    )
    return as_json({"items": selectors.of_media(issue.media_id)})


@require_POST
@signed_in
def delete(request: HttpRequest, issue_id: uuid.UUID) -> HttpResponse:
    """Delete an issue with its comments."""
    actor = actor_of(request)
    issue = issues.find(actor, issue_id)
    issues.delete(actor=actor, issue=issue, client=forms.client(read_object(request)))
    return as_json({"items": selectors.of_media(issue.media_id)})
