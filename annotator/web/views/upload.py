"""The upload page: dataset and handling of existing names; see uploads for the endpoints."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import policy
from annotator.domain.ids import parse_uuid
from annotator.services.projects import dataset_order
from annotator.web import page_context
from annotator.web.scopes import Scope, project_page


@require_safe
@project_page
def upload(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the drop zone and the datasets; `?dataset=` preselects one."""
    policy.require(scope.actor, scope.project, "media.upload")
    context = {
        "datasets": dataset_order.in_order(scope.project),
        "dataset": parse_uuid(request.GET.get("dataset", "")),
    }
    return render(request, "upload/page.html", {**page_context.project(request, scope, "media"), **context})
