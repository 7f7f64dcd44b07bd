"""Buckets of files that a workspace may import from."""

from __future__ import annotations

from django.db import models

from .base import Row, key, scoped, text, user_key


class BucketProvider(models.TextChoices):
    """Where the files of a bucket are; `dummy` is a folder of the server."""

    S3 = "s3", "Amazon S3 or compatible"
    GCS = "gcs", "Google Cloud Storage"
    AZ = "az", "Azure Blob Storage"
    DUMMY = "dummy", "Folder of the server"


class Bucket(Row):
    """A bucket with what is needed to read it. `location` is for people and holds no secret; `secret` is encrypted."""

    workspace = key("annotator.Workspace", related_name="buckets")
    description = text()
    provider = text(8, choices=BucketProvider.choices)
    location = text(500)
    secret = models.TextField()
    created_by = user_key()
    objects = scoped("workspace")

    def __str__(self) -> str:
        return self.description or self.location
