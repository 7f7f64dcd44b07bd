"""Augmentation lists of a project: list, create, the page of one with its preview, delete with undo."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.augmentation import DEFAULT_PROBABILITY, MAX_NEW_IMAGES, defaults
from annotator.domain.errors import Invalid
from annotator.domain.text import check_int
from annotator.services.insight import augmentation, augmentation_samples
from annotator.web import forms, page_context
from annotator.web.scopes import Scope, project_call, project_page
from annotator.web.selectors import augmentation as selectors

#: Copies of an image that a preview shows at most.
PREVIEW_COPIES = 4
_FIELDS = ("name", "number_of_new_images", "probability", "transformations", "is_initial")
_KEPT = (*_FIELDS, "feature", "id")


@require_safe
@project_page
def augmentation_lists(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the lists with what they enable."""
    context = {"rows": selectors.rows(scope.project)}
    return render(
        request, "augmentation/page.html", {**page_context.project(request, scope, "augmentation"), **context}
    )


@require_safe
@project_page
def augmentation_list(request: HttpRequest, scope: Scope, list_id: uuid.UUID) -> HttpResponse:
    """Show one list with sliders and switches, and a preview on images of the project."""
    found = augmentation.find(scope.project, list_id)
    context = {
        "list": found,
        "controls": selectors.controls(found.transformations),
        "images": selectors.images(scope.project),
        "is_installed": augmentation_samples.is_installed(),
        "max_new_images": MAX_NEW_IMAGES,
    }
    return render(
        request, "augmentation/list.html", {**page_context.project(request, scope, "augmentation"), **context}
    )


@require_POST
@project_call
def create(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Create a list of the transformations that are on by default."""
    fields = {
        "name": forms.text(forms.read(request), "name"),
        "probability": DEFAULT_PROBABILITY,
        "number_of_new_images": 1,
        "transformations": defaults(),
    }
    made = augmentation.create(actor=scope.actor, project=scope.project, fields=fields)
    to = reverse("augmentation-list", args=[scope.project.pk, made.pk])
    return forms.respond(request, to=to, toast=_("%(name)s created.") % {"name": made.name})


@require_POST
@project_call
def change(request: HttpRequest, scope: Scope, list_id: uuid.UUID) -> HttpResponse:
    """Save what is sent: name, number_of_new_images, probability, transformations, is_initial."""
    fields = forms.read(request)
    changes = {name: fields[name] for name in _FIELDS if name in fields}
    saved = augmentation.update(
        actor=scope.actor, augmentation_list=augmentation.find(scope.project, list_id), changes=changes
    )
    to = reverse("augmentation-list", args=[scope.project.pk, saved.pk])
    return forms.respond(request, to=to, toast=_("%(name)s saved.") % {"name": saved.name}, stay=True)


@require_POST
@project_call
def delete(request: HttpRequest, scope: Scope, list_id: uuid.UUID) -> HttpResponse:
    """Delete a list; the undo in the response restores it."""
    found = augmentation.find(scope.project, list_id)
    kept = augmentation.delete(actor=scope.actor, augmentation_list=found)
    undo = {"url": reverse("augmentation-restore", args=[scope.project.pk]), "body": kept}
    toast = _("%(name)s deleted.") % {"name": kept["name"]}
    return forms.respond(request, to=_page(scope), toast=toast, undo=undo)


@require_POST
@project_call
def restore(request: HttpRequest, scope: Scope) -> HttpResponse:
    fields = forms.read(request)
    missing = [name for name in _KEPT if name not in fields]
    if missing:
        raise Invalid(f"{missing[0]} is missing.", field=missing[0])
    kept = {name: fields[name] for name in _KEPT} | {"id": forms.one_id(fields, "id")}
    made = augmentation.restore(actor=scope.actor, project=scope.project, kept=kept)
    return forms.respond(request, to=_page(scope), toast=_("%(name)s restored.") % {"name": made.name})


@require_POST
@project_call
def preview(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Return copies of one image as the transformations sent would make them, with its labels. Nothing is stored."""
    fields = forms.read(request)
    copies = augmentation_samples.preview(
        actor=scope.actor,
        project=scope.project,
        media_id=forms.one_id(fields, "media"),
        transformations=fields.get("transformations"),
        probability=fields.get("probability"),
        copies=check_int(fields.get("copies", 1), field="copies", low=1, high=PREVIEW_COPIES),
    )
    return forms.as_json({"copies": selectors.preview(copies)})


def _page(scope: Scope) -> str:
    return reverse("augmentation", args=[scope.project.pk])
