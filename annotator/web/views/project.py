"""The overview of a project with live updates, and the redirect to the next image."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from annotator.domain.errors import Invalid
from annotator.services import event_rows
from annotator.services.projects.usage import project_usage
from annotator.web import forms, media_filter, page_context
from annotator.web.scopes import Scope, project_page
from annotator.web.selectors import overview as selectors, tiles


@require_safe
@project_page
def project(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the progress of the project, or the first steps; `?part=live` returns the part that the page refreshes."""
    days = forms.integer(request.GET, "days", 28, high=90)
    if days not in selectors.PERIODS:
        raise Invalid("days must be 7, 28 or 90.", field="days")
    head = event_rows.head(scope.project.pk)
    if selectors.is_empty(scope.project):
        context = {**page_context.project(request, scope, "project"), "head": head}
        return render(request, "project/empty.html", context)
    context = {
        "o": selectors.overview(scope, days),
        "periods": selectors.PERIODS,
        "head": head,
        "reviews": selectors.reviews(scope),
    }
    if request.GET.get("part") == "live":
        return render(
            request,
            "project/_live.html",
            {
                **context,
                "project": scope.project,
                "workspace": scope.workspace,
                "may": scope.grants,
                "is_videos": scope.project.content_type == "VIDEOS",
            },
        )
    project_usage.note(scope.project)
    return render(
        request, "project/page.html", {**page_context.project(request, scope, "project"), **context}
    )


@require_safe
@project_page
def label_next(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Redirect to the next image for this user, with filters to the first of their list; to the media page if there is none."""
    selection = media_filter.read(request.GET)
    query = media_filter.query_string(selection)
    found = (
        next(iter(tiles.ids(scope.project.pk, selection, 0, 1)), None)
        if query
        else selectors.next_media(scope.project, scope.role)
    )
    path = reverse("label", args=[found]) if found else reverse("media", args=[scope.project.pk])
    return redirect(f"{path}?{query}" if query else path)


@require_safe
@project_page
def review_next(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Redirect to the first image to review, in the list of all of them; to the overview if there is none."""
    found = selectors.next_review(scope.project)
    if found is None:
        return redirect(reverse("project", args=[scope.project.pk]))
    media, selection = found
    return redirect(f"{reverse('label', args=[media])}?{media_filter.query_string(selection)}")
