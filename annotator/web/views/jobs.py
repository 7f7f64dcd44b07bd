"""Jobs: how long work stands, cancel, try again; the rows are fetched again while something runs."""

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
from annotator.web import forms, frames
from annotator.web.actors import actor_of, page, signed_in
from annotator.web.places import project_place
from annotator.web.selectors import home as projects, jobs as selectors


@require_safe
@page
def job_list(request: HttpRequest) -> HttpResponse:
    """Show jobs of all projects or of `?project=`, narrowed by `?show=running|failed`; `?part=rows` is the table's body."""
    actor, part = actor_of(request), _asked(request)
    if request.GET.get("part") == "rows":
        return render(request, "jobs/_rows.html", part)
    around = {"counts": selectors.counts(actor, part["project"]), "groups": projects.names(actor)}
    return render(request, "jobs/page.html", {**frames.plain(request), **part, **around})


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Return the jobs that the address asks for."""
    shown, wanted = request.GET.get("show", ""), request.GET.get("project", "")
    if shown not in selectors.SHOWN:
        raise Invalid("show must be running or failed.", field="show")
    project = (
        project_place(actor_of(request), parse_uuid(wanted) or uuid.UUID(int=0)).project if wanted else None
    )
    start = forms.whole(request.GET, "start", 0, high=1_000_000)
    rows, more = selectors.page(actor_of(request), shown=shown, project=project, start=start)
    return {
        "rows": rows,
        "more": more,
        "start": start,
        "next": start + selectors.PAGE,
        "show": shown,
        "project": project,
    }


@require_POST
@signed_in
def cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    jobs.cancel(actor=actor_of(request), job=_job(request, job_id))
    return forms.done(request, to="/jobs/", toast=_("Cancelling the job …"), stay=True)


@require_POST
@signed_in
def retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    jobs.retry(actor=actor_of(request), job=_job(request, job_id))
    return forms.done(request, to="/jobs/", toast=_("Job queued again."), stay=True)


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
    """Undo what a finished job changed, from its reverse file: at once, or by another job when it was much."""
    actor, job = actor_of(request), _job(request, job_id)
    if job.project is None:
        raise Missing("This cannot be undone.")
    service = merges if job.kind in ("merge", "delete_class") else bulk
    other = service.undo(actor=actor, project=job.project, job=job)
    toast = _("Undone.") if other is None else _("Undoing …")
    return forms.done(request, to="/jobs/", toast=toast, stay=True, job=str(other.pk) if other else None)


@require_safe
@signed_in
def state(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Return how one job stands, for a page that waits for it; `undo` where its change can be taken back."""
    job = _job(request, job_id)
    row = selectors.row_of(job, actor_of(request), {})
    undo = {"url": reverse("job-undo", args=[job.pk]), "body": {}} if row.may_undo else None
    facts = {
        "state": job.state,
        "percent": row.percent,
        "name": row.name,
        "text": row.outcome,
        "undo": undo,
        "download": row.download,
    }
    return forms.as_json({**facts, "problems": job.result.get("problems", [])})
