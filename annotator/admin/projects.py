"""Admin of projects."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from annotator.models import Project, ProjectClock
from annotator.services.projects import projects

from .base import ReadOnlyAdmin, ServiceAdmin, act, actor_of


@admin.action(description=_("Move selected projects to the trash"))
def trash(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: projects.trash(actor=actor_of(request), project=row),
        ngettext_lazy(
            "%(count)d project moved to the trash.", "%(count)d projects moved to the trash.", "count"
        ),
    )


@admin.action(description=_("Restore selected projects"))
def restore(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: projects.restore(actor=actor_of(request), project=row),
        ngettext_lazy("%(count)d project restored.", "%(count)d projects restored.", "count"),
    )


@admin.register(Project)
class ProjectAdmin(ServiceAdmin):
    list_display = ("name", "workspace", "content_type", "owner", "created_at", "trashed_at")
    list_filter = ("content_type", "workspace", ("trashed_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace", "owner")
    search_fields = ("name", "ref", "description")
    editable = ("name", "description")
    exclude = ("name_key", "sort_key")
    actions = (trash, restore)

    def write(self, request: HttpRequest, row: Project, changed: dict[str, Any]) -> None:
        projects.update(actor=actor_of(request), project=row, changes=changed)


@admin.register(ProjectClock)
class ProjectClockAdmin(ReadOnlyAdmin):
    list_display = ("project", "seq", "media_number", "concept_number", "job_number")
    list_select_related = ("project",)
    search_fields = ("project__name",)
