"""Media written again in another project with what is on them, sharing their bytes: for copies of projects and of datasets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from annotator import events
from annotator.domain.actor import Actor
from annotator.events import kinds, payloads
from annotator.models import Job, Media
from annotator.services.media import changes as media_changes
from annotator.services.projects.row_copies import Copier
from annotator.services.workspaces.quotas import quotas

Changes = Mapping[uuid.UUID, Mapping[str, Any]]


def copy(
    *,
    actor: Actor,
    job: Job,
    copier: Copier,
    keys: Sequence[uuid.UUID],
    tables: Sequence[QuerySet[Any]],
    changes: Mapping[type[Any], Changes],
) -> dict[type[Any], int]:
    """Copy the media `keys` and the rows of `tables`, which are on them, with one event; return how many rows by model.

    `changes`: by model and id of a row, columns that its copy has otherwise. Runs in the caller's transaction. Raises TooLarge
    when the bytes are more than the workspace may store.
    """
    rows = Media.all_objects.filter(pk__in=keys).select_related("blob")
    size = sum(media.blob.size for media in rows if media.blob)
    quotas.check_bytes(copier.target.workspace_id, size)
    made = copier.copy(rows, fallback={"status_id": copier.first_status()}, changes=changes.get(Media))
    counts: dict[type[Any], int] = {Media: len(made)}
    for table in tables:
        found = copier.copy(table, changes=changes.get(table.model))
        counts[table.model] = counts.get(table.model, 0) + len(found)
    # An image may have been moved after its home was read and before its labels were.
    media_changes.match_homes(made)
    quotas.note_bytes(copier.target.workspace_id, size)
    after = payloads.BulkPayload(
        what="import", count=len(made), media=[str(key) for key in made], job=str(job.pk)
    )
    events.record(actor=actor, kind=kinds.BULK, project_id=copier.target.pk, after=after)
    return counts
