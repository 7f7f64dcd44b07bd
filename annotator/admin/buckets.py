"""Admin of buckets; their secrets are written on the page of the workspace or by an API, and shown nowhere."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from annotator.models import Bucket
from annotator.services.buckets import buckets

from .base import ServiceAdmin, act, actor_of


@admin.action(description=_("Test selected buckets"))
def test(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: buckets.test(actor=actor_of(request), bucket=row),
        ngettext_lazy("%(count)d bucket can be read.", "%(count)d buckets can be read.", "count"),
    )


@admin.action(description=_("Delete selected buckets"))
def delete(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: buckets.delete(actor=actor_of(request), bucket=row),
        ngettext_lazy("%(count)d bucket deleted.", "%(count)d buckets deleted.", "count"),
    )


@admin.register(Bucket)
class BucketAdmin(ServiceAdmin):
    list_display = ("description", "provider", "location", "workspace", "created_at")
    list_filter = ("provider", "workspace")
    list_select_related = ("workspace",)
    search_fields = ("description", "location", "workspace__name")
    fields = ("description", "workspace", "provider", "location", "created_by", "created_at", "updated_at")
    editable = ("description",)
    actions = (test, delete)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self.fields if name not in self.editable]

    def write(self, request: HttpRequest, row: Bucket, changed: dict[str, Any]) -> None:
        buckets.update(actor=actor_of(request), bucket=row, description=changed["description"], fields={})
