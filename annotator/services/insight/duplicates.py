"""Images that are there more than once: groups of them, and their merging onto one that is kept, with its undo."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from django.db import transaction
from django.db.models import QuerySet

from annotator import policy
from annotator.domain import masks, scaling
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import Invalid, Missing
from annotator.ml import near_duplicates
from annotator.models import Concept, Label, Media, Project, Tag
from annotator.services.annotations import batches, labels
from annotator.services.media import changes

MAX_DISTANCE = near_duplicates.MAX_DISTANCE
#: Images that are merged onto one at once.
MAX_MERGED = 200
_KEPT_FIELDS = ("z", "origin", "score", "is_crowd", "external_id")
OnStep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Merge:
    """What merging has done, which is what `undo` takes: images in the trash, and what the kept one got.

    `scaled`: how many labels came from images of another size; `skipped`: how many had nothing left there.
    """

    kept: uuid.UUID
    trashed: Sequence[uuid.UUID]
    labels: Sequence[uuid.UUID] = ()
    tags: Sequence[uuid.UUID] = ()
    scaled: int = 0
    skipped: int = 0


def same_content(*, actor: Actor, project: Project) -> list[list[uuid.UUID]]:
    """Return the groups of images with the same bytes, oldest first in each and the group of the oldest first."""
    rows = _visible(actor, project).filter(blob__isnull=False).order_by("pk")
    by_blob: dict[Any, list[uuid.UUID]] = defaultdict(list)
    for key, blob in rows.values_list("pk", "blob_id"):
        by_blob[blob].append(key)
    return [group for group in by_blob.values() if len(group) > 1]


def near(
    *, actor: Actor, project: Project, distance: int, on_step: OnStep = lambda fraction: None
) -> list[list[uuid.UUID]]:
    """Return the groups of images that look alike: their perceptual hashes differ in at most `distance` bits, 0..MAX_DISTANCE.

    Oldest first in each, and the group of the oldest first; no image is farther than `distance` from the first of its group.
    Images without a hash, which could not be decoded, are in none. 100,000 take seconds; `on_step` gets the progress, 0..1.
    """
    if not 0 <= distance <= MAX_DISTANCE:
        raise Invalid(f"distance must be between 0 and {MAX_DISTANCE}.", field="distance")
    rows = _visible(actor, project).filter(phash__isnull=False).order_by("pk").values_list("pk", "phash")
    keys, hashes = [], []
    for key, value in rows:
        keys.append(key)
        hashes.append(value)
    found = near_duplicates.group(np.array(hashes, np.int64), distance, on_step=on_step)
    return [[keys[index] for index in group] for group in found]


def _visible(actor: Actor, project: Project) -> QuerySet[Media]:
    found: QuerySet[Media] = Media.objects.visible_to(actor).filter(project=project, kind="image")
    return found


@transaction.atomic
def merge(
    *,
    actor: Actor,
    project: Project,
    keep: uuid.UUID,
    others: Iterable[uuid.UUID],
    with_annotations: bool = True,
    client: str = "",
) -> Merge:
    """Keep one image and put the others into the trash, all or nothing; return what `undo` takes.

    With annotations the kept one gets the labels and tags of the others that it does not have, number for number; labels are
    scaled where sizes differ. Its own tag of a group that allows one wins. Allowed with `media.delete`, and with annotations
    `label.write` and `tag.write`. Raises Missing for images that are not there, Conflict for a kept one that is frozen.
    """
    policy.require(actor, project, "media.delete")
    wanted = list(dict.fromkeys(others))
    if not 1 <= len(wanted) <= MAX_MERGED or keep in wanted:
        message = f"Name 1 to {MAX_MERGED} images besides the one that is kept."
        raise Invalid(message, field="others")
    rows = _visible(actor, project).select_related("project", "status")
    found = rows.in_bulk([keep, *wanted])
    if len(found) < len(wanted) + 1:
        raise Missing("One of these images is no longer there. Reload the page.")
    done = Merge(keep, ())
    if with_annotations:
        done = _move_annotations(actor, project, found[keep], [found[key] for key in wanted], client)
    gone = changes.trash(actor=actor, project=project, media=wanted, client=client)
    return Merge(keep, gone, done.labels, done.tags, done.scaled, done.skipped)


@transaction.atomic
def undo(*, actor: Actor, project: Project, done: Merge, client: str = "") -> int:
    """Take back a merge: images come out of the trash, and the kept one loses what it got. Return how many came back.

    Allowed as the merge was; ids that are not there any more are ignored.
    """
    back = changes.restore(actor=actor, project=project, media=done.trashed, client=client)
    if done.labels:
        own = Label.all_objects.filter(media=done.kept, pk__in=done.labels).values_list("pk", flat=True)
        batches.delete_labels(actor=actor, project=project, label_ids=list(own), client=client)
    if done.tags:
        kept = list(_visible(actor, project).select_related("project", "status").filter(pk=done.kept))
        batches.remove_tags(actor=actor, project=project, media=kept, concept_ids=done.tags, client=client)
    return len(back)


def _move_annotations(
    actor: Actor, project: Project, keep: Media, others: Sequence[Media], client: str
) -> Merge:
    """Give the kept image the labels and tags of the others."""
    size = keep.width, keep.height
    seen = {_identity(_patch_of(label)) for label in _labels_of([keep])}
    of_id = {media.pk: media for media in others}
    patches, scaled, skipped = [], 0, 0
    for label in _labels_of(others):
        media = of_id[label.media_id]
        patch = scaling.scale_patch(_patch_of(label), (media.width, media.height), size)
        if patch is None:
            skipped += 1
        elif (identity := _identity(patch)) not in seen:
            seen.add(identity)
            patches.append(patch)
            scaled += (media.width, media.height) != size
    made = []
    for chunk in chunks(patches, labels.MAX_AT_ONCE):
        made += labels.create_many(actor=actor, media=keep, patches=chunk, client=client)
    tags = _missing_tags(keep, others)
    batches.add_tags(actor=actor, project=project, pairs=[(keep, key) for key in tags], client=client)
    return Merge(keep.pk, (), [label.pk for label in made], tags, scaled, skipped)


def _labels_of(media: Sequence[Media]) -> QuerySet[Label]:
    """Return the labels of images that are not known to be wrong; a video's are at frames and are none of these."""
    found: QuerySet[Label] = Label.objects.listed().filter(media__in=[one.pk for one in media])
    return found.order_by("media", "z", "created_at", "id")


def _patch_of(label: Label) -> dict[str, Any]:
    """Return a label as it is created again on another image."""
    points = [{**p, "id": None} for p in orjson.loads(label.keypoints or "[]")]
    return {
        "concept": str(label.concept_id),
        "box": (label.x0, label.y0, label.x1, label.y1),
        "shape": label.shape,
        "points": None if label.points is None else orjson.loads(label.points),
        "mask": None if label.mask is None else masks.unpack_runs(bytes(label.mask)),
        "keypoints": points or None,
        "tool": "merge",
        **{name: getattr(label, name) for name in _KEPT_FIELDS},
    }


def _identity(patch: dict[str, Any]) -> bytes:
    """Return what two labels have in common when they are the same."""
    numbers = [float(number) for number in patch["box"]]
    return orjson.dumps([patch["concept"], numbers, patch["points"], patch["mask"], patch["keypoints"]])


def _missing_tags(keep: Media, others: Sequence[Media]) -> list[uuid.UUID]:
    """Return the tags of other images that the kept one lacks and can have."""
    own = list(Tag.all_objects.filter(media=keep).values_list("concept_id", "concept__tag_group_id"))
    has = {concept for concept, _ in own}
    groups: set[uuid.UUID | None] = {group for _, group in own}
    rows = Concept.all_objects.filter(on_media=True, tags__media__in=others).exclude(pk__in=has)
    found = []
    for concept in rows.select_related("tag_group").distinct().order_by("sort_key", "pk"):
        is_single = concept.tag_group is not None and concept.tag_group.kind == "SELECTION"
        if not is_single or concept.tag_group_id not in groups:
            found.append(concept.pk)
            groups.add(concept.tag_group_id)
    return found
