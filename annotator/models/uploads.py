"""How files arrive: upload sessions and the signed slots of their files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .base import Row, key, scoped, text, user_key
from .media import Blob


class UploadBatch(Row):
    """One upload session of a person: one drop in the browser, one archive."""

    project = key("annotator.Project", related_name="upload_batches")
    dataset = key("annotator.Dataset", models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = user_key()
    name = text()
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        verbose_name_plural = "upload batches"


class Upload(Row):
    """A signed slot that takes one file: open -> stored -> used, or -> queued -> used by a job; void after `expires_at`.

    `result` of a queued or used slot: {"dataset", "job", "on_clash"} and what became of it, {"media"} or {"error"}.
    """

    project = key("annotator.Project", related_name="uploads")
    batch = key(UploadBatch, null=True, blank=True, related_name="uploads")
    created_by = user_key()
    state = text(8, default="open")
    style = text(10, default="simple")
    name = text(1000)
    size = models.BigIntegerField(null=True, blank=True)
    received = models.BigIntegerField(default=0)
    blob = key(Blob, models.SET_NULL, null=True, blank=True, related_name="uploads")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    objects = scoped("project__workspace", "project")

    class Meta(Row.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "stored", "queued", "used"]), name="upload_state"
            )
        ]
