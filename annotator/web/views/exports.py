"""Exports and imports of a project: begun here, followed as jobs, downloaded, with what a format could not say."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Invalid
from annotator.domain.ids import parse_uuid
from annotator.services.exchange.exports import exports
from annotator.services.exchange.exports.rows import Selection
from annotator.services.exchange.imports import imports
from annotator.services.media import uploads, urls as media_urls
from annotator.services.projects import datasets
from annotator.web import forms, frames
from annotator.web.media_filter import MediaFilter
from annotator.web.places import Place, project_call, project_page
from annotator.web.selectors import filters, jobs as job_rows, tiles
from annotator.web.views.uploads import find_dataset

KINDS = ("export", "import_coco", "import_archive")


@require_safe
@project_page
def export_list(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the forms and the project's exports and imports; `?part=rows` is the table's body."""
    rows, more = job_rows.page(place.actor, shown="", project=place.project, kinds=KINDS)
    if request.GET.get("part") == "rows":
        return render(request, "jobs/_rows.html", {"rows": rows})
    total = tiles.total(place.project.pk, MediaFilter())
    shown = {"rows": rows, "more": more, "bar": filters.bar(place.project, MediaFilter()), "total": total}
    return render(request, "exports/page.html", {**frames.project(request, place, "exports"), **shown})


@require_POST
@project_call
def start_export(request: HttpRequest, place: Place) -> HttpResponse:
    """Begin an export of what is chosen; nothing chosen is everything."""
    selection = Selection(
        datasets=_many(request, "dataset"),
        tags=_many(request, "tag"),
        concepts=_many(request, "class"),
        statuses=_many(request, "status"),
    )
    job = exports.start(
        actor=place.actor,
        project=place.project,
        format_name=request.POST.get("format", ""),
        selection=selection,
        name=request.POST.get("name", "") or place.project.ref,
        link_origin=request.build_absolute_uri("/").rstrip("/") if request.POST.get("links") else None,
    )
    return forms.done(request, to=_page(place), toast=_("Export started."), stay=True, id=str(job.pk))


@require_POST
@project_call
def import_slot(request: HttpRequest, place: Place) -> HttpResponse:
    """Open a slot for the file of an import."""
    (slot,) = uploads.create_slots(actor=place.actor, project=place.project, count=1, style="resumable")
    return forms.as_json({"id": slot.pk, "url": media_urls.upload(slot)})


@require_POST
@project_call
def start_import(request: HttpRequest, place: Place) -> HttpResponse:
    """Begin the import of a sent file: {upload, name, dataset | new_dataset}."""
    fields = forms.read(request)
    upload = uploads.find(project=place.project, upload_id=fields.get("upload"), field="upload")
    upload.name = forms.words(fields, "name")[:1000]
    name = forms.words(fields, "new_dataset")
    dataset = (
        datasets.create(actor=place.actor, project=place.project, name=name)
        if name
        else find_dataset(place, fields.get("dataset"))
    )
    job = imports.start(actor=place.actor, project=place.project, dataset=dataset, upload=upload)
    return forms.done(request, to=_page(place), toast=_("Import started."), stay=True, id=str(job.pk))


def _many(request: HttpRequest, name: str) -> tuple[uuid.UUID, ...]:
    found = [parse_uuid(value) for value in request.POST.getlist(name) if value]
    if None in found:
        raise Invalid(f"{name} must be an id.", field=name)
    return tuple(key for key in found if key is not None)


def _page(place: Place) -> str:
    return reverse("exports", args=[place.project.pk])
