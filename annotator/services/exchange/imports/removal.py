"""Removal of the rows of an import that did not end, by the job that they carry."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from annotator import events
from annotator.events import kinds, payloads
from annotator.models import Job, Label, Media, Tag

CHUNK = 500


def remove(*, job: Job) -> int:
    """Delete what an import has written, in chunks; return the number of labels.

    For imports that failed, were cancelled or whose worker was killed.
    """
    removed = _remove(job, Label.all_objects.filter(import_job=job))
    _remove(job, Tag.all_objects.filter(project=job.project, import_job=job))
    _remove(job, Media.all_objects.filter(import_job=job))
    return removed


def _remove(job: Job, rows: QuerySet[Any]) -> int:
    """Delete rows, images with their labels, each chunk with its event; return how many there were."""
    removed = 0
    while True:
        with transaction.atomic():
            keys = list(rows.values_list("pk", flat=True)[:CHUNK])
            if rows.model is Media:
                Label.all_objects.filter(media_id__in=keys).delete()
            rows.model._base_manager.filter(pk__in=keys).delete()
            if keys and job.project_id:
                count = len(keys) if rows.model is Label else 0
                after = payloads.BulkPayload(what="import_removed", count=count)
                events.record(actor=None, kind=kinds.BULK, project_id=job.project_id, after=after)
        removed += len(keys)
        if len(keys) < CHUNK:
            return removed
