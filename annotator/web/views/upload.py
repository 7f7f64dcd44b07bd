"""The page for uploading: where files go, what becomes of a name that is there already; the bytes go elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import policy
from annotator.domain.ids import parse_uuid
from annotator.services.projects import dataset_order
from annotator.web import frames
from annotator.web.places import Place, project_page


@require_safe
@project_page
def upload(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the drop zone with the datasets to choose from; `?dataset=` is chosen already."""
    policy.require(place.actor, place.project, "media.upload")
    shown = {
        "datasets": dataset_order.in_order(place.project),
        "dataset": parse_uuid(request.GET.get("dataset", "")),
    }
    return render(request, "upload/page.html", {**frames.project(request, place, "media"), **shown})
