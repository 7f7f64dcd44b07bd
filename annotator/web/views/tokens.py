"""API tokens: create (shown once) and revoke, with code for each vendor's package that calls this server."""

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
from annotator.web import forms, page_context
from annotator.web.actors import actor_of, page
from annotator.web.scopes import Scope, project_scope, workspace_scope
from annotator.web.selectors import tokens as selectors
from annotator.web.selectors.snippets import snippets

DAYS = ("", "30", "90", "365")


@require_safe
@page
def token_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "rows": selectors.tokens(actor),
        "workspaces": selectors.workspaces(actor),
        "snippets": snippets(_base(request)),
    }
    return render(request, "tokens/page.html", {**page_context.base(request), **context})


@require_POST
@page
def create(request: HttpRequest) -> HttpResponse:
    """Create a token of the user, limited to a workspace or project; its text is only in this response."""
    fields, actor = forms.read(request), actor_of(request)
    limit, expires = _token_scope(actor, forms.text(fields, "limit")), _expiry(forms.text(fields, "days"))
    token, text = tokens.create(
        actor=actor,
        name=forms.text(fields, "name"),
        workspace=limit.workspace,
        project=limit.project_or_none,
        expires_at=expires,
    )
    context = {"token": token, "text": text, "snippets": snippets(_base(request), text)}
    if forms.wants_json(request):
        listed = {"rows": selectors.tokens(actor), "workspaces": True}
        return forms.as_json(
            {
                "to": None,
                "html": render_to_string("tokens/_made.html", context, request),
                "list": render_to_string("tokens/_list.html", listed, request),
            }
        )
    return render(request, "tokens/made.html", {**page_context.base(request), **context})


def _token_scope(actor: Actor, given: str) -> Scope:
    """Return the scope of a token: "workspace:<id>" or "project:<id>"."""
    kind, _sep, key = given.partition(":")
    found = forms.one_id({"limit": key}, "limit")
    return project_scope(actor, found) if kind == "project" else workspace_scope(actor, found)


@require_POST
@page
def revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    tokens.revoke(actor=actor_of(request), token_id=token_id)
    return forms.respond(request, to="/tokens/", toast=_("Token revoked."))


def _expiry(days: str) -> datetime | None:
    if days not in DAYS:
        raise Invalid("Choose when the token expires.", field="days")
    return timezone.now() + timedelta(days=int(days)) if days else None


def _base(request: HttpRequest) -> str:
    """Return the URL of this server without a trailing slash."""
    return request.build_absolute_uri("/").rstrip("/")
