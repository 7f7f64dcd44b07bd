"""Writes the image-level annotations of an import as tags."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from annotator import events
from annotator.db import bulk
from annotator.domain import ids
from annotator.domain.actor import Actor
from annotator.domain.records import TagRecord
from annotator.events import kinds, payloads
from annotator.models import Concept, Job, Project, Tag
from annotator.services.import_report import ImportReport

# An image that has a tag of such a group takes no other one of it.
_EXCLUSIVE = "SELECTION"


@transaction.atomic
def write(
    *,
    actor: Actor,
    project: Project,
    job: Job | None,
    report: ImportReport,
    records: Sequence[tuple[uuid.UUID, uuid.UUID, TagRecord]],
) -> int:
    """Tag images, given as (image, tag class, record), with one event, and return how many tags are new.

    A tag that an image has is reported and not added again, and so is a second one of a group that takes only one.
    """
    concept_ids = {concept for _, concept, _ in records}
    concepts = Concept.all_objects.in_bulk(list(concept_ids))
    exclusive = Concept.all_objects.filter(pk__in=concept_ids, tag_group__kind=_EXCLUSIVE)
    groups = set(exclusive.values_list("tag_group_id", flat=True))
    media_ids = {media for media, _, _ in records}
    stored = Tag.all_objects.filter(media__in=media_ids)
    pairs = set(stored.filter(concept__in=concept_ids).values_list("media_id", "concept_id"))
    grouped = stored.filter(concept__tag_group__in=groups)
    chosen: set[tuple[uuid.UUID, uuid.UUID | None]] = set(
        grouped.values_list("media_id", "concept__tag_group_id")
    )
    rows = []
    for media, concept, record in records:
        group = concepts[concept].tag_group_id
        if (media, concept) in pairs:
            report.add(
                "annotations", "The image already has this tag; it was not added again.", code="tag_known"
            )
        elif (media, group) in chosen:
            words = "The image has another tag of the same group, which takes only one; it was not added."
            report.add("annotations", words, concepts[concept].name, code="tag_group_full")
        else:
            pairs.add((media, concept))
            if group in groups:
                chosen.add((media, group))
            rows.append((media, concept, record))
    _insert(actor, project, job, rows)
    report.tags.imported += len(rows)
    report.tags.changed += sum(record.is_changed for _, _, record in rows)
    report.tags.left_out += len(records) - len(rows)
    return len(rows)


def _insert(
    actor: Actor, project: Project, job: Job | None, rows: Sequence[tuple[uuid.UUID, uuid.UUID, TagRecord]]
) -> None:
    if not rows:
        return
    now = timezone.now()
    columns = (
        "id", "project_id", "media_id", "concept_id", "value", "origin", "created_by_id", "import_job_id", "created_at", "updated_at"
    )  # fmt: skip
    job_id = job.pk if job else None
    values = [
        (key, project.pk, media, concept, 1.0 if record.score is None else record.score, "import", actor.user_id, job_id, now, now)
        for key, (media, concept, record) in zip(ids.uuid7s(len(rows)), rows, strict=True)
    ]  # fmt: skip
    bulk.insert(Tag, columns, values)
    touched = {media for media, _, _ in rows}
    media_ids = [str(key) for key in touched] if len(touched) <= 100 else None
    after: payloads.BulkPayload = {"what": "import", "count": len(rows), "media": media_ids}
    events.record(actor=actor, kind=kinds.BULK, project_id=project.pk, after=after)
