"""Admin of the vocabulary: classes, tags, activity types, attributes and keypoint schemas."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from annotator.domain.text import counted
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
from annotator.services.vocabulary import attributes, concepts, keypoint_schemas, merges

from .base import DeletableAdmin, ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin, actor_of

# Names that a cell of a list shows.
SHOWN = 4


class RoleFilter(admin.SimpleListFilter):
    """The roles of a concept by the names that users know."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("region", _("Class")), ("media", _("Tag")), ("segment", _("Activity type"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        role = self.value()
        return queryset.filter(**{concepts.ROLES[role]: True}) if role in concepts.ROLES else queryset


@admin.register(Concept)
class ConceptAdmin(DeletableAdmin, ServiceAdmin):
    list_display = ("swatch", "name", "project", "number", "on_region", "on_media", "on_segment")
    list_display_links = ("name",)
    list_filter = (RoleFilter, "region_kind", "project")
    list_select_related = ("project",)
    search_fields = ("name", "external_id", "ref")
    editable = ("name", "color", "description", "external_id", "segment_prefix")
    exclude = ("name_key", "sort_key")

    @admin.display(description=_("Color"))
    def swatch(self, concept: Concept) -> str:
        if not concept.color:
            return "–"
        return format_html(
            '<svg width="16" height="16" role="img" aria-label="{}"><rect width="16" height="16" rx="3" fill="{}"/></svg>',
            concept.color,
            concept.color[:7],
        )

    def write(self, request: HttpRequest, row: Concept, changed: dict[str, Any]) -> None:
        concepts.update(actor=actor_of(request), concept=row, changes=changed)

    def lost(self, row: Concept) -> str:
        counts = concepts.count_annotations(concept=row)
        return ", ".join(
            (
                counted(counts["labels"], "label", "labels"),
                counted(counts["tags"], "tag", "tags"),
                counted(counts["segments"], "segment", "segments"),
            )
        )

    def erase(self, request: HttpRequest, row: Concept) -> None:
        counts = concepts.count_annotations(concept=row)
        for role, column in concepts.ROLES.items():
            if getattr(row, column):
                count = counts[merges.ANNOTATIONS[role]]
                merges.delete(
                    actor=actor_of(request), project=row.project, concept=row, role=role, count=count
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


class OptionInline(ReadOnlyInline):
    model = AttributeOption
    fields = ("value", "order")
    ordering = ("order", "value")


class AttributeBindingInline(ReadOnlyInline):
    model = AttributeBinding
    fields = ("concept", "attribute_order", "concept_order")
    related = ("attribute", "concept")


@admin.register(Attribute)
class AttributeAdmin(DeletableAdmin, ServiceAdmin):
    list_display = ("name", "project", "subject", "kind", "options", "classes", "is_required", "order")
    list_filter = ("kind", "subject", "is_required", "project")
    list_select_related = ("project",)
    search_fields = ("name", "description", "options__value")
    editable = ("name", "description", "is_required", "minimum", "maximum")
    exclude = ("name_key",)
    inlines = (OptionInline, AttributeBindingInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("options", "bindings__concept")

    @admin.display(description=_("Options"))
    def options(self, attribute: Any) -> str:
        ordered = sorted(attribute.options.all(), key=lambda option: option.order)
        return _some([option.value for option in ordered])

    @admin.display(description=_("Classes"))
    def classes(self, attribute: Any) -> str:
        ordered = sorted(attribute.bindings.all(), key=lambda binding: binding.concept_order)
        return _some([binding.concept.name for binding in ordered])

    def write(self, request: HttpRequest, row: Attribute, changed: dict[str, Any]) -> None:
        attributes.update(actor=actor_of(request), attribute=row, changes=changed)

    def lost(self, row: Any) -> str:
        return counted(row.values.count(), "stored value", "stored values")

    def erase(self, request: HttpRequest, row: Attribute) -> None:
        attributes.delete(actor=actor_of(request), attribute=row)


@admin.register(AttributeOption)
class AttributeOptionAdmin(ReadOnlyAdmin):
    list_display = ("value", "attribute", "project", "order")
    list_filter = ("attribute__subject", "attribute__project")
    list_select_related = ("attribute__project",)
    search_fields = ("value", "attribute__name")

    @admin.display(description=_("Project"))
    def project(self, option: AttributeOption) -> str:
        return str(option.attribute.project)


@admin.register(AttributeBinding)
class AttributeBindingAdmin(DeletableAdmin):
    list_display = ("attribute", "concept", "project", "attribute_order", "concept_order")
    list_filter = ("attribute__subject", "attribute__project")
    list_select_related = ("attribute__project", "concept")
    search_fields = ("attribute__name", "concept__name")

    @admin.display(description=_("Project"))
    def project(self, binding: AttributeBinding) -> str:
        return str(binding.attribute.project)

    def erase(self, request: HttpRequest, row: AttributeBinding) -> None:
        pairs = [(row.attribute_id, row.concept_id)]
        attributes.unlink(actor=actor_of(request), project=row.attribute.project, pairs=pairs)


class KeypointClassInline(ReadOnlyInline):
    model = KeypointClass
    fields = ("name", "minimum", "maximum", "color", "order")
    ordering = ("order", "name_key")


class SkeletonEdgeInline(ReadOnlyInline):
    model = SkeletonEdge
    fields = ("a", "b", "color")
    ordering = ("order", "id")
    related = ("a", "b")


class KeypointBindingInline(ReadOnlyInline):
    model = KeypointBinding
    fields = ("concept", "order")
    related = ("schema", "concept")


@admin.register(KeypointSchema)
class KeypointSchemaAdmin(DeletableAdmin, ServiceAdmin):
    list_display = ("name", "project", "kind", "points", "classes", "template", "updated_by", "updated_at")
    list_filter = ("kind", "project")
    list_select_related = ("project", "updated_by")
    search_fields = ("name", "description", "classes__name")
    editable = ("name", "description")
    exclude = ("name_key",)
    inlines = (KeypointClassInline, SkeletonEdgeInline, KeypointBindingInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("classes", "bindings__concept")

    @admin.display(description=_("Keypoints"))
    def points(self, schema: Any) -> int:
        return len(schema.classes.all())

    @admin.display(description=_("Classes"))
    def classes(self, schema: Any) -> str:
        ordered = sorted(schema.bindings.all(), key=lambda binding: binding.order)
        return _some([binding.concept.name for binding in ordered])

    def write(self, request: HttpRequest, row: KeypointSchema, changed: dict[str, Any]) -> None:
        keypoint_schemas.update(actor=actor_of(request), schema=row, changes=changed)

    def lost(self, row: Any) -> str:
        return counted(row.classes.count(), "keypoint class", "keypoint classes")

    def erase(self, request: HttpRequest, row: KeypointSchema) -> None:
        keypoint_schemas.delete(actor=actor_of(request), schema=row)


@admin.register(KeypointClass)
class KeypointClassAdmin(ReadOnlyAdmin):
    list_display = ("name", "schema", "project", "minimum", "maximum", "order")
    list_filter = ("schema__kind", "schema__project")
    list_select_related = ("schema__project",)
    search_fields = ("name", "schema__name")

    @admin.display(description=_("Project"))
    def project(self, point: KeypointClass) -> str:
        return str(point.schema.project)


@admin.register(SkeletonEdge)
class SkeletonEdgeAdmin(ReadOnlyAdmin):
    list_display = ("schema", "a", "b", "color")
    list_filter = ("schema__project",)
    list_select_related = ("schema", "a", "b")
    search_fields = ("schema__name", "a__name", "b__name")


@admin.register(KeypointBinding)
class KeypointBindingAdmin(DeletableAdmin):
    list_display = ("schema", "concept", "project", "order")
    list_filter = ("schema__project",)
    list_select_related = ("schema__project", "concept")
    search_fields = ("schema__name", "concept__name")

    @admin.display(description=_("Project"))
    def project(self, binding: KeypointBinding) -> str:
        return str(binding.schema.project)

    def erase(self, request: HttpRequest, row: KeypointBinding) -> None:
        pairs = [(row.schema_id, row.concept_id)]
        keypoint_schemas.unlink(actor=actor_of(request), project=row.schema.project, pairs=pairs)


def _some(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" +{more}" if more > 0 else "") or "–"
