"""Labels and tags of several images of a project in one call, all or none; each image gets the events of its own."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.models import Concept, Label, Media, Project, Tag
from annotator.services.annotations import labels, tags

Patch = Mapping[str, Any]
Key = tuple[uuid.UUID, uuid.UUID, float, float, float, float]


@transaction.atomic
def create_labels(
    *,
    actor: Actor,
    project: Project,
    items: Sequence[tuple[Media, Patch]],
    skip_equal: bool = False,
    client: str = "",
) -> list[tuple[Label, bool]]:
    """Create labels from (image, native patch) and return (label, whether it is new) in request order.

    With `skip_equal` a patch whose class and box a label of the image has already makes none; that one is returned.
    Such patches hold "concept" as an id and "box" as floats. Fields of errors begin with `[i].`
    """
    policy.require(actor, project, "label.write")
    known = _boxes(project, items) if skip_equal else {}
    fresh: dict[uuid.UUID, list[int]] = defaultdict(list)
    first: dict[Key, int] = {}
    for index, (media, patch) in enumerate(items):
        key = _key(media, patch) if skip_equal else None
        if key is None or (key not in known and first.setdefault(key, index) == index):
            fresh[media.pk].append(index)
    made: dict[int, Label] = {}
    for indexes in sorted(fresh.values(), key=lambda indexes: items[indexes[0]][0].pk):
        media = _within(project, items[indexes[0]][0])
        patches = [items[index][1] for index in indexes]
        try:
            created = labels.create_many(actor=actor, media=media, patches=patches, client=client)
        except Invalid as error:
            raise _reindexed(error, indexes) from None
        made |= dict(zip(indexes, created, strict=True))
    return [
        (made[index], True) if index in made else (_found(known, made, first, _key(media, patch)), False)
        for index, (media, patch) in enumerate(items)
    ]


def _boxes(project: Project, items: Sequence[tuple[Media, Patch]]) -> dict[Key, Label]:
    """Return the boxes of the same images and classes that are there."""
    images, classes = {media.pk for media, _ in items}, {patch["concept"] for _, patch in items}
    rows = Label.all_objects.filter(project=project, media__in=images, concept__in=classes, shape="box")
    return {
        (row.media_id, row.concept_id, row.x0, row.y0, row.x1, row.y1): row for row in rows.order_by("-pk")
    }


def _key(media: Media, patch: Patch) -> Key:
    x0, y0, x1, y1 = patch["box"]
    return media.pk, patch["concept"], x0, y0, x1, y1


def _found(
    known: Mapping[Key, Label], made: Mapping[int, Label], first: Mapping[Key, int], key: Key
) -> Label:
    return known[key] if key in known else made[first[key]]


def _within(project: Project, media: Media) -> Media:
    """Return the image with its project at hand; Invalid when it is another's."""
    if media.project_id != project.pk:
        raise Invalid("The image belongs to another project.", field="media")
    media.project = project
    return media


def _reindexed(error: Invalid, indexes: Sequence[int]) -> Invalid:
    """Return an error of one image's list with its index in the whole list."""
    head, _, rest = (error.field or "").partition("]")
    index = int(head[1:]) if head.startswith("[") and head[1:].isdigit() else 0
    return Invalid(error.message, field=f"[{indexes[index]}]{rest}", code=error.code)


@transaction.atomic
def delete_labels(*, actor: Actor, project: Project, label_ids: Sequence[uuid.UUID], client: str = "") -> int:
    """Delete labels of any images of a project and return how many there were; unknown ids are ignored."""
    policy.require(actor, project, "label.write")
    rows = Label.all_objects.filter(project=project, pk__in=list(label_ids), media__trashed_at__isnull=True)
    of_media: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for media_id, key in rows.values_list("media_id", "pk"):
        of_media[media_id].append(key)
    gone = 0
    for media in Media.objects.filter(pk__in=list(of_media)).order_by("pk"):
        _within(project, media)
        gone += labels.delete_many(actor=actor, media=media, label_ids=of_media[media.pk], client=client)
    return gone


@transaction.atomic
def add_tags(
    *, actor: Actor, project: Project, pairs: Sequence[tuple[Media, uuid.UUID]], client: str = ""
) -> list[bool]:
    """Tag images, given as (image, concept id); return for each pair whether it is new.

    Raises Invalid for a concept that is no tag of this project. Only images that changed get an event.
    """
    policy.require(actor, project, "tag.write")
    wanted = {concept for _, concept in pairs}
    rows = Concept.all_objects.filter(project=project, on_media=True, pk__in=wanted)
    concepts = {row.pk: row for row in rows.select_related("tag_group")}
    existing = Tag.all_objects.filter(media__in={media.pk for media, _ in pairs}, concept__in=wanted)
    seen = set(existing.values_list("media_id", "concept_id"))
    new, todo = [], defaultdict(list)
    for index, (media, key) in enumerate(pairs):
        if key not in concepts:
            raise tags.refusal(project.pk, key, field=f"[{index}]")
        new.append((media.pk, key) not in seen)
        if new[-1]:
            seen.add((media.pk, key))
            todo[media].append(concepts[key])
    new_tags = []
    for media in todo:
        labels.check_writable(_within(project, media))
        for concept in todo[media]:
            if concept.tag_group is not None and concept.tag_group.kind == "SELECTION":
                tags.put(actor=actor, media=media, concept=concept)
            else:
                new_tags.append(
                    Tag(project=project, media=media, concept=concept, created_by_id=actor.user_id)
                )
    # Another request may add the same tag concurrently.
    Tag.all_objects.bulk_create(new_tags, ignore_conflicts=True)
    for media in sorted(todo, key=lambda media: media.pk):
        tags.write_event(actor=actor, media=media, client=client)
    return new


@transaction.atomic
def remove_tags(
    *,
    actor: Actor,
    project: Project,
    media: Sequence[Media],
    concept_ids: Sequence[uuid.UUID],
    client: str = "",
) -> None:
    """Remove all these tags from all these images; missing ones are ignored."""
    policy.require(actor, project, "tag.write")
    rows = Tag.all_objects.filter(media__in=[one.pk for one in media], concept__in=list(concept_ids))
    touched = set(rows.values_list("media_id", flat=True))
    for one in sorted((one for one in media if one.pk in touched), key=lambda one: one.pk):
        tags.remove_many(actor=actor, media=_within(project, one), concept_ids=concept_ids, client=client)
