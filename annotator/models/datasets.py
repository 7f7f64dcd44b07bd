"""Datasets of a project and their items: a medium has one home, which gives it the name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from annotator.db.fields import ByteOrderedField

from .base import Row, key, scoped_live, text, user_key


class Dataset(Row):
    project = key("annotator.Project", related_name="datasets", db_index=False)
    ref = text(128)
    name = text(500)
    name_key = ByteOrderedField(max_length=1000)
    sort_key = ByteOrderedField(max_length=1000)
    description = text(2000)
    order = models.FloatField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_by = user_key()
    trashed_at = models.DateTimeField(null=True, blank=True)
    trashed_by = user_key()
    objects = scoped_live(
        "project__workspace",
        "project",
        trash_filter=Q(trashed_at__isnull=True, project__trashed_at__isnull=True),
    )

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], condition=Q(trashed_at__isnull=True), name="dataset_name_once"
            ),
            models.UniqueConstraint(
                fields=["project", "ref"], condition=Q(trashed_at__isnull=True), name="dataset_ref_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DatasetItem(Row):
    """A medium in a dataset. Its home gives it the name; `trashed_at` repeats the medium's for the constraint.

    `source_path` is where its bytes were read when it was created (https://, s3://, ...), None for what was sent here.
    """

    dataset = key(Dataset, related_name="items", db_index=False)
    media = key("annotator.Media", related_name="items")
    is_home = models.BooleanField(default=True)
    name = text(1000)
    name_key = ByteOrderedField(max_length=1000)
    sort_key = ByteOrderedField(max_length=1200)
    # Null, not "": so the upgrade adds a column and does not write the whole table again.
    source_path = text(2000, null=True, default=None)
    trashed_at = models.DateTimeField(null=True, blank=True)
    objects = scoped_live("dataset__project__workspace", "dataset__project")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(fields=["dataset", "media"], name="dataset_item_once"),
            models.UniqueConstraint(
                fields=["media"], condition=Q(is_home=True), name="dataset_item_one_home"
            ),
            models.UniqueConstraint(
                fields=["dataset", "name"],
                condition=Q(is_home=True, trashed_at__isnull=True),
                name="dataset_item_name_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["dataset", "source_path"],
                condition=Q(source_path__isnull=False),
                name="dataset_item_source",
            ),
        ]
