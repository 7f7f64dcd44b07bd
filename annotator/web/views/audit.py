"""The security log of a workspace, for its owners: filtered and paged by the address, and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotator import policy
from annotator.domain.errors import Invalid
from annotator.services.security_log import Kind
from annotator.web import forms, page_context
from annotator.web.display_names import security_event_name
from annotator.web.scopes import Scope, workspace_page
from annotator.web.selectors import audit as selectors
from annotator.web.selectors.audit import AuditFilter

FIELDS = ("kind", "person", "since", "until")


@require_safe
@workspace_page
def security_log(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show one page of events, the newest first, or send them as a table with `?format=csv`."""
    policy.require(scope.actor, scope.workspace, "audit.read")
    chosen = _filter(request)
    query = {name: request.GET[name] for name in FIELDS if request.GET.get(name)}
    if request.GET.get("format") == "csv":
        return _csv(scope, chosen)
    before = forms.one_id(request.GET, "before") if request.GET.get("before") else None
    rows, more = selectors.page(scope.workspace.pk, chosen, before)
    context = {
        "rows": rows,
        "chosen": chosen,
        "people": selectors.people(scope.workspace.pk),
        "kinds": sorted(((kind.value, security_event_name(kind)) for kind in Kind), key=lambda pair: pair[1]),
        "is_filtered": bool(query),
        "days": settings.SECURITY_LOG_DAYS,
        "first": "?" + urlencode(query) if before else "",
        "older": "?" + urlencode({**query, "before": rows[-1].event.pk}) if more else "",
        "csv": "?" + urlencode({**query, "format": "csv"}),
    }
    return render(request, "audit/page.html", {**page_context.workspace(request, scope), **context})


def _csv(scope: Scope, chosen: AuditFilter) -> HttpResponse:
    rows, _more = selectors.page(scope.workspace.pk, chosen, limit=selectors.CSV_ROWS)
    text = io.StringIO()
    csv.writer(text).writerows(selectors.csv_rows(rows))
    name = f"security-log-{scope.workspace.ref}-{timezone.localdate().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _filter(request: HttpRequest) -> AuditFilter:
    kind = request.GET.get("kind", "")
    if kind and kind not in set(Kind):
        raise Invalid("kind names no event.", field="kind")
    return AuditFilter(
        kind=kind,
        person=forms.one_id(request.GET, "person") if request.GET.get("person") else None,
        since=_day(request, "since"),
        until=_day(request, "until"),
    )


def _day(request: HttpRequest, name: str) -> date | None:
    """Return a date of the query string, or raise Invalid."""
    text = request.GET.get(name, "")
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.min
    if found is not None and not 2000 <= found.year <= 2200:
        raise Invalid(f"{name} must be a date like 2026-11-30.", field=name)
    return found
