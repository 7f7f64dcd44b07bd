"""The page of activity types, for projects of videos; its script writes through the endpoints of classes, in the role "segment"."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator.web import page_context
from annotator.web.scopes import Scope, project_page
from annotator.web.selectors import activities as selectors


@require_safe
@project_page
def activity_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the activity types with the number of segments of each."""
    context = {"rows": selectors.rows(scope.project)}
    return render(
        request, "activities/page.html", {**page_context.project(request, scope, "activities"), **context}
    )
