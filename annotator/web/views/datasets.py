"""Datasets of a project: made, renamed, put in order, deleted with undo."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Missing
from annotator.models import Dataset
from annotator.services.projects import dataset_order, datasets
from annotator.web import forms, frames
from annotator.web.places import Place, project_call, project_page
from annotator.web.selectors import datasets as selectors


@require_safe
@project_page
def dataset_list(request: HttpRequest, place: Place) -> HttpResponse:
    shown = {"rows": selectors.datasets(place.project)}
    return render(request, "datasets/page.html", {**frames.project(request, place, "datasets"), **shown})


@require_POST
@project_call
def create(request: HttpRequest, place: Place) -> HttpResponse:
    fields = forms.read(request)
    made = datasets.create(
        actor=place.actor,
        project=place.project,
        name=forms.words(fields, "name"),
        description=forms.words(fields, "description"),
    )
    return forms.done(request, to=_page(place), id=str(made.pk), name=made.name)


@require_POST
@project_call
def change(request: HttpRequest, place: Place, dataset_id: uuid.UUID) -> HttpResponse:
    fields, row = forms.read(request), _dataset(place, dataset_id)
    changes = {name: forms.words(fields, name) for name in ("name", "description") if name in fields}
    datasets.update(actor=place.actor, dataset=row, changes=changes)
    return forms.done(request, to=_page(place), toast=_("%(name)s saved.") % {"name": row.name}, stay=True)


@require_POST
@project_call
def reorder(request: HttpRequest, place: Place) -> HttpResponse:
    """Put one dataset before another (`before`), or at the end."""
    fields = forms.read(request)
    before = forms.one_id(fields, "before") if fields.get("before") else None
    dataset_order.place(
        actor=place.actor, project=place.project, dataset_id=forms.one_id(fields, "id"), before=before
    )
    return forms.done(request, to=_page(place), stay=True)


@require_POST
@project_call
def trash(request: HttpRequest, place: Place, dataset_id: uuid.UUID) -> HttpResponse:
    row = _dataset(place, dataset_id)
    count = datasets.trash(actor=place.actor, dataset=row)
    toast = ngettext("%(name)s deleted, %(n)s image", "%(name)s deleted, %(n)s images", count) % {
        "name": row.name,
        "n": f"{count:,}",
    }
    undo = {"url": reverse("dataset-restore", args=[place.project.pk, row.pk]), "body": {}}
    return forms.done(request, to=_page(place), toast=toast, undo=undo)


@require_POST
@project_call
def restore(request: HttpRequest, place: Place, dataset_id: uuid.UUID) -> HttpResponse:
    row = Dataset.all_objects.filter(project=place.project, pk=dataset_id).select_related("project").first()
    if row is None:
        raise Missing("There is no such dataset.")
    datasets.restore(actor=place.actor, dataset=row)
    return forms.done(request, to=_page(place), toast=_("%(name)s restored.") % {"name": row.name})


def _dataset(place: Place, dataset_id: uuid.UUID) -> Dataset:
    found = (
        Dataset.objects.filter(project=place.project, pk=dataset_id)
        .select_related("project", "project__workspace")
        .first()
    )
    if found is None:
        raise Missing("There is no such dataset.")
    return found


def _page(place: Place) -> str:
    return reverse("datasets", args=[place.project.pk])
