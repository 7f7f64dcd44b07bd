"""Annotations of media: labels, tags, segments, values of attributes."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from annotator.db.functions import JSONNumber

from .base import Region, Row, ScopedQuerySet, box_ordered, key, scoped, text, user_key

# Stands in the statement, not among its parameters: only so SQLite need not read each label that is skipped to see its error.
_NO_ERROR = models.Func(template="''", output_field=models.CharField())


class LabelQuerySet(ScopedQuerySet):
    """The lists of labels."""

    def listed(self) -> Self:
        """Keep what lists of a project show: not known to be wrong, and not on an image in the trash."""
        return self.filter(error=_NO_ERROR, trashed_at__isnull=True)


class Label(Region):
    """A region of an image with a class. Coordinates are float64 pixels, never rounded.

    `points` and `keypoints` are JSON text written by one codec (domain/geometry, domain/keypoints) so
    that hot reads pass them through; `mask` is the packed run list of domain/masks relative to the
    box. `given` is JSON text of an import's own numbers ({"bbox", "area", ...}), dropped when the geometry changes.
    `trashed_at` and `dataset` repeat the medium's and that of its home for the indexes: lists and counts of a project's
    labels need no join to hide them or to keep those of a dataset.
    """

    SHAPES = ("box", "polygon", "rotated_box", "ellipse", "polyline", "mask", "keypoints")

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    project = key("annotator.Project", related_name="labels", db_index=False)
    media = key("annotator.Media", related_name="labels", db_index=False)
    concept = key("annotator.Concept", models.PROTECT, related_name="labels", db_index=False)
    # Without a constraint: a dataset goes when it is the home of nothing, and to check that here would read all labels.
    dataset = key(
        "annotator.Dataset", models.DO_NOTHING, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )  # fmt: skip
    number = models.BigIntegerField(null=True, blank=True)
    frame = models.IntegerField(null=True, blank=True)
    keypoints = models.TextField(null=True, blank=True)
    given = models.TextField(null=True, blank=True)
    z = models.IntegerField(default=0)
    tool = text(24)
    origin = text(6, default="human")
    score = models.FloatField(null=True, blank=True)
    is_crowd = models.BooleanField(default=False)
    error = text(40)
    external_id = text(500)
    created_by = user_key()
    updated_by = user_key()
    import_job = key(
        "annotator.Job", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    revision = models.BigIntegerField(default=0)
    trashed_at = models.DateTimeField(null=True, blank=True)
    objects = scoped("project__workspace", "project", queryset=LabelQuerySet)

    class Meta(Row.Meta):
        constraints = [
            box_ordered("label_box_ordered"),
            models.CheckConstraint(
                condition=Q(
                    shape__in=["box", "polygon", "rotated_box", "ellipse", "polyline", "mask", "keypoints"]
                ),
                name="label_shape",
            ),
            models.CheckConstraint(condition=Q(origin__in=["human", "model", "import"]), name="label_origin"),
        ]
        indexes = [
            models.Index(
                fields=["project", "z", "created_at", "id"],
                condition=Q(error="", trashed_at__isnull=True),
                name="label_list",
            ),
            # Each ends with what the lists by two of these ask besides: no row is read only to be skipped.
            models.Index(
                fields=["project", "concept", "z", "created_at", "id", "created_by", "dataset"],
                condition=Q(error="", trashed_at__isnull=True),
                name="label_by_concept",
            ),
            models.Index(
                fields=["project", "created_by", "z", "created_at", "id", "concept", "dataset"],
                condition=Q(error="", trashed_at__isnull=True),
                name="label_by_author",
            ),
            models.Index(
                fields=["project", "dataset", "z", "created_at", "id", "concept", "created_by"],
                condition=Q(error="", trashed_at__isnull=True),
                name="label_by_dataset",
            ),
            # With what `listed` asks, so that labels are counted by image from the index alone.
            models.Index(fields=["concept", "media", "error", "trashed_at"], name="label_concept"),
            models.Index(fields=["media", "frame"], name="label_media"),
            models.Index(
                fields=["import_job"], condition=Q(import_job__isnull=False), name="label_import_job"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shape} {str(self.id)[-6:]}"


class Tag(Row):
    """A concept of a whole medium."""

    project = key("annotator.Project", related_name="tags")
    media = key("annotator.Media", related_name="tags", db_index=False)
    concept = key("annotator.Concept", models.PROTECT, related_name="tags", db_index=False)
    value = models.FloatField(default=1.0)
    origin = text(6, default="human")
    created_by = user_key()
    import_job = key(
        "annotator.Job", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [models.UniqueConstraint(fields=["media", "concept"], name="tag_once")]
        indexes = [models.Index(fields=["concept", "media"], name="tag_concept")]


class Segment(Row):
    """A half-open interval [start_ms, end_ms) of a video with its activities, in their order by `links`.

    `prediction_id` is a caller's own text.
    """

    project = key("annotator.Project", related_name="segments", db_index=False)
    media = key("annotator.Media", related_name="segments", db_index=False)
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    concepts = models.ManyToManyField(
        "annotator.Concept", through="annotator.SegmentConcept", related_name="segments"
    )
    prediction_id = text()
    created_by = user_key()
    updated_by = user_key()
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(start_ms__gte=0), name="segment_not_negative"),
            models.CheckConstraint(condition=Q(end_ms__gt=F("start_ms")), name="segment_ordered"),
        ]
        indexes = [
            models.Index(fields=["media", "start_ms", "id"], name="segment_list"),
            models.Index(fields=["project"], name="segment_project"),
        ]

    def __str__(self) -> str:
        return f"{self.start_ms:,}–{self.end_ms:,} ms"


class SegmentConcept(Row):
    """An activity of a segment; ids rise in the order in which they were given."""

    segment = key(Segment, related_name="links", db_index=False)
    # Services delete the links first. The database protects the rest, without a query for each deletion of a class.
    concept = key("annotator.Concept", models.DO_NOTHING, related_name="segment_links")
    objects = scoped("segment__project__workspace", "segment__project")

    class Meta(Row.Meta):
        constraints = [models.UniqueConstraint(fields=["segment", "concept"], name="segment_concept_once")]

    def __str__(self) -> str:
        return str(self.concept)


class AttributeValue(Row):
    """The value of an attribute for exactly one label, one medium or one segment.

    `number` is the value of an attribute of numbers; the database keeps it.
    """

    attribute = key("annotator.Attribute", related_name="values")
    label = key(Label, null=True, blank=True, related_name="attribute_values")
    media = key("annotator.Media", null=True, blank=True, related_name="attribute_values")
    segment = key(Segment, null=True, blank=True, related_name="attribute_values")
    value = models.JSONField()
    number = models.GeneratedField(
        expression=JSONNumber("value"), output_field=models.FloatField(null=True), db_persist=True
    )
    predicted = models.JSONField(null=True, blank=True)
    objects = scoped("attribute__project__workspace", "attribute__project")

    class Meta(Row.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(label__isnull=False, media__isnull=True, segment__isnull=True)
                | Q(label__isnull=True, media__isnull=False, segment__isnull=True)
                | Q(label__isnull=True, media__isnull=True, segment__isnull=False),
                name="attribute_value_one_subject",
            ),
            models.UniqueConstraint(
                fields=["attribute", "label"],
                condition=Q(label__isnull=False),
                name="attribute_value_label_once",
            ),
            models.UniqueConstraint(
                fields=["attribute", "media"],
                condition=Q(media__isnull=False),
                name="attribute_value_media_once",
            ),
            models.UniqueConstraint(
                fields=["attribute", "segment"],
                condition=Q(segment__isnull=False),
                name="attribute_value_segment_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["attribute", "media", "number"],
                condition=Q(media__isnull=False),
                name="attribute_value_number",
            ),
        ]
