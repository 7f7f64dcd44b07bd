"""Texts that people and scripts note beside images."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

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


def texts_of(media: Media) -> dict[str, str]:
    """Return what people and scripts noted beside an image."""
    return texts_in(media.metadata)


def texts_in(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the same of the metadata of an image."""
    return {name: value for name, value in values.items() if isinstance(value, str) and name != RESERVED}
