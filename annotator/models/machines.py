"""What machines make of a project's images: predictions, augmentation lists and their samples."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .base import Region, Row, box_ordered, key, scoped, text, user_key


class AugmentationList(Row):
    """Which copies of its images a training adds: transformations with their parameters, and how many copies.

    `feature` is the column of images that it is for, as a dialect calls it; empty for the project's images as such.
    `transformations` is the stored form of domain/augmentation.py. `samples_id` names the current samples, null when
    there are none: it is the id of the job that made them.
    """

    project = key("annotator.Project", related_name="augmentation_lists", db_index=False)
    feature = text(500)
    name = text()
    number_of_new_images = models.IntegerField(default=1)
    probability = models.FloatField()
    transformations = models.JSONField(default=list, blank=True)
    is_initial = models.BooleanField(default=False)
    is_in_use = models.BooleanField(default=False)
    samples_id = models.UUIDField(null=True, blank=True)
    created_by = user_key()
    updated_by = user_key()
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["project", "feature"],
                condition=Q(is_initial=True),
                name="augmentation_list_one_initial",
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="augmentation_list_probability"
            ),
            models.CheckConstraint(
                condition=Q(number_of_new_images__gte=0), name="augmentation_list_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["project", "created_at", "id"], name="augmentation_list_list")]

    def __str__(self) -> str:
        return self.name


class AugmentationSample(Row):
    """One image of a set of samples: an original (`copy` 0, without bytes of its own) or a copy of one.

    `media` is the original. Without a list it belongs to a set that was asked for once, which ends after some days.
    """

    project = key("annotator.Project", related_name="augmentation_samples")
    augmentation_list = key(AugmentationList, null=True, blank=True, related_name="samples")
    samples_id = models.UUIDField()
    position = models.IntegerField()
    media = key("annotator.Media", related_name="augmentation_samples")
    copy = models.IntegerField(default=0)
    blob = key("annotator.Blob", models.PROTECT, null=True, blank=True, related_name="augmentation_samples")
    width = models.IntegerField()
    height = models.IntegerField()
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(fields=["samples_id", "position"], name="augmentation_sample_once"),
            models.CheckConstraint(
                condition=Q(copy=0, blob__isnull=True) | Q(copy__gt=0, blob__isnull=False),
                name="augmentation_sample_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"sample {self.position}"


class Prediction(Region):
    """A region that a model found on an image, suggested to people. It is no label: no list, count or export has it.

    Accepting it makes a label of the same id: while there is one, it is accepted. The geometry is that of a label.
    """

    project = key("annotator.Project", related_name="predictions", db_index=False)
    media = key("annotator.Media", related_name="predictions", db_index=False)
    # Without a constraint: those of a class that was deleted are not shown, and come back with it when that is undone.
    concept = key(
        "annotator.Concept", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    model = text()
    score = models.FloatField()
    is_rejected = models.BooleanField(default=False)
    decided_by = user_key()
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            box_ordered("prediction_box_ordered"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="prediction_score"),
        ]
        indexes = [
            models.Index(fields=["media", "model"], name="prediction_media"),
            models.Index(fields=["project", "concept"], name="prediction_concept"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.score:.2f}"
