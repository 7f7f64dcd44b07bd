"""Copies of a dataset's images in a new project, by a job that continues; bytes are shared.

Unlike copies of projects they start over: with the first status, without regions, made by whoever copies them, in a project that has
tag classes and a dataset of its own already. What the two have in common is `media_copies`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from annotator.domain.actor import Actor
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
from annotator.services.jobs.steps import Steps
from annotator.services.media import names as media_names, rows as media_rows
from annotator.services.projects import media_copies
from annotator.services.projects.row_copies import Copier
from annotator.services.vocabulary import concepts

#: Images of one transaction.
CHUNK = 100


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
    copier = Copier(source.project, target.project).replacing(
        (Concept, Dataset), known | {source.pk: target.pk}
    )
    rows = Media.objects.filter(items__dataset=source, items__is_home=True).order_by("pk")
    total = rows.count()
    while chunk := _next(rows, steps):
        with steps.step():
            count = _copy(actor, job, copier, chunk, source, target)
            done = int(steps.done["images"]) + len(chunk)
            steps.save(after=str(chunk[-1][0]), images=done, tags=steps.done["tags"] + count)
        progress(min(1.0, done / max(1, total)), f"{done:,} of {total:,} images")
    return {"images": steps.done["images"], "tags": steps.done["tags"]}


def _next(rows: Any, steps: Steps) -> list[tuple[uuid.UUID, int]]:
    """Return ids and numbers of the next images."""
    after = uuid.UUID(steps.done["after"]) if "after" in steps.done else uuid.UUID(int=0)
    return list(rows.filter(pk__gt=after).values_list("pk", "number")[:CHUNK])


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
    actor: Actor,
    job: Job,
    copier: Copier,
    chunk: list[tuple[uuid.UUID, int]],
    source: Dataset,
    target: Dataset,
) -> int:
    """Copy images with renditions, findings and tags; return how many tags that were."""
    keys = [key for key, _ in chunk]
    homes = DatasetItem.all_objects.filter(dataset=source, is_home=True, media__in=keys)
    names = dict(homes.values_list("media_id", "name"))
    # Numbers that are free in the new project are kept, so that a row has the same one in both.
    numbers = media_rows.take_numbers(target.project, [number for _, number in chunk])
    now = timezone.now()
    created = {"created_at": now, "updated_at": now, "created_by_id": actor.user_id}
    new = created | {
        "status_id": media_rows.first_status(target.project).pk,
        "updated_by_id": actor.user_id,
        "import_job_id": job.pk,
    }
    tags = Tag.all_objects.filter(media__in=keys)
    written = media_copies.copy(
        actor=actor, job=job, copier=copier, keys=keys,
        tables=[
            homes, Rendition.all_objects.filter(media__in=keys), QualityIssue.all_objects.filter(media__in=keys), tags,
        ],
        changes={
            Media: {
                key: new | {"number": number, "list_key": media_names.list_key(target, names[key])}
                for key, number in zip(keys, numbers, strict=True)
            },
            Tag: {key: created | {"origin": "import", "import_job_id": job.pk} for key in tags.values_list("pk", flat=True)},
        },
    )  # fmt: skip
    return written[Tag]
