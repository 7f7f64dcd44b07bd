"""Datasets of a project: create, rename, reorder, delete with undo."""

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
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import datasets as selectors
from annotator.web.templatetags.ui import num


@require_safe
@project_page
def dataset_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    context = {"rows": selectors.datasets(scope.project)}
    return render(
        request, "datasets/page.html", {**page_context.project(request, scope, "datasets"), **context}
    )


@require_POST
@project_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    created = datasets.create(
        actor=scope.actor,
        project=scope.project,
        name=forms.text(fields, "name"),
        description=forms.text(fields, "description"),
    )
    return forms.respond(request, to=_page(scope), id=str(created.pk), name=created.name)


@require_POST
@project_call
def change(request: HttpRequest, scope: Scope, dataset_id: uuid.UUID) -> HttpResponse:
    fields, row = forms.read(request), _dataset(scope, dataset_id)
    changes = {name: forms.text(fields, name) for name in ("name", "description") if name in fields}
    datasets.update(actor=scope.actor, dataset=row, changes=changes)
    return forms.respond(request, to=_page(scope), toast=_("%(name)s saved.") % {"name": row.name}, stay=True)


@require_POST
@project_call
def reorder(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Move a dataset before another one (`before`), or to the end."""
    fields = forms.read(request)
    before = forms.one_id(fields, "before") if fields.get("before") else None
    dataset_order.reorder(
        actor=scope.actor, project=scope.project, dataset_id=forms.one_id(fields, "id"), before=before
    )
    return forms.respond(request, to=_page(scope), stay=True)


@require_POST
@project_call
def trash(request: HttpRequest, scope: Scope, dataset_id: uuid.UUID) -> HttpResponse:
    row = _dataset(scope, dataset_id)
    count = datasets.trash(actor=scope.actor, dataset=row)
    toast = (
        ngettext("%(name)s deleted, %(n)s video", "%(name)s deleted, %(n)s videos", count)
        if scope.project.content_type == "VIDEOS"
        else ngettext("%(name)s deleted, %(n)s image", "%(name)s deleted, %(n)s images", count)
    ) % {"name": row.name, "n": num(count)}
    undo = {"url": reverse("dataset-restore", args=[scope.project.pk, row.pk]), "body": {}}
    return forms.respond(request, to=_page(scope), toast=toast, undo=undo)


@require_POST
@project_call
def restore(request: HttpRequest, scope: Scope, dataset_id: uuid.UUID) -> HttpResponse:
    row = Dataset.all_objects.filter(project=scope.project, pk=dataset_id).select_related("project").first()
    if row is None:
        raise Missing("There is no such dataset.")
    datasets.restore(actor=scope.actor, dataset=row)
    return forms.respond(request, to=_page(scope), toast=_("%(name)s restored.") % {"name": row.name})


def _dataset(scope: Scope, dataset_id: uuid.UUID) -> Dataset:
    found = (
        Dataset.objects.filter(project=scope.project, pk=dataset_id)
        .select_related("project", "project__workspace")
        .first()
    )
    if found is None:
        raise Missing("There is no such dataset.")
    return found


def _page(scope: Scope) -> str:
    return reverse("datasets", args=[scope.project.pk])
