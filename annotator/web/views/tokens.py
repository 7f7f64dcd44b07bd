"""API tokens: made and shown once, revoked, with snippets that work on this server."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.services.accounts import tokens
from annotator.web import forms, frames
from annotator.web.actors import actor_of, page
from annotator.web.places import Place, project_place, workspace_place
from annotator.web.selectors import tokens as selectors

LIVES = ("", "30", "90", "365")


@require_safe
@page
def token_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    shown = {
        "rows": selectors.tokens(actor),
        "workspaces": selectors.workspaces(actor),
        "base": _base(request),
    }
    return render(request, "tokens/page.html", {**frames.plain(request), **shown})


@require_POST
@page
def create(request: HttpRequest) -> HttpResponse:
    """Make a token of one's own, limited to a workspace or project; its text is in this answer and never again."""
    fields, actor = forms.read(request), actor_of(request)
    limit, expires = _limit(actor, forms.words(fields, "limit")), _expiry(forms.words(fields, "days"))
    token, text = tokens.create(
        actor=actor,
        name=forms.words(fields, "name"),
        workspace=limit.workspace,
        project=limit.project_or_none,
        expires_at=expires,
    )
    shown = {"token": token, "text": text, "base": _base(request)}
    if forms.wants_json(request):
        return forms.as_json({"to": None, "html": render_to_string("tokens/_made.html", shown, request)})
    return render(request, "tokens/made.html", {**frames.plain(request), **shown})


def _limit(actor: Actor, given: str) -> Place:
    """Return the place that a token reaches: "workspace:<id>" or "project:<id>"."""
    kind, _sep, key = given.partition(":")
    found = forms.one_id({"limit": key}, "limit")
    return project_place(actor, found) if kind == "project" else workspace_place(actor, found)


@require_POST
@page
def revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    tokens.revoke(actor=actor_of(request), token_id=token_id)
    return forms.done(request, to="/tokens/", toast=_("Token revoked."))


def _expiry(days: str) -> datetime | None:
    if days not in LIVES:
        raise Invalid("Choose when the token expires.", field="days")
    return timezone.now() + timedelta(days=int(days)) if days else None


def _base(request: HttpRequest) -> str:
    """Return this server's address without a slash at the end, as clients want it."""
    return request.build_absolute_uri("/").rstrip("/")
