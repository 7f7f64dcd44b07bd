"""The overview of a project, kept true while people work, and the way to the next picture."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from annotator.domain.errors import Invalid
from annotator.services import event_rows
from annotator.services.projects import projects
from annotator.web import forms, frames
from annotator.web.places import Place, project_page
from annotator.web.selectors import overview as selectors


@require_safe
@project_page
def project(request: HttpRequest, place: Place) -> HttpResponse:
    """Show how the project stands, or how to begin; `?part=live` is what changes, fetched again by the page."""
    days = forms.whole(request.GET, "days", 28, high=90)
    if days not in selectors.PERIODS:
        raise Invalid("days must be 7, 28 or 90.", field="days")
    head = event_rows.head(place.project.pk)
    if selectors.is_empty(place.project):
        return render(request, "project/empty.html", frames.project(request, place, "project"))
    shown = {"o": selectors.overview(place, days), "periods": selectors.PERIODS, "head": head}
    if request.GET.get("part") == "live":
        return render(
            request,
            "project/_live.html",
            {**shown, "project": place.project, "workspace": place.workspace, "may": place.grants},
        )
    projects.opened(project=place.project)
    return render(request, "project/page.html", {**frames.project(request, place, "project"), **shown})


@require_safe
@project_page
def label_next(request: HttpRequest, place: Place) -> HttpResponse:
    """Go to the first picture that waits for this person, or back to the media when there is none."""
    found = selectors.next_media(place.project, place.role)
    return redirect(reverse("label", args=[found]) if found else reverse("media", args=[place.project.pk]))
