"""Admin of media, datasets, statuses, uploads and blobs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from annotator.models import (
    Blob,
    Dataset,
    DatasetItem,
    Media,
    MediaStatus,
    QualityIssue,
    Rendition,
    Upload,
    UploadBatch,
    VideoFacts,
)
from annotator.services.media import changes as media_changes, urls as media_urls
from annotator.services.projects import datasets

from .base import ReadOnlyAdmin, ServiceAdmin, act, actor_of


@admin.action(description=_("Move selected media to the trash"))
def trash(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin,
        request,
        rows,
        lambda row: media_changes.trash(actor=actor_of(request), project=row.project, media=[row.pk]),
        ngettext_lazy("%(count)d item moved to the trash.", "%(count)d items moved to the trash.", "count"),
    )


@admin.register(Media)
class MediaAdmin(ReadOnlyAdmin):
    list_display = (
        "thumbnail",
        "home_name",
        "project",
        "number",
        "status",
        "health",
        "size",
        "is_frozen",
        "updated_at",
    )
    list_display_links = ("home_name",)
    list_filter = (
        "kind",
        "health",
        "is_frozen",
        "status__base",
        "project",
        ("trashed_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("items__name", "external_id", "ref")
    exclude = ("list_key",)
    actions = (trash,)

    def get_queryset(self, request: HttpRequest) -> Any:
        name = DatasetItem.all_objects.filter(media=OuterRef("pk"), is_home=True).values("name")[:1]
        return Media.all_objects.select_related("project", "status", "blob").annotate(
            home_name=Subquery(name)
        )

    @admin.display(description=_("Image"))
    def thumbnail(self, medium: Any) -> str:
        url = media_urls.of(medium)["thumbnail_url"]
        if not url:
            return "–"
        return format_html(
            '<a href="{}"><img src="{}" width="80" height="60" alt="{}" loading="lazy"></a>',
            reverse("label", args=[medium.pk]),
            url,
            _("Open {name}").format(name=self.home_name(medium)),
        )

    @admin.display(description=_("Name"), ordering="list_key")
    def home_name(self, medium: Any) -> str:
        return medium.home_name or str(medium.number)

    @admin.display(description=_("Size"))
    def size(self, medium: Media) -> str:
        return f"{medium.width} × {medium.height}"


@admin.register(Dataset)
class DatasetAdmin(ServiceAdmin):
    list_display = ("name", "project", "order", "created_at", "trashed_at")
    list_filter = ("project", ("trashed_at", admin.EmptyFieldListFilter))
    list_select_related = ("project",)
    search_fields = ("name", "ref")
    editable = ("name",)
    exclude = ("name_key", "sort_key")

    def write(self, request: HttpRequest, row: Dataset, changed: dict[str, Any]) -> None:
        datasets.rename(actor=actor_of(request), dataset=row, name=changed["name"])


@admin.register(DatasetItem)
class DatasetItemAdmin(ReadOnlyAdmin):
    list_display = ("name", "dataset", "is_home", "trashed_at")
    list_filter = ("is_home",)
    list_select_related = ("dataset",)
    search_fields = ("name",)


@admin.register(MediaStatus)
class MediaStatusAdmin(ReadOnlyAdmin):
    list_display = ("name", "base", "project", "order", "is_default")
    list_filter = ("base", "is_default")
    list_select_related = ("project",)
    search_fields = ("name", "project__name")


@admin.register(Blob)
class BlobAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "size", "mime", "created_at", "checked_at", "damage", "damaged_at")
    list_filter = ("damage", "mime")
    search_fields = ("sha256",)


@admin.register(Rendition)
class RenditionAdmin(ReadOnlyAdmin):
    list_display = ("media", "variant", "width", "height", "created_at")
    list_filter = ("variant",)
    list_select_related = ("media",)
    search_fields = ("media__items__name",)


@admin.register(QualityIssue)
class QualityIssueAdmin(ReadOnlyAdmin):
    list_display = ("code", "severity", "project", "source", "message", "created_at")
    list_filter = ("severity", "code")
    list_select_related = ("project",)
    search_fields = ("source", "message")


@admin.register(VideoFacts)
class VideoFactsAdmin(ReadOnlyAdmin):
    list_display = ("media", "codec", "audio", "rotation", "is_variable", "is_played", "key_gap")
    list_filter = ("is_variable", "is_played", "codec")
    list_select_related = ("media",)
    search_fields = ("codec", "media__items__name")
    exclude = ("frames",)


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ("name", "project", "state", "size", "received", "created_by", "expires_at")
    list_filter = ("state", "style")
    list_select_related = ("project", "created_by")
    search_fields = ("name",)


@admin.register(UploadBatch)
class UploadBatchAdmin(ReadOnlyAdmin):
    list_display = ("name", "project", "dataset", "created_by", "created_at")
    list_select_related = ("project", "dataset", "created_by")
    search_fields = ("name", "project__name")
