"""Removal of the rows of an import that did not end, by the job that they carry."""

from __future__ import annotations

from django.db import transaction

from annotator import events
from annotator.events import kinds, payloads
from annotator.models import Job, Label, Media, Tag

CHUNK = 500


def remove(*, job: Job) -> int:
    """Delete what an import has written, in chunks; return the number of labels.

    For imports that failed, were cancelled or whose worker was killed.
    """
    removed = images = 0
    while True:
        with transaction.atomic():
            keys = list(Label.all_objects.filter(import_job=job).values_list("pk", flat=True)[:CHUNK])
            Label.all_objects.filter(pk__in=keys).delete()
        removed += len(keys)
        if len(keys) < CHUNK:
            break
    tags = _remove_tags(job)
    while True:
        with transaction.atomic():
            keys = list(Media.all_objects.filter(import_job=job).values_list("pk", flat=True)[:CHUNK])
            Label.all_objects.filter(media_id__in=keys).delete()
            Media.all_objects.filter(pk__in=keys).delete()
        images += len(keys)
        if len(keys) < CHUNK:
            break
    if job.project_id and (removed or tags or images):
        with transaction.atomic():
            events.record(
                actor=None,
                kind=kinds.BULK,
                project_id=job.project_id,
                after=payloads.BulkPayload(what="import_removed", count=removed),
            )
    return removed


def _remove_tags(job: Job) -> int:
    """Delete the tags that an import has written and return their number."""
    removed = 0
    rows = Tag.all_objects.filter(project=job.project, import_job=job)
    while True:
        with transaction.atomic():
            keys = list(rows.values_list("pk", flat=True)[:CHUNK])
            Tag.all_objects.filter(pk__in=keys).delete()
        removed += len(keys)
        if len(keys) < CHUNK:
            return removed
