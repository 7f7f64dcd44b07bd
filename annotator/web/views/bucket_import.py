"""The page that imports files from the buckets of a project's workspace: folders to choose from, the import and its jobs."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import policy
from annotator.domain.ids import parse_uuid
from annotator.models import Bucket, ContentType
from annotator.services.buckets import buckets, reading
from annotator.services.exchange import bucket_import
from annotator.services.projects import dataset_order
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import jobs as job_rows
from annotator.web.views.uploads import find_dataset


@require_safe
@project_page
def import_page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the form and the project's imports from buckets; `?part=rows` returns the body of their table."""
    policy.require(scope.actor, scope.project, "media.upload")
    rows, _more = job_rows.page(scope.actor, show="", project=scope.project, kinds=(bucket_import.JOB,))
    if request.GET.get("part") == "rows":
        return render(request, "jobs/_rows.html", {"rows": rows})
    found = Bucket.objects.visible_to(scope.actor).filter(workspace=scope.workspace).defer("secret")
    context = {
        "rows": rows,
        "buckets": found.order_by("created_at", "id"),
        "datasets": dataset_order.in_order(scope.project),
        "dataset": parse_uuid(request.GET.get("dataset", "")),
        "is_video": scope.project.content_type == ContentType.VIDEOS,
    }
    return render(
        request, "buckets/import.html", {**page_context.project(request, scope, "media"), **context}
    )


@require_safe
@project_call
def browse(request: HttpRequest, scope: Scope, bucket_id: uuid.UUID) -> HttpResponse:
    """Return the folders and files directly below `?prefix=`: {folders: [..], files: [..], more}."""
    bucket = buckets.find(workspace=scope.workspace, key=bucket_id, field="bucket")
    prefix = request.GET.get("prefix", "")
    found = reading.browse(actor=scope.actor, project=scope.project, bucket=bucket, prefix=prefix)
    return forms.as_json({"folders": found.folders, "files": found.keys, "more": found.is_cut})


@require_POST
@project_call
def start(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Start an import: {bucket, prefix, dataset | new_dataset, copy}."""
    fields = forms.read(request)
    bucket = buckets.find(workspace=scope.workspace, key=forms.one_id(fields, "bucket"), field="bucket")
    is_video = scope.project.content_type == ContentType.VIDEOS
    options: dict[str, Any] = {
        "actor": scope.actor,
        "bucket": bucket,
        "prefix": forms.text(fields, "prefix"),
        "is_copied": is_video or forms.boolean(fields, "copy"),
        "asset_type": "videos" if is_video else "images",
    }
    if fields.get("dataset"):
        job = bucket_import.start(dataset=find_dataset(scope, fields["dataset"]), **options)
    else:
        job = bucket_import.start_in_new_dataset(
            project=scope.project, name=forms.text(fields, "new_dataset"), **options
        )
    to = reverse("bucket-import", args=[scope.project.pk])
    return forms.respond(request, to=to, toast=_("Import started."), stay=True, id=str(job.pk))
