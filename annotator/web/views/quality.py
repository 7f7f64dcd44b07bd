"""Quality findings of a project: filtered and paged by the address, and the whole log as text."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator.domain.chunks import chunks
from annotator.domain.errors import Invalid
from annotator.services.insight.quality_log import SEVERITIES, QualityLog
from annotator.web import forms, page_context
from annotator.web.display_names import SEVERITY_NAMES
from annotator.web.scopes import Scope, project_page
from annotator.web.selectors import quality as selectors
from annotator.web.selectors.quality import PAGE, QualityFilter

FIELDS = ("severity", "code", "dataset", "name")
MAX_START = 10_000_000
_LINES = 500


@require_safe
@project_page
def quality(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """Show the findings from `?start=` on, in the order in which images were added, or send all with `?format=txt`."""
    if request.GET.get("format") == "txt":
        return _text(scope)
    return _page(request, scope)


def _page(request: HttpRequest, scope: Scope) -> HttpResponse:
    chosen = _filter(request)
    query = {name: request.GET[name] for name in FIELDS if request.GET.get(name)}
    start = forms.integer(request.GET, "start", 0, high=MAX_START)
    rows, total = selectors.page(scope.project, chosen, start)
    counts = selectors.counts(scope.project)
    after, before = start + PAGE, max(0, start - PAGE)
    context = {
        "rows": rows,
        "total": total,
        "counts": counts,
        "severities": [(key, SEVERITY_NAMES[key], number) for key, number in counts.severities],
        "datasets": selectors.datasets(scope.project),
        "chosen": chosen,
        "first": start + 1,
        "last": start + len(rows),
        "is_filtered": bool(query),
        "previous": "?" + urlencode({**query, "start": before}) if start else "",
        "next": "?" + urlencode({**query, "start": after}) if after < total else "",
    }
    return render(
        request, "quality/page.html", {**page_context.project(request, scope, "quality"), **context}
    )


def _text(scope: Scope) -> StreamingHttpResponse:
    log = QualityLog(project=scope.project)
    response = StreamingHttpResponse(_parts(log), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{scope.project.ref}-quality-log.txt"'
    return response


def _parts(log: QualityLog) -> Iterator[str]:
    for lines in chunks(log, _LINES):
        yield "".join(f"{line}\n" for line in lines)


def _filter(request: HttpRequest) -> QualityFilter:
    severity = request.GET.get("severity", "")
    if severity and severity not in SEVERITIES:
        raise Invalid("severity must be error, warning or info.", field="severity")
    return QualityFilter(
        severity=severity,
        code=request.GET.get("code", "")[:40].replace("\x00", ""),
        dataset=forms.one_id(request.GET, "dataset") if request.GET.get("dataset") else None,
        name=request.GET.get("name", "").strip()[:200].replace("\x00", ""),
    )
