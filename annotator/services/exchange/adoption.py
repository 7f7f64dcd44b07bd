"""Copies of a dataset's images in another project: rows of their own that share the bytes; by a job that continues."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from annotator import events
from annotator.db import bulk
from annotator.domain.actor import Actor
from annotator.domain.ids import uuid7, uuid7s
from annotator.domain.records import TagRecord
from annotator.events import kinds, payloads
from annotator.models import (
    Concept,
    Dataset,
    DatasetItem,
    Job,
    Media,
    Project,
    QualityIssue,
    Rendition,
    Tag,
    TagGroup,
)
from annotator.services.exchange.imports import tags
from annotator.services.import_report import ImportReport
from annotator.services.jobs.steps import Steps
from annotator.services.media import names as media_names, rows as media_rows
from annotator.services.media.rows import Plan
from annotator.services.vocabulary import concepts

#: Images of one transaction.
CHUNK = 100
_SHARED = (
    "kind", "number", "blob", "source_url", "bucket", "width", "height", "format", "mode", "orientation", "display_range", "exif", "metadata",
    "health", "health_reason", "phash", "frame_count", "is_prepared", "external_id", "content_at",
)  # fmt: skip


def run(
    *,
    actor: Actor,
    job: Job,
    source: Dataset,
    target: Dataset,
    steps: Steps,
    progress: Callable[[float, str], None],
) -> dict[str, int]:
    """Copy the live images of `source` into `target`, a dataset of a new project, with tags and quality findings.

    Returns counts. Continues after the last step that an earlier attempt saved.
    """
    if "concepts" not in steps.done:
        with steps.step():
            steps.save(concepts=_copy_tag_classes(actor, source.project, target.project), images=0, tags=0)
    known = {uuid.UUID(old): uuid.UUID(new) for old, new in steps.done["concepts"].items()}
    rows = Media.objects.filter(items__dataset=source, items__is_home=True).order_by("pk")
    total = rows.count()
    while chunk := _next(rows, steps):
        with steps.step():
            copies = _copy(actor, job, chunk, source, target)
            count = _copy_tags(actor, job, target.project, copies, known)
            done = int(steps.done["images"]) + len(chunk)
            steps.save(after=str(chunk[-1].pk), images=done, tags=steps.done["tags"] + count)
        progress(min(1.0, done / max(1, total)), f"{done:,} of {total:,} images")
    return {"images": steps.done["images"], "tags": steps.done["tags"]}


def _next(rows: Any, steps: Steps) -> list[Media]:
    after = uuid.UUID(steps.done["after"]) if "after" in steps.done else uuid.UUID(int=0)
    return list(rows.filter(pk__gt=after).select_related("blob")[:CHUNK])


def _copy_tag_classes(actor: Actor, source: Project, target: Project) -> dict[str, str]:
    """Give the target the tag classes of the source, in their groups, and return their ids by the source's."""
    groups: dict[uuid.UUID | None, TagGroup] = {}
    for group in TagGroup.all_objects.filter(project=source).order_by("order", "id"):
        rows = TagGroup.all_objects.filter(project=target, name_key=group.name_key)
        groups[group.pk] = rows.first() or concepts.create_group(
            actor=actor, project=target, name=group.name, kind=group.kind, is_required=group.is_required
        )
    made = {}
    for row in Concept.all_objects.filter(project=source, on_media=True).order_by("media_order", "id"):
        copy = concepts.create(
            actor=actor, project=target, name=row.name, roles=("media",), color=row.color, description=row.description,
            tag_group=groups.get(row.tag_group_id),
        )  # fmt: skip
        made[str(row.pk)] = str(copy.pk)
    return made


def _copy(
    actor: Actor, job: Job, chunk: Sequence[Media], source: Dataset, target: Dataset
) -> dict[uuid.UUID, uuid.UUID]:
    """Write copies of images with their renditions and findings, and the event; return their ids by those copied."""
    project = target.project
    plan = Plan(project, actor, media_rows.first_status(project), import_job_id=job.pk)
    keys = dict(zip((one.pk for one in chunk), uuid7s(len(chunk)), strict=True))
    homes = DatasetItem.all_objects.filter(dataset=source, is_home=True, media__in=chunk)
    name_of = dict(homes.values_list("media_id", "name"))
    # Numbers that are free in the new project are kept, so that a row has the same one in both.
    numbers = media_rows.take_numbers(project, [one.number for one in chunk])
    for one, number in zip(chunk, numbers, strict=True):
        _plan(plan, one, target, name_of[one.pk], keys[one.pk], number)
    for rendition in Rendition.all_objects.filter(media__in=chunk):
        plan.made.append(_again(Rendition, rendition, media_id=keys[rendition.media_id]))
    for issue in QualityIssue.all_objects.filter(media__in=chunk).order_by("media_id", "id"):
        assert issue.media_id is not None
        plan.issues.append(_again(QualityIssue, issue, media_id=keys[issue.media_id], project_id=project.pk))
    media_rows.write(plan)
    events.record(
        actor=actor,
        kind=kinds.MEDIA_CREATED,
        project_id=project.pk,
        media_id=plan.media[0].pk if len(plan.media) == 1 else None,
        after=payloads.MediaCreated(media=plan.created),
    )
    return keys


def _plan(plan: Plan, one: Media, target: Dataset, name: str, key: uuid.UUID, number: int) -> None:
    """Plan the rows of one copy."""
    columns = {column: getattr(one, column) for column in _SHARED} | {"number": number}
    copy = bulk.new(
        Media, id=key, project=plan.project, ref=str(key), list_key=media_names.list_key(target, name), status=plan.status,
        import_job_id=plan.import_job_id, created_by_id=plan.actor and plan.actor.user_id, updated_by_id=plan.actor and plan.actor.user_id,
        **columns,
    )  # fmt: skip
    plan.media.append(copy)
    plan.items.append(bulk.new(DatasetItem, dataset_id=target.pk, media_id=key, **media_names.columns(name)))
    plan.created.append(media_rows.brief(copy, name, target, plan.status))


def _again(model: type[Any], row: Any, **changes: Any) -> Any:
    """Return an unsaved copy of a row with a new id."""
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    return model(**(values | {"id": uuid7()} | changes))


def _copy_tags(
    actor: Actor,
    job: Job,
    project: Project,
    copies: Mapping[uuid.UUID, uuid.UUID],
    known: Mapping[uuid.UUID, uuid.UUID],
) -> int:
    """Give the copies the tags of what they were copied from; return how many."""
    rows = Tag.all_objects.filter(media__in=list(copies)).order_by("media_id", "created_at", "id")
    records = [
        (copies[media], known[concept], TagRecord(0, 0, value))
        for media, concept, value in rows.values_list("media_id", "concept_id", "value")
        if concept in known
    ]
    return tags.write(actor=actor, project=project, job=job, report=ImportReport(), records=records)
