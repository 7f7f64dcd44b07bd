"""Exports and imports of a project: start them, follow their jobs, download files, read loss reports."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Invalid
from annotator.domain.ids import parse_uuid
from annotator.models import ContentType, Job, Upload
from annotator.services.exchange import predictions
from annotator.services.exchange.exports import drawn, exports
from annotator.services.exchange.imports import imports
from annotator.services.media import uploads, urls as media_urls
from annotator.services.media.selection import MediaSelection, any_of
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import filters, jobs as job_rows, tiles
from annotator.web.templatetags.ui import num
from annotator.web.views.uploads import find_dataset

KINDS = ("export", "import_coco", "import_archive", "import_predictions")
FORMAT_NAMES = {
    "json_coco": "COCO",
    "json_v1.1": "JSON 1.1",
    "yolo": "YOLO",
    "pascal": "Pascal VOC",
    "semantic_png": gettext_lazy("Semantic PNG"),
    "images": gettext_lazy("Images only"),
    "videos": gettext_lazy("Videos only"),
}


@require_safe
@project_page
def export_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the forms and the project's exports and imports; `?part=rows` returns the table's body."""
    rows, more = job_rows.page(scope.actor, show="", project=scope.project, kinds=KINDS)
    if request.GET.get("part") == "rows":
        return render(request, "jobs/_rows.html", {"rows": rows})
    total = tiles.total(scope.project.pk, MediaSelection())
    offered = exports.formats_of(scope.project)
    is_video = _has_videos(scope)
    bar = filters.bar(scope.project, MediaSelection())
    wanted = ("status", "dataset") if is_video else ("status", "concept", "tag", "dataset")
    context = {
        "formats": [(key, name) for key, name in FORMAT_NAMES.items() if key in offered],
        "is_video": is_video,
        "menus": [menu for menu in bar.menus if menu.key in wanted],
        "rows": rows,
        "more": more,
        "bar": bar,
        "total": total,
        "orders": drawn.LABEL_ORDERS,
    }
    return render(
        request, "exports/page.html", {**page_context.project(request, scope, "exports"), **context}
    )


@require_POST
@project_call
def start_export(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Start an export of the selected media; without a selection, of all."""
    job = exports.start(
        actor=scope.actor,
        project=scope.project,
        format_name=request.POST.get("format", ""),
        selection=_selection(request),
        label_classes=_many(request, "class"),
        name=request.POST.get("name", "") or scope.project.ref,
        include_images=bool(request.POST.get("include_images")),
        link_origin=request.build_absolute_uri("/").rstrip("/") if request.POST.get("links") else None,
        semantic_format=request.POST.get("semantic_format") or None,
        labels_order=tuple(filter(None, request.POST.getlist("labels_order"))),
    )
    return forms.respond(request, to=_page(scope), toast=_("Export started."), stay=True, id=str(job.pk))


@require_POST
@project_call
def preview_export(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Say how many images and objects, or videos and segments, an export with the fields of its form would hold: {text}."""
    media, inside = exports.count(
        actor=scope.actor,
        project=scope.project,
        selection=_selection(request),
        label_classes=_many(request, "class"),
    )
    if _has_videos(scope):
        words = (
            ngettext("%(n)s video", "%(n)s videos", media),
            ngettext("%(n)s segment", "%(n)s segments", inside),
        )
    else:
        words = (
            ngettext("%(n)s image", "%(n)s images", media),
            ngettext("%(n)s object", "%(n)s objects", inside),
        )
    return forms.as_json({"text": f"{words[0] % {'n': num(media)}}, {words[1] % {'n': num(inside)}}"})


@require_POST
@project_call
def import_slot(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Create an upload slot for the file of an import."""
    (slot,) = uploads.create_slots(actor=scope.actor, project=scope.project, count=1, style="resumable")
    return forms.as_json({"id": slot.pk, "url": media_urls.upload(slot)})


@require_POST
@project_call
def start_import(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Start the import of an uploaded file: {upload, name, dataset | new_dataset}."""
    fields = forms.read(request)
    name = forms.text(fields, "new_dataset")
    job = imports.start(
        actor=scope.actor,
        project=scope.project,
        upload=_upload(scope, fields),
        dataset=None if name else find_dataset(scope, fields.get("dataset")),
        new_dataset=name,
    )
    return _import_started(request, scope, job)


@require_POST
@project_call
def start_predictions(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Start the import of an uploaded file of predictions: {upload, name, model}."""
    fields = forms.read(request)
    job = predictions.start(
        actor=scope.actor, project=scope.project, upload=_upload(scope, fields), model=forms.text(fields, "model")
    )  # fmt: skip
    return _import_started(request, scope, job)


def _upload(scope: Scope, fields: Mapping[str, Any]) -> Upload:
    """Return the upload that a request names, under the name of its file."""
    upload = uploads.find(project=scope.project, upload_id=fields.get("upload"), field="upload")
    upload.name = forms.text(fields, "name")[:1000]
    return upload


def _import_started(request: HttpRequest, scope: Scope, job: Job) -> HttpResponse:
    return forms.respond(request, to=_page(scope), toast=_("Import started."), stay=True, id=str(job.pk))


def _has_videos(scope: Scope) -> bool:
    return scope.project.content_type == ContentType.VIDEOS


def _selection(request: HttpRequest) -> MediaSelection:
    since = request.POST.get("status_since", "")
    try:
        moment = datetime.fromisoformat(since) if since else None
    except ValueError:
        raise Invalid("status_since must be a time.", field="status_since") from None
    if moment is not None and is_naive(moment):
        raise Invalid("status_since needs a time zone.", field="status_since")
    return MediaSelection(
        datasets=any_of(_many(request, "dataset")),
        tags=any_of(_many(request, "tag")),
        statuses=any_of(_many(request, "status")),
        status_since=moment,
    )


def _many(request: HttpRequest, name: str) -> tuple[uuid.UUID, ...]:
    found = [parse_uuid(value) for value in request.POST.getlist(name) if value]
    if None in found:
        raise Invalid(f"{name} must be an id.", field=name)
    return tuple(key for key in found if key is not None)


def _page(scope: Scope) -> str:
    return reverse("exports", args=[scope.project.pk])
