"""Jobs: list, cancel, retry, undo; the page fetches the rows again while jobs run."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator.domain.errors import Invalid, Missing
from annotator.domain.ids import parse_uuid
from annotator.models import Job
from annotator.services.jobs import jobs
from annotator.services.media import bulk
from annotator.services.vocabulary import merges
from annotator.web import forms, page_context
from annotator.web.actors import actor_of, page, signed_in
from annotator.web.scopes import project_scope
from annotator.web.selectors import home as projects, jobs as selectors


@require_safe
@page
def job_list(request: HttpRequest) -> HttpResponse:
    """Show the jobs of all projects or of `?project=`, filtered by `?show=running|failed`; `?part=rows` returns the table's body."""
    actor, part = actor_of(request), _list_context(request)
    if request.GET.get("part") == "rows":
        return render(request, "jobs/_rows.html", part)
    more = {"counts": selectors.counts(actor, part["project"]), "groups": projects.names(actor)}
    return render(request, "jobs/page.html", {**page_context.base(request), **part, **more})


def _list_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context for the jobs that the query string selects."""
    show, project_id = request.GET.get("show", ""), request.GET.get("project", "")
    if show not in selectors.FILTERS:
        raise Invalid("show must be running or failed.", field="show")
    project = (
        project_scope(actor_of(request), parse_uuid(project_id) or uuid.UUID(int=0)).project
        if project_id
        else None
    )
    start = forms.integer(request.GET, "start", 0, high=1_000_000)
    rows, more = selectors.page(actor_of(request), show=show, project=project, start=start)
    return {
        "rows": rows,
        "more": more,
        "start": start,
        "next": start + selectors.PAGE,
        "show": show,
        "project": project,
    }


@require_POST
@signed_in
def cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    jobs.cancel(actor=actor_of(request), job=_job(request, job_id))
    return forms.respond(request, to="/jobs/", toast=_("Cancelling the job …"), stay=True)


@require_POST
@signed_in
def retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    jobs.retry(actor=actor_of(request), job=_job(request, job_id))
    return forms.respond(request, to="/jobs/", toast=_("Job queued again."), stay=True)


def _job(request: HttpRequest, job_id: uuid.UUID) -> Job:
    found = (
        Job.objects.visible_to(actor_of(request))
        .select_related("project", "workspace", "artifact")
        .filter(pk=job_id)
        .first()
    )
    if found is None:
        raise Missing("There is no such job.")
    return found


@require_POST
@signed_in
def undo(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Undo the change of a finished job from its reverse file: immediately, or by another job if it was large."""
    actor, job = actor_of(request), _job(request, job_id)
    if job.project is None:
        raise Missing("This cannot be undone.")
    service = merges if job.kind in ("merge", "delete_class") else bulk
    other = service.undo(actor=actor, project=job.project, job=job)
    toast = _("Undone.") if other is None else _("Undoing …")
    return forms.respond(request, to="/jobs/", toast=toast, stay=True, job=str(other.pk) if other else None)


@require_safe
@signed_in
def state(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Return the state of a job, for a page that waits for it; `undo` if its change can be undone."""
    job = _job(request, job_id)
    row = selectors.row_of(job, actor_of(request), {})
    undo = {"url": reverse("job-undo", args=[job.pk]), "body": {}} if row.may_undo else None
    data = {
        "kind": job.kind,
        "state": job.state,
        "percent": row.percent,
        "name": row.name,
        "text": row.outcome,
        "undo": undo,
        "download": row.download,
    }
    refused = (
        job.result.get("refused", 0) + job.result.get("broken", 0) if job.kind == "import_archive" else 0
    )
    return forms.as_json({**data, "problems": job.result.get("problems", []), "refused": refused})
