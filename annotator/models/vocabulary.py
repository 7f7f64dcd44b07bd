"""The vocabulary: concepts (classes, tags), tag groups, attributes, keypoint schemas."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from annotator.db.fields import ByteOrderedField

from .base import Row, key, scoped, text, user_key


class Concept(Row):
    """A word of the vocabulary with up to three roles: class of regions, tag of media, activity of segments.

    Each role has its own order; deleting through one role clears that role, the row goes with its last.
    """

    project = key("annotator.Project", related_name="concepts", db_index=False)
    ref = text(128)
    number = models.BigIntegerField()
    name = text()
    name_key = ByteOrderedField(max_length=400)
    sort_key = ByteOrderedField(max_length=600)
    description = text(2000)
    color = text(9)
    icon_url = text(2000)
    parent = key("self", models.SET_NULL, null=True, blank=True, related_name="children")
    tag_group = key("annotator.TagGroup", models.SET_NULL, null=True, blank=True, related_name="concepts")
    on_region = models.BooleanField(default=False)
    on_media = models.BooleanField(default=False)
    on_segment = models.BooleanField(default=False)
    region_order = models.FloatField(null=True, blank=True)
    media_order = models.FloatField(null=True, blank=True)
    segment_order = models.FloatField(null=True, blank=True)
    segment_prefix = text()
    region_kind = text(12, default="object")
    is_negative = models.BooleanField(default=False)
    use_description_as_prompt = models.BooleanField(default=False)
    external_id = text()
    extra = models.JSONField(default=dict, blank=True)
    created_by = user_key()
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(fields=["project", "ref"], name="concept_ref_once"),
            models.UniqueConstraint(fields=["project", "number"], name="concept_number_once"),
            models.UniqueConstraint(
                fields=["project", "name_key"], condition=Q(on_region=True), name="concept_region_name"
            ),
            models.UniqueConstraint(
                fields=["project", "name_key"], condition=Q(on_media=True), name="concept_media_name"
            ),
            models.UniqueConstraint(
                fields=["project", "name_key"], condition=Q(on_segment=True), name="concept_segment_name"
            ),
            models.CheckConstraint(
                condition=Q(on_region=True) | Q(on_media=True) | Q(on_segment=True), name="concept_has_role"
            ),
            models.CheckConstraint(
                condition=Q(region_kind__in=["object", "background"]), name="concept_region_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TagGroup(Row):
    project = key("annotator.Project", related_name="tag_groups", db_index=False)
    name = text()
    name_key = ByteOrderedField(max_length=400)
    sort_key = ByteOrderedField(max_length=600)
    kind = text(20, default="MULTIPLE-SELECTION")
    is_required = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    order = models.FloatField(null=True, blank=True)
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(fields=["project", "name_key"], name="tag_group_name_once"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(is_default=True), name="tag_group_one_default"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["SELECTION", "MULTIPLE-SELECTION"]), name="tag_group_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Attribute(Row):
    project = key("annotator.Project", related_name="attributes", db_index=False)
    name = text()
    name_key = ByteOrderedField(max_length=400)
    kind = text(20)
    subject = text(10, default="LABEL")
    is_required = models.BooleanField(default=False)
    description = text(2000)
    default = models.JSONField(null=True, blank=True)
    minimum = models.FloatField(null=True, blank=True)
    maximum = models.FloatField(null=True, blank=True)
    order = models.FloatField(null=True, blank=True)
    prediction = models.JSONField(default=dict, blank=True)
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(fields=["project", "subject", "name_key"], name="attribute_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class AttributeOption(Row):
    attribute = key(Attribute, related_name="options", db_index=False)
    value = text()
    order = models.FloatField(default=0)
    objects = scoped("attribute__project__workspace", "attribute__project")

    class Meta(Row.Meta):
        constraints = [models.UniqueConstraint(fields=["attribute", "value"], name="attribute_option_once")]

    def __str__(self) -> str:
        return self.value


class AttributeBinding(Row):
    """An attribute offered for a concept; both orders are floats so that inserting between two needs no renumbering."""

    attribute = key(Attribute, related_name="bindings", db_index=False)
    concept = key(Concept, related_name="attribute_bindings")
    attribute_order = models.FloatField(default=0)
    concept_order = models.FloatField(default=0)
    objects = scoped("attribute__project__workspace", "attribute__project")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(fields=["attribute", "concept"], name="attribute_binding_once")
        ]

    def __str__(self) -> str:
        return f"{self.attribute} – {self.concept}"


class KeypointSchema(Row):
    project = key("annotator.Project", related_name="keypoint_schemas", db_index=False)
    name = text()
    name_key = ByteOrderedField(max_length=400)
    description = text(2000)
    kind = text(10, default="pose")
    order = models.FloatField(null=True, blank=True)
    template = text(64)
    created_by = user_key()
    updated_by = user_key()
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(fields=["project", "name_key"], name="keypoint_schema_name_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["pose", "points", "polyline"]), name="keypoint_schema_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeypointClass(Row):
    schema = key(KeypointSchema, related_name="classes", db_index=False)
    name = text()
    name_key = ByteOrderedField(max_length=400)
    description = text(2000)
    minimum = models.IntegerField(default=0)
    maximum = models.IntegerField(default=1)
    color = text(9)
    order = models.FloatField(default=0)
    editor_x = models.FloatField(null=True, blank=True)
    editor_y = models.FloatField(null=True, blank=True)
    created_by = user_key()
    updated_by = user_key()
    objects = scoped("schema__project__workspace", "schema__project")

    class Meta(Row.Meta):
        verbose_name_plural = "keypoint classes"
        constraints = [
            models.UniqueConstraint(fields=["schema", "name_key"], name="keypoint_class_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class SkeletonEdge(Row):
    schema = key(KeypointSchema, related_name="edges")
    a = key(KeypointClass, related_name="+")
    b = key(KeypointClass, related_name="+")
    color = text(9)
    order = models.IntegerField(default=0)
    objects = scoped("schema__project__workspace", "schema__project")

    def __str__(self) -> str:
        return f"{self.a} – {self.b}"


class KeypointBinding(Row):
    """A label of the concept may carry points of the schema's classes."""

    schema = key(KeypointSchema, related_name="bindings", db_index=False)
    concept = key(Concept, related_name="keypoint_bindings")
    order = models.FloatField(default=0)
    objects = scoped("schema__project__workspace", "schema__project")

    class Meta(Row.Meta):
        constraints = [models.UniqueConstraint(fields=["schema", "concept"], name="keypoint_binding_once")]

    def __str__(self) -> str:
        return f"{self.schema} – {self.concept}"
