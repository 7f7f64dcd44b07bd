"""Writes of tags: concepts of whole media."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.events import kinds
from annotator.models import Concept, Media, Tag
from annotator.services.annotations import labels


def find_concept(project_id: uuid.UUID, concept_id: uuid.UUID) -> Concept:
    """Return a tag concept of the project or raise Invalid."""
    found = (
        Concept.all_objects.filter(project_id=project_id, on_media=True, pk=concept_id)
        .select_related("tag_group")
        .first()
    )
    if found is None:
        raise refusal(project_id, concept_id, field="tag_class_id")
    return found


def refusal(project_id: uuid.UUID, concept_id: uuid.UUID, *, field: str) -> Invalid:
    """Return why a concept is not a valid tag: it does not exist, or is only a class of regions."""
    rows = Concept.all_objects.filter(project_id=project_id, pk=concept_id)
    name = rows.values_list("name", flat=True).first()
    words = "There is no such tag in this project."
    if name is not None:
        words = f"{name!r} is a class of regions in this project, not a tag."
    return Invalid(words, field=field, code="unknown_tag")


@transaction.atomic
def add_many(*, actor: Actor, media: Media, concept_ids: Sequence[uuid.UUID], client: str = "") -> list[Tag]:
    """Say concepts of a medium and return a tag for each, in request order; one that is there already stays.

    A concept of a group of kind SELECTION replaces the group's other concepts.
    """
    policy.require(actor, media.project, "tag.write")
    labels.check_writable(media)
    if not concept_ids:
        return []
    concepts = [find_concept(media.project_id, key) for key in concept_ids]
    for concept in concepts:
        put(actor=actor, media=media, concept=concept)
    write_event(actor=actor, media=media, client=client)
    stored = {tag.concept_id: tag for tag in Tag.all_objects.filter(media=media).select_related("concept")}
    return [stored[concept.pk] for concept in concepts if concept.pk in stored]


@transaction.atomic
def remove_many(
    *,
    actor: Actor,
    media: Media,
    concept_ids: Sequence[uuid.UUID] = (),
    tag_ids: Sequence[uuid.UUID] = (),
    client: str = "",
) -> None:
    """Take tags from a medium, named by concept or by their own id; those that are not there are ignored."""
    policy.require(actor, media.project, "tag.write")
    labels.check_writable(media)
    rows = Tag.all_objects.filter(media=media)
    gone = (
        rows.filter(concept_id__in=list(concept_ids)).delete()[0]
        + rows.filter(pk__in=list(tag_ids)).delete()[0]
    )
    if gone:
        write_event(actor=actor, media=media, client=client)


def put(*, actor: Actor, media: Media, concept: Concept) -> None:
    """Say one concept inside the caller's transaction, without an event."""
    if concept.tag_group is not None and concept.tag_group.kind == "SELECTION":
        Tag.all_objects.filter(media=media, concept__tag_group=concept.tag_group).exclude(
            concept=concept
        ).delete()
    Tag.all_objects.get_or_create(
        media=media,
        concept=concept,
        defaults={"project_id": media.project_id, "created_by_id": actor.user_id},
    )


def write_event(*, actor: Actor, media: Media, client: str = "", ops: Sequence[str] = ()) -> int:
    """Record the tags that the medium has now."""
    after = {str(media.pk): of_media(media.pk)}
    return events.record(
        actor=actor,
        kind=kinds.TAGS_CHANGED,
        project_id=media.project_id,
        media_id=media.pk,
        after=after,
        client=client,
        ops=ops,
    )


def of_media(media_id: uuid.UUID) -> list[str]:
    """Return the ids of a medium's tags' concepts, oldest first."""
    return [
        str(key)
        for key in Tag.all_objects.filter(media_id=media_id)
        .order_by("created_at", "id")
        .values_list("concept_id", flat=True)
    ]
