"""Admin of the vocabulary: classes, tags, activity types, attributes and keypoint schemas."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeOption,
    Concept,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    SkeletonEdge,
    TagGroup,
)
from annotator.services.vocabulary import concepts

from .base import ReadOnlyAdmin, ServiceAdmin, actor_of


@admin.register(Concept)
class ConceptAdmin(ServiceAdmin):
    list_display = ("swatch", "name", "project", "number", "on_region", "on_media", "on_segment")
    list_display_links = ("name",)
    list_filter = ("on_region", "on_media", "region_kind", "project")
    list_select_related = ("project",)
    search_fields = ("name", "external_id", "ref")
    editable = ("name", "color", "description", "external_id")
    exclude = ("name_key", "sort_key")

    @admin.display(description=_("Color"))
    def swatch(self, concept: Concept) -> str:
        return format_html(
            '<svg width="16" height="16" role="img" aria-label="{}"><rect width="16" height="16" rx="3" fill="{}"/></svg>',
            concept.color,
            concept.color[:7],
        )

    def write(self, request: HttpRequest, row: Concept, changed: dict[str, Any]) -> None:
        concepts.update(
            actor=actor_of(request), concept=row, changes=changed, role="region" if row.on_region else "media"
        )


@admin.register(TagGroup)
class TagGroupAdmin(ServiceAdmin):
    list_display = ("name", "project", "kind", "is_required", "is_default")
    list_filter = ("kind", "is_required", "project")
    list_select_related = ("project",)
    search_fields = ("name",)
    editable = ("name", "is_required")
    exclude = ("name_key", "sort_key")

    def write(self, request: HttpRequest, row: TagGroup, changed: dict[str, Any]) -> None:
        concepts.update_group(actor=actor_of(request), group=row, changes=changed)


@admin.register(Attribute)
class AttributeAdmin(ReadOnlyAdmin):
    list_display = ("name", "project", "subject", "kind", "is_required")
    list_filter = ("kind", "subject", "project")
    list_select_related = ("project",)
    search_fields = ("name",)


@admin.register(AttributeOption)
class AttributeOptionAdmin(ReadOnlyAdmin):
    list_display = ("value", "attribute", "order")
    list_select_related = ("attribute",)
    search_fields = ("value", "attribute__name")


@admin.register(AttributeBinding)
class AttributeBindingAdmin(ReadOnlyAdmin):
    list_display = ("attribute", "concept", "attribute_order", "concept_order")
    list_select_related = ("attribute", "concept")
    search_fields = ("attribute__name", "concept__name")


@admin.register(KeypointSchema)
class KeypointSchemaAdmin(ReadOnlyAdmin):
    list_display = ("name", "project", "kind")
    list_filter = ("kind", "project")
    list_select_related = ("project",)
    search_fields = ("name",)


@admin.register(KeypointClass)
class KeypointClassAdmin(ReadOnlyAdmin):
    list_display = ("name", "schema", "minimum", "maximum", "order")
    list_select_related = ("schema",)
    search_fields = ("name", "schema__name")


@admin.register(SkeletonEdge)
class SkeletonEdgeAdmin(ReadOnlyAdmin):
    list_display = ("schema", "a", "b", "color")
    list_select_related = ("schema", "a", "b")
    search_fields = ("schema__name",)


@admin.register(KeypointBinding)
class KeypointBindingAdmin(ReadOnlyAdmin):
    list_display = ("schema", "concept", "order")
    list_select_related = ("schema", "concept")
    search_fields = ("schema__name", "concept__name")
