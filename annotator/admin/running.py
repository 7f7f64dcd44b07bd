"""Admin of jobs, events, leases and heartbeats."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from annotator.models import AppliedOp, Event, Job, Lease, WorkerBeat
from annotator.services.jobs import jobs

from .base import ReadOnlyAdmin, act, actor_of


@admin.action(description=_("Cancel selected jobs"))
def cancel(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: jobs.cancel(actor=actor_of(request), job=row),
        ngettext_lazy("Cancelling %(count)d job.", "Cancelling %(count)d jobs.", "count"),
    )


@admin.action(description=_("Retry selected jobs"))
def retry(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: jobs.retry(actor=actor_of(request), job=row),
        ngettext_lazy("%(count)d job queued again.", "%(count)d jobs queued again.", "count"),
    )


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = (
        "kind",
        "number",
        "project",
        "state",
        "percent",
        "message",
        "started_by",
        "created_at",
        "error",
    )
    list_filter = ("state", "kind", "workspace")
    list_select_related = ("project", "started_by")
    search_fields = ("kind", "error", "message")
    actions = (cancel, retry)

    @admin.display(description=_("Progress"), ordering="progress")
    def percent(self, job: Job) -> str:
        return f"{job.progress:.0%}"


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("seq", "kind", "project", "workspace", "actor", "at")
    list_filter = ("kind", "workspace")
    list_select_related = ("project", "workspace", "actor")
    search_fields = ("kind", "object_id", "media_id")


@admin.register(AppliedOp)
class AppliedOpAdmin(ReadOnlyAdmin):
    list_display = ("op_id", "media", "user", "at")
    list_select_related = ("media", "user")
    search_fields = ("op_id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return AppliedOp.objects.all()


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    list_display = ("name", "holder", "until")
    search_fields = ("name", "holder")


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "at")
    search_fields = ("name",)
