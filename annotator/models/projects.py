"""Where: projects and the clock that numbers their events."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from annotator.db.fields import ByteOrderedField

from .base import Row, key, scoped_live, text, user_key


class ContentType(models.TextChoices):
    IMAGES = "IMAGES"
    VIDEOS = "VIDEOS"
    URLDATA = "URLDATA"


class Project(Row):
    """One labeling effort: a vocabulary, media in datasets, members' work.

    `requires_review`: an image is finished only from TO REVIEW, by somebody who may review.
    """

    workspace = key("annotator.Workspace", related_name="projects", db_index=False)
    ref = text(128)
    name = text()
    name_key = ByteOrderedField(max_length=400, default="", blank=True)
    sort_key = ByteOrderedField(max_length=600, default="", blank=True)
    description = text(2000)
    content_type = text(10, choices=ContentType.choices, default=ContentType.IMAGES)
    origin = text(10, default="user")
    settings = models.JSONField(default=dict, blank=True)
    requires_review = models.BooleanField(default=False)
    owner = user_key()
    last_opened_at = models.DateTimeField(null=True, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)
    trashed_by = user_key()
    objects = scoped_live("workspace", "pk")

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "ref"], condition=Q(trashed_at__isnull=True), name="project_ref_once"
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=ContentType.values), name="project_content_type"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "sort_key", "id"], name="project_list")]

    def __str__(self) -> str:
        return self.name


class ProjectClock(models.Model):
    """Counters of a project in a row of their own, so that a stroke does not rewrite the project.

    `seq` numbers events: raised inside the writing transaction, its row lock makes the order of
    sequence numbers the order of commits, without gaps. The others hand out `number`s.
    """

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="clock")
    seq = models.BigIntegerField(default=0)
    media_number = models.BigIntegerField(default=0)
    concept_number = models.BigIntegerField(default=0)
    job_number = models.BigIntegerField(default=0)
