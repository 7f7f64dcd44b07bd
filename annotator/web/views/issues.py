"""The calls of the labeling page about issues: list and delete; what is written comes with the other changes of the image."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from annotator.server.json_body import read_object
from annotator.services.review import issues
from annotator.web import forms
from annotator.web.actors import actor_of, signed_in
from annotator.web.forms import as_json
from annotator.web.selectors import issues as selectors, label


@require_safe
@signed_in
def issue_list(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Return the issues of an image with their comments, oldest first."""
    media = label.find_media(actor_of(request), media_id)
    return as_json({"items": selectors.of_media(media.pk)})


@require_POST
@signed_in
def delete(request: HttpRequest, issue_id: uuid.UUID) -> HttpResponse:
    """Delete an issue with its comments."""
    actor = actor_of(request)
    issue = issues.find(actor, issue_id)
    issues.delete(actor=actor, issue=issue, client=forms.client(read_object(request)))
    return as_json({"items": selectors.of_media(issue.media_id)})
