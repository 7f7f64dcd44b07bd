"""The page of a workspace's buckets: added, changed, tried and deleted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import policy
from annotator.domain.errors import Missing
from annotator.models import Bucket, BucketProvider
from annotator.services.buckets import buckets, credentials
from annotator.web import forms, page_context
from annotator.web.display_names import BUCKET_PROVIDERS
from annotator.web.scopes import Scope, workspace_call, workspace_page


@dataclass(frozen=True, slots=True)
class BucketRow:
    """A bucket with its id as text and the name of its provider."""

    bucket: Bucket
    key: str
    provider: str


@require_safe
@workspace_page
def bucket_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    policy.require(scope.actor, scope.workspace, "bucket.manage")
    found = Bucket.objects.filter(workspace=scope.workspace).defer("secret").order_by("created_at", "id")
    context = {
        "rows": [
            BucketRow(bucket, str(bucket.pk), str(BUCKET_PROVIDERS[bucket.provider])) for bucket in found
        ],
        "providers": [
            (value, name)
            for value, name in BUCKET_PROVIDERS.items()
            if value != BucketProvider.DUMMY or settings.HAS_BUCKET_ROOT
        ],
        "has_folders": settings.HAS_BUCKET_ROOT,
        "has_roles": settings.BUCKET_ROLES,
    }
    return render(request, "buckets/page.html", {**page_context.workspace(request, scope), **context})


@require_POST
@workspace_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    provider = forms.text(fields, "cloud_provider")
    buckets.create(
        actor=scope.actor, workspace=scope.workspace, provider=provider,
        description=forms.text(fields, "description"), fields=_credentials(fields, provider),
    )  # fmt: skip
    return forms.respond(request, to=_page(scope), toast=_("Bucket added. Test whether it can be read."))


@require_POST
@workspace_call
def change(request: HttpRequest, scope: Scope, bucket_id: uuid.UUID) -> HttpResponse:
    fields, bucket = forms.read(request), _find(scope, bucket_id)
    provider = forms.text(fields, "cloud_provider", bucket.provider)
    buckets.update(
        actor=scope.actor, bucket=bucket, provider=provider,
        description=forms.text(fields, "description"), fields=_credentials(fields, provider),
    )  # fmt: skip
    return forms.respond(request, to=_page(scope), toast=_("Bucket saved."))


@require_POST
@workspace_call
def test(request: HttpRequest, scope: Scope, bucket_id: uuid.UUID) -> HttpResponse:
    """Say whether the bucket can be read, and its first file."""
    first = buckets.test(actor=scope.actor, bucket=_find(scope, bucket_id))
    found = _("The bucket can be read. Its first file is %(key)s.") % {"key": first}
    toast = found if first else _("The bucket can be read. It is empty.")
    return forms.respond(request, to=_page(scope), toast=toast, stay=True, is_tested=True)


@require_POST
@workspace_call
def delete(request: HttpRequest, scope: Scope, bucket_id: uuid.UUID) -> HttpResponse:
    buckets.delete(actor=scope.actor, bucket=_find(scope, bucket_id))
    return forms.respond(request, to=_page(scope), toast=_("Bucket deleted."))


def _find(scope: Scope, bucket_id: uuid.UUID) -> Bucket:
    found = Bucket.objects.filter(workspace=scope.workspace, pk=bucket_id).select_related("workspace").first()
    if found is None:
        raise Missing("There is no such bucket.")
    bucket: Bucket = found
    return bucket


def _credentials(fields: Mapping[str, Any], provider: str) -> dict[str, str]:
    return {name: forms.text(fields, name) for name in credentials.FIELDS.get(provider, ())}


def _page(scope: Scope) -> str:
    return reverse("buckets", args=[scope.workspace.pk])
