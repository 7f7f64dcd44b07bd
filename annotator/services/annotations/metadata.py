"""Texts that people and scripts note beside images."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid
from annotator.events import kinds, payloads
from annotator.models import Media, Project

# The entry of Media.metadata in which imports keep what their file says beyond our columns.
RESERVED = "coco"
#: JSON values beside an image may take so much room.
MOST_BYTES = 32 * 1024


def add(
    *,
    actor: Actor,
    project: Project,
    media: Iterable[uuid.UUID],
    values: Mapping[str, str],
    most: int,
    client: str = "",
) -> dict[uuid.UUID, dict[str, str] | None]:
    """Put texts beside images under names, over earlier ones of those names; all or none.

    Returns the texts that each image has then; None for one that would have more than `most` of them and was left as it
    was; images that are not there are left out. What an import keeps of its file is not touched and does not count.
    Allowed with `media.write`. Raises Invalid as `check`.
    """
    policy.require(actor, project, "media.write")
    values = check(values)
    found: dict[uuid.UUID, dict[str, str] | None] = {}
    with transaction.atomic():
        rows = (
            Media.objects.select_for_update(of=("self",))
            .filter(project=project, pk__in=list(media))
            .order_by("pk")
        )
        changed = []
        for row in rows:
            row.metadata = {**row.metadata, **values}
            texts = texts_of(row)
            found[row.pk] = texts if len(texts) <= most else None
            if len(texts) <= most:
                row.updated_at, row.updated_by_id = timezone.now(), actor.user_id
                changed.append(row)
        if changed:
            Media.all_objects.bulk_update(changed, ["metadata", "updated_at", "updated_by"])
            ids = [str(row.pk) for row in changed]
            events.record(
                actor=actor,
                kind=kinds.MEDIA_METADATA,
                workspace_id=project.workspace_id,
                project_id=project.pk,
                media_id=changed[0].pk if len(changed) == 1 else None,
                client=client,
                after=payloads.MediaMetadata(media=ids, metadata=dict(values)),
            )
    return found


def check(values: Mapping[str, str]) -> dict[str, str]:
    """Return texts under names, in normal form. Invalid (field "key" or "value") for what cannot be kept, and the name RESERVED."""
    checked = {}
    for key, value in values.items():
        name = text.clean(key, field="key", limit=256)
        if name == RESERVED:
            raise Invalid(f"The name {RESERVED!r} is in use by the server itself.", field="key")
        checked[name] = text.clean(value, field="value", limit=512, required=False, multiline=True)
    return checked


def replace(*, actor: Actor, project: Project, values: Mapping[uuid.UUID, Mapping[str, Any]]) -> list[Media]:
    """Put JSON values beside images in place of all that was noted there, but what an import keeps; return the images.

    Ids that name no image of the project are left out. Allowed with `media.write`. Raises Invalid as `check_values`.
    """
    policy.require(actor, project, "media.write")
    checked = {key: check_values(one) for key, one in values.items()}
    with transaction.atomic():
        rows = Media.objects.select_for_update(of=("self",)).filter(project=project, pk__in=checked)
        changed = list(rows.order_by("pk"))
        for row in changed:
            kept = {RESERVED: row.metadata[RESERVED]} if RESERVED in row.metadata else {}
            row.metadata = {**checked[row.pk], **kept}
            row.updated_at, row.updated_by_id = timezone.now(), actor.user_id
        Media.all_objects.bulk_update(changed, ["metadata", "updated_at", "updated_by"])
        if changed:
            events.record(
                actor=actor,
                kind=kinds.MEDIA_METADATA,
                workspace_id=project.workspace_id,
                project_id=project.pk,
                media_id=changed[0].pk if len(changed) == 1 else None,
                after=payloads.MediaMetadata(media=[str(row.pk) for row in changed], metadata={}),
            )
    return changed


def check_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return JSON values under names; texts as they are. Invalid (field "metadata") for what cannot be kept."""
    for name in values:
        text.clean(name, field="metadata", limit=256)
    if RESERVED in values:
        raise Invalid(f"The name {RESERVED!r} is in use by the server itself.", field="metadata")
    if len(orjson.dumps(dict(values))) > MOST_BYTES:
        raise Invalid(f"metadata may have at most {MOST_BYTES:,} bytes as JSON.", field="metadata")
    return dict(values)


def texts_of(media: Media) -> dict[str, str]:
    """Return what people and scripts noted beside an image."""
    return texts_in(media.metadata)


def texts_in(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the same of the metadata of an image."""
    return {name: value for name, value in values.items() if isinstance(value, str) and name != RESERVED}
