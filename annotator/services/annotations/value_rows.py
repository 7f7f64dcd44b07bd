"""Attribute values as pages get them, their event, and what goes with deleted labels."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal

from annotator import events
from annotator.domain.actor import Actor
from annotator.events import kinds, payloads
from annotator.models import AttributeValue, Media


def of_media(media_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """Return all values of a medium, its labels and its segments, by subject and attribute. One query."""
    rows = AttributeValue.all_objects.all()
    on_labels = rows.filter(label__media_id=media_id).values_list("label_id", "attribute_id", "value")
    on_media = rows.filter(media_id=media_id).values_list("media_id", "attribute_id", "value")
    on_segments = rows.filter(segment__media_id=media_id).values_list("segment_id", "attribute_id", "value")
    values: dict[str, dict[str, Any]] = {}
    for subject, attribute, value in on_labels.union(on_media, on_segments, all=True):
        values.setdefault(str(subject), {})[str(attribute)] = value
    return values


def drop(
    *,
    actor: Actor,
    media: Media,
    subject: Literal["label", "segment"],
    keys: Sequence[uuid.UUID],
    is_recorded: bool,
    client: str = "",
) -> None:
    """Delete the values of labels or segments that go, and record them, so that nothing of them is lost.

    They are not recorded where the event of their subjects names no objects either.
    """
    rows = AttributeValue.all_objects.filter(**{f"{subject}__in": keys})
    gone: dict[str, dict[str, Any]] = {}
    for key, attribute_id, value in rows.values_list(f"{subject}_id", "attribute_id", "value"):
        gone.setdefault(str(key), {})[str(attribute_id)] = value
    if not gone:
        return
    rows.delete()
    if is_recorded:
        record(
            actor=actor,
            project_id=media.project_id,
            media_id=media.pk,
            before=gone,
            after={key: {} for key in gone},
            client=client,
        )


def record(
    *,
    actor: Actor,
    project_id: uuid.UUID,
    media_id: uuid.UUID,
    before: payloads.Values,
    after: payloads.Values,
    client: str = "",
    ops: Sequence[str] = (),
) -> int:
    """Record values that changed, by subject and attribute, null where there is none."""
    return events.record(
        actor=actor,
        kind=kinds.VALUES_CHANGED,
        project_id=project_id,
        media_id=media_id,
        before=before,
        after=after,
        client=client,
        ops=ops,
    )
