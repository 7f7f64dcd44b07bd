"""Admin of labels, tags, segments and attribute values: list, show and delete."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from annotator.models import AttributeValue, DatasetItem, Label, Segment, SegmentConcept, Tag
from annotator.services.annotations import labels, segments, tags
from annotator.services.media import urls as media_urls

from .base import ReadOnlyAdmin, ReadOnlyInline, act, actor_of


@admin.action(description=_("Delete selected labels"))
def delete_labels(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin, request, rows.select_related("media__project"),
        lambda row: labels.delete_many(actor=actor_of(request), media=row.media, label_ids=[row.pk]), ngettext_lazy("%(count)d label deleted.", "%(count)d labels deleted.", "count"),
    )  # fmt: skip


@admin.register(Label)
class LabelAdmin(ReadOnlyAdmin):
    list_display = (
        "crop",
        "concept",
        "project",
        "shape",
        "box",
        "origin",
        "tool",
        "score",
        "created_by",
        "updated_at",
    )
    list_display_links = ("concept",)
    list_filter = ("shape", "origin", "tool", "is_crowd", "project")
    list_select_related = ("media__blob", "concept", "project", "created_by")
    search_fields = ("concept__name", "external_id", "media__items__name")
    exclude = ("mask",)
    actions = (delete_labels,)

    @admin.display(description=_("Crop"))
    def crop(self, label: Label) -> str:
        url = media_urls.crop(label.media, (label.x0, label.y0, label.x1, label.y1))
        return format_html('<img src="{}" height="48" alt="" loading="lazy">', url) if url else "–"

    @admin.display(description=_("Box"))
    def box(self, label: Label) -> str:
        return f"{label.x0:g}, {label.y0:g} – {label.x1:g}, {label.y1:g}"


@admin.action(description=_("Remove selected tags"))
def remove_tags(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin, request, rows.select_related("media__project"),
        lambda row: tags.remove_many(actor=actor_of(request), media=row.media, tag_ids=[row.pk]), ngettext_lazy("%(count)d tag removed.", "%(count)d tags removed.", "count"),
    )  # fmt: skip


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    list_display = ("concept", "media", "project", "origin", "created_by", "created_at")
    list_filter = ("origin", "project")
    list_select_related = ("concept", "media", "project", "created_by")
    search_fields = ("concept__name", "media__items__name")
    actions = (remove_tags,)


@admin.register(AttributeValue)
class AttributeValueAdmin(ReadOnlyAdmin):
    list_display = ("attribute", "value", "label", "media", "segment")
    list_filter = ("attribute__kind", "attribute__subject", "attribute__project")
    list_select_related = ("attribute", "label", "media", "segment")
    search_fields = ("attribute__name",)


@admin.action(description=_("Delete selected segments"))
def delete_segments(modeladmin: admin.ModelAdmin, request: HttpRequest, rows: Any) -> None:
    act(
        modeladmin, request, rows.select_related("media__project"),
        lambda row: segments.delete_many(actor=actor_of(request), media=row.media, segment_ids=[row.pk]), ngettext_lazy("%(count)d segment deleted.", "%(count)d segments deleted.", "count"),
    )  # fmt: skip


class ActivityFilter(admin.RelatedOnlyFieldListFilter):
    """The activity types that some segment has."""

    include_empty_choice = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = _("activity type")


class ActivityInline(ReadOnlyInline):
    model = SegmentConcept
    fields = ("concept",)
    related = ("segment", "concept")
    verbose_name_plural = _("Activities")


class ValueInline(ReadOnlyInline):
    model = AttributeValue
    fields = ("attribute", "value")
    related = ("attribute",)


@admin.register(Segment)
class SegmentAdmin(ReadOnlyAdmin):
    list_display = (
        "video",
        "project",
        "start_ms",
        "end_ms",
        "activities",
        "created_by",
        "updated_by",
        "updated_at",
    )
    list_filter = ("project", ("concepts", ActivityFilter))
    list_select_related = ("project", "created_by", "updated_by")
    search_fields = ("media__items__name", "concepts__name", "prediction_id")
    exclude = ("concepts",)
    inlines = (ActivityInline, ValueInline)
    actions = (delete_segments,)

    def get_queryset(self, request: HttpRequest) -> Any:
        name = DatasetItem.all_objects.filter(media=OuterRef("media"), is_home=True).values("name")[:1]
        rows = super().get_queryset(request).annotate(video_name=Subquery(name))
        return rows.prefetch_related("links__concept")

    @admin.display(description=_("Video"), ordering="video_name")
    def video(self, segment: Any) -> str:
        return segment.video_name or "–"

    @admin.display(description=_("Activities"))
    def activities(self, segment: Any) -> str:
        return ", ".join(link.concept.name for link in sorted(segment.links.all(), key=lambda link: link.pk))


@admin.register(SegmentConcept)
class SegmentConceptAdmin(ReadOnlyAdmin):
    list_display = ("concept", "segment", "created_at")
    list_select_related = ("concept", "segment")
    search_fields = ("concept__name",)
